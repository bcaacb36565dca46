import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import { type Attempt, isFinal } from './attempt.ts';
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
  const { attemptId, category, card, maskedPaycode, state } = attempt;
  const { zh, en } = cardClerk(attempt) ?? CATEGORIES[category];
  const key = card?.result?.key;
  const holdId = holdIdOf(attempt);
  const data = {
    ...(holdId === undefined ? {} : { holdId }),
    ...(maskedPaycode === '' ? {} : { maskedPan: maskedPaycode }),
    ...(key === undefined ? {} : { key: { ...key } }),
  };
  const action = state === 'REVERSED' ? 'DONE' : CATEGORIES[category].next;
  return {
    status: STATUS[state] ?? 'unknown',
    code: endOfHold(attempt) ?? category,
    clerk: { zh, en, action },
    attempt: attemptId,
    data,
  };
}

const STATUS: Partial<Record<Attempt['state'], ResultBody['status']>> = {
  PAID: 'ok',
  // a hold that stands, or was given up as it was to be
  REVERSED: 'ok',
  FAILED: 'declined',
};
