import type { ResultBody } from '../backend/command-results.ts';
import type { Order } from '../journal/records.ts';
import type { Attempt } from '../payment/attempt.ts';
import { CATEGORIES } from '../payment/categories.ts';
import { HOLD_STATES } from '../payment/hold-states.ts';
import type { Resolution } from './resolution.ts';

// What those are told who asked for what a person has found out about: of the commands that ended `unknown`.

interface Said extends Pick<Resolution, 'outcome'> {
  readonly hold: Resolution['hold'] | undefined;
  /** the attempt or intent that the order is paid with */
  readonly charge: string | undefined;
}

/** By command. `order`: absent where only its hold was spoken of. */
export function answersOf(
  order: Order | undefined,
  attempts: readonly Attempt[],
  said: Said,
): ReadonlyMap<string, ResultBody> {
  const answers = new Map<string, ResultBody>();
  const known = said.outcome === 'paid' && said.charge !== undefined ? { attempt: said.charge } : {};
  if (order) answers.set(order.commandId, { ...RESULT[said.outcome], ...known });
  for (const attempt of attempts) {
    const commandId = attempt.card?.commandId;
    const answer = answerOf(attempt, said);
    if (commandId !== undefined && answer) answers.set(commandId, { ...answer, attempt: attempt.attemptId });
  }
  return answers;
}

function answerOf({ attemptId, card }: Attempt, { outcome, hold, charge }: Said): ResultBody | undefined {
  switch (card?.command.kind) {
    case 'preAuth':
      return hold === 'stands' ? HELD : RESULT.unpaid;
    case 'cancelPreAuth':
      // it was to be given up, and it is held
      return hold === 'stands' ? { ...HELD, status: 'declined' } : RELEASED;
    case 'completePreAuth':
      return outcome === 'paid' && charge !== attemptId ? RESULT.unpaid : RESULT[outcome];
    default:
      return undefined;
  }
}

const RESULT = {
  paid: { status: 'ok', code: 'PAID', clerk: clerk('PAID') },
  refunded: { status: 'declined', code: 'REFUND_OK', clerk: clerk('REFUND_OK') },
  unpaid: { status: 'cancelled', code: 'UNPAID' },
} as const satisfies Record<Resolution['outcome'], ResultBody>;

const HELD = { status: 'ok', code: 'HELD', clerk: ofHold('HELD') } as const satisfies ResultBody;
const RELEASED = { status: 'ok', code: 'RELEASED', clerk: ofHold('RELEASED') } as const satisfies ResultBody;

function ofHold(state: 'HELD' | 'RELEASED') {
  const { zh, en } = HOLD_STATES[state];
  return { zh, en, action: 'DONE' } as const;
}

function clerk(category: 'PAID' | 'REFUND_OK') {
  const { zh, en, next } = CATEGORIES[category];
  return { zh, en, action: next };
}
