import type { TerminalResult, TransactionKey } from '../../protocols/terminal/messages.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { type CardFacts, type KeptCommand, ownKey } from './card.ts';
import { type HoldEvent, type HoldState, holdAfter, isHoldOver } from './hold-states.ts';

/**
 * An amount that is held on the customer's card for an order (预授权). It is what its attempts at the terminal have made of it,
 * folded from their records: the terminal's word and the hold it changes are one entry of the journal.
 */
export interface Hold {
  /** the attempt with which it was asked for */
  readonly holdId: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly state: HoldState;
  readonly protocol: string;
  /** wall clock (ms) of the beginning */
  readonly askedAt: number;
  /** backend time (ms) since which it stands */
  readonly heldAt?: number;
  /** how the terminal names it: what its charge and its cancellation name */
  readonly key?: TransactionKey;
  readonly maskedPan?: string;
  /** the attempt that runs, or that nobody knows the end of */
  readonly runs?: string;
  /** a command of it that was refused turned out to be carried out while the next one runs: it counts when that one ends */
  readonly surprisedBy?: string;
  /** the attempt that charged it */
  readonly completedBy?: string;
}

/** Which hold an attempt is about; `undefined`: none. */
export function holdIdOf({ attemptId, card }: Pick<Attempt, 'attemptId' | 'card'>): string | undefined {
  return card?.command.kind === 'preAuth' ? attemptId : card?.holdId;
}

/** What the attempt of a hold, or of its cancellation, can have brought: money that is held, or that is free again. */
export const HOLD_ENDS = ['HELD', 'RELEASED'] as const;
export type HoldEnd = (typeof HOLD_ENDS)[number];

/** In one word; `undefined`: nothing, or it is no such attempt. */
export function endOfHold({ state, card }: Pick<Attempt, 'state' | 'card'>): HoldEnd | undefined {
  if (state !== 'REVERSED') return undefined;
  if (card?.command.kind === 'preAuth') return 'HELD';
  return card?.command.kind === 'cancelPreAuth' ? 'RELEASED' : undefined;
}

/** It stands, or somebody still has to find out whether it does: nothing else may be paid for its order. */
export function isStanding({ state }: Hold): boolean {
  return !isHoldOver(state);
}

/** The hold with its attempt as the journal has it now; `undefined`: the attempt is about none that is known. */
export function holdWith(known: Hold | undefined, attempt: Attempt, startedAt: number): Hold | undefined {
  const { card } = attempt;
  if (!card) return undefined;
  const hold = known ?? (card.command.kind === 'preAuth' ? newHold(attempt, card, startedAt) : undefined);
  const event = hold && eventOf(hold, attempt, card.command.kind);
  if (!event) return hold;
  const state = holdAfter(hold.state, event);
  if (state === hold.state) return hold;
  return behindRun({ ...withoutRun(hold, state), ...changes(attempt, card, state), state });
}

/** What surprised while the command ran is looked at now that it is over. */
function behindRun(hold: Hold): Hold {
  const { surprisedBy, ...rest } = hold;
  return surprisedBy === undefined || isRunning(hold) ? hold : holdSurprised(rest, surprisedBy);
}

function isRunning({ state }: Hold): boolean {
  return state === 'ASKED' || state === 'COMPLETING' || state === 'RELEASING';
}

function newHold({ attemptId, orderId, amountFen }: Attempt, { protocol }: CardFacts, startedAt: number): Hold {
  return { holdId: attemptId, orderId, amountFen, state: 'ASKED', protocol, askedAt: startedAt, runs: attemptId };
}

function withoutRun({ runs, ...hold }: Hold, next: HoldState): Hold {
  return next === 'UNCLEAR' && runs !== undefined ? { ...hold, runs } : hold;
}

function changes(attempt: Attempt, { command, result }: CardFacts, next: HoldState): Partial<Hold> {
  if (next === 'COMPLETING' || next === 'RELEASING') return { runs: attempt.attemptId };
  if (next === 'COMPLETED') return { completedBy: attempt.attemptId };
  if (command.kind !== 'preAuth') return {};
  const { settledAt } = attempt;
  // what was refused names nothing that is held
  const key = next === 'REFUSED' ? undefined : ownKey(result);
  return {
    ...(key === undefined ? {} : { key }),
    ...(attempt.maskedPaycode === '' ? {} : { maskedPan: attempt.maskedPaycode }),
    ...(next === 'HELD' && settledAt !== undefined ? { heldAt: settledAt } : {}),
  };
}

/** Only the command that runs can end: the record of one that is over says nothing new. */
function eventOf({ runs }: Hold, attempt: Attempt, kind: KeptCommand['kind']): HoldEvent | undefined {
  if (isFinal(attempt)) return runs === attempt.attemptId ? END[attempt.state] : undefined;
  if (attempt.state !== 'CREATED') return undefined;
  if (kind === 'completePreAuth') return 'completion-begun';
  return kind === 'cancelPreAuth' ? 'cancellation-begun' : undefined;
}

const END: Partial<Record<Attempt['state'], HoldEvent>> = {
  PAID: 'yes',
  REVERSED: 'yes',
  FAILED: 'no',
  NEEDS_MANUAL_CHECK: 'nobody-knows',
};

/** The terminal's yes to a command of it that it had said no to. */
export function holdSurprised(hold: Hold, attemptId: string, late?: Pick<TerminalResult, 'key' | 'evidence'>): Hold {
  const state = holdAfter(hold.state, 'yes-behind-no');
  const key = attemptId === hold.holdId ? ownKey(late) : undefined;
  if (state !== hold.state) return { ...hold, ...(key && { key }), state, runs: attemptId };
  return isRunning(hold) ? { ...hold, surprisedBy: attemptId } : hold;
}

/** A person has found out; `undefined`: the charge was seen. */
export function holdResolved(hold: Hold, found: 'stands' | 'gone' | undefined, charge?: string): Hold {
  const state = holdAfter(hold.state, found === undefined ? 'person-charged' : `person-${found}`);
  if (state === hold.state) return hold;
  const { runs: _found, ...rest } = hold;
  return { ...rest, state, ...(state === 'COMPLETED' && charge !== undefined ? { completedBy: charge } : {}) };
}
