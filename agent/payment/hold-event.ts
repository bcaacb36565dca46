import type { EventData } from '../../protocols/backend/events.ts';
import type { TillBook } from '../journal/book.ts';
import type { AttemptRecord } from '../journal/records.ts';
import type { Attempt } from './attempt.ts';
import { evidenceOf } from './attempt-event.ts';
import { cardOf, isCharge, isOfOrder, type LateWord } from './card.ts';
import { cardEvidence } from './card-event.ts';
import { holdIdOf, holdSurprised, holdWith } from './hold.ts';

type HoldEvent = Extract<EventData, { type: 'hold' }>;

/**
 * What the backend is told of a hold that is asked for or given up; `undefined`: the attempt is a charge, or money that goes
 * back, and tells of itself.
 */
export function holdEvent({ attempt, startedAt }: AttemptRecord, book: Pick<TillBook, 'holds'>): HoldEvent | undefined {
  const holdId = holdIdOf(attempt);
  if (holdId === undefined || isCharge(cardOf(attempt)) || !isOfOrder(cardOf(attempt))) return undefined;
  const hold = holdWith(book.holds.get(holdId), attempt, startedAt);
  if (!hold) return undefined;
  const { orderId, amountFen, state } = hold;
  const { attemptId, code } = attempt;
  return {
    type: 'hold',
    holdId,
    orderId,
    amountFen,
    state,
    attemptId,
    outcome: OUTCOMES[attempt.state],
    ...(code === undefined ? {} : { code }),
    ...cardEvidence(attempt),
    ...(attempt.state === 'NEEDS_MANUAL_CHECK' ? { evidence: evidenceOf(attempt, startedAt) } : {}),
  };
}

/** The terminal's yes to a command that it had said no to: nobody knows any more what became of the hold. */
export function surprisedHoldEvent(
  attempt: Attempt,
  late: LateWord,
  book: Pick<TillBook, 'holds'>,
): HoldEvent | undefined {
  const known = book.holds.get(holdIdOf(attempt) ?? '');
  const hold = known && holdSurprised(known, attempt.attemptId, late);
  if (hold?.state !== 'UNCLEAR') return undefined;
  const { holdId, orderId, amountFen, state } = hold;
  const { attemptId } = attempt;
  return {
    type: 'hold',
    holdId,
    orderId,
    amountFen,
    state,
    attemptId,
    outcome: 'needs-a-person',
    ...cardEvidence(attempt),
  };
}

const OUTCOMES: { readonly [S in Attempt['state']]: HoldEvent['outcome'] } = {
  CREATED: 'asked',
  SUBMITTED: 'asked',
  USER_PAYING: 'asked',
  UNKNOWN: 'unknown',
  REVERSING: 'unknown',
  PAID: 'carried-out',
  REVERSED: 'carried-out',
  FAILED: 'refused',
  NEEDS_MANUAL_CHECK: 'needs-a-person',
};
