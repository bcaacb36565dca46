import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { isCharge } from './card.ts';
import { cardClerk } from './card-codes.ts';
import { CATEGORIES } from './categories.ts';
import { endOfHold, holdIdOf } from './hold.ts';

// What whoever asked for something at the card terminal is told of it.

export function tellWhoAsked(results: Pick<CommandResults, 'conclude' | 'progress'>, attempt: Attempt): void {
  const { commandId } = attempt.card ?? {};
  if (commandId === undefined) return;
  if (isFinal(attempt)) results.conclude(commandId, terminalResult(attempt));
  else results.progress(commandId, terminalResult(attempt));
}

export function terminalResult(attempt: Attempt): ResultBody {
  const { attemptId, category, card, maskedPaycode } = attempt;
  const { zh, en } = cardClerk(attempt) ?? CATEGORIES[category];
  const key = card?.result?.key;
  const holdId = holdIdOf(attempt);
  const data = {
    ...(holdId === undefined ? {} : { holdId }),
    ...(maskedPaycode === '' ? {} : { maskedPan: maskedPaycode }),
    ...(key === undefined ? {} : { key: { ...key } }),
  };
  const status = statusOf(attempt);
  const action = attempt.state === 'REVERSED' && status === 'ok' ? 'DONE' : CATEGORIES[category].next;
  return {
    status,
    code: endOfHold(attempt) ?? category,
    clerk: { zh, en, action },
    attempt: attemptId,
    data,
  };
}

function statusOf({ state, card }: Attempt): ResultBody['status'] {
  if (state === 'PAID') return 'ok';
  // a hold that stands, or was given up as it was to be; a charge that was taken back is no payment
  if (state === 'REVERSED') return card && !isCharge(card) ? 'ok' : 'declined';
  return state === 'FAILED' ? 'declined' : 'unknown';
}
