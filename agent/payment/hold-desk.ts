import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { CancelPreAuthArgs, CompletePreAuthArgs, PreAuthArgs } from '../../protocols/backend/holds.ts';
import type { CommandResults, ResultBody } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { isCharge } from './card.ts';
import { cardClerk } from './card-codes.ts';
import type { CardRunner } from './card-runner.ts';
import { CATEGORIES } from './categories.ts';
import type { PaymentDesk } from './desk.ts';
import { endOfHold, holdIdOf } from './hold.ts';
import { HoldVerb } from './hold-verb.ts';
import { cancelWish, completeWish, type HoldTerms, type HoldWish, preAuthWish } from './hold-wishes.ts';

export interface HoldDeskParts {
  readonly book: TillBook;
  readonly runner: Pick<CardRunner, 'begin' | 'commandRefusal'>;
  readonly desk: Pick<PaymentDesk, 'refuseCard' | 'refusedByRule' | 'takeToCounter' | 'leaveCounter' | 'inTurn'>;
  readonly results: CommandResults;
  readonly terms: HoldTerms;
  readonly clock: Clock;
  readonly log: Log;
  readonly backendNow: () => number;
  /** a hold's own slip is on disk with it */
  readonly onSlip: (attempt: Attempt) => void;
}

/** The verbs of a hold: to ask for it, to charge it, to give it up. An order has at most one that stands. */
export class HoldDesk {
  readonly rooms: Readonly<Record<'card-preauth' | 'card-preauth-complete' | 'card-preauth-cancel', VerbRoom>>;
  readonly #parts: HoldDeskParts;
  readonly #verbs: readonly HoldVerb[];

  constructor(parts: HoldDeskParts) {
    this.#parts = parts;
    const { desk, terms } = parts;
    const verb = (wish: (command: CommandEnvelope) => HoldWish | CommandRefusal) => new HoldVerb(parts, wish);
    const preAuth = verb(({ args, id }) => {
      const read = PreAuthArgs.safeParse(args);
      if (!read.success) return BAD_REQUEST;
      return desk.refuseCard(read.data) ?? preAuthWish(read.data, id, terms);
    });
    const complete = verb(({ args }) => {
      const read = CompletePreAuthArgs.safeParse(args);
      if (!read.success) return BAD_REQUEST;
      return desk.refusedByRule(read.data.amountFen) ?? completeWish(read.data, terms);
    });
    const cancel = verb(({ args }) => {
      const read = CancelPreAuthArgs.safeParse(args);
      return read.success ? cancelWish(read.data, terms) : BAD_REQUEST;
    });
    this.#verbs = [preAuth, complete, cancel];
    this.rooms = { 'card-preauth': preAuth, 'card-preauth-complete': complete, 'card-preauth-cancel': cancel };
  }

  /** The runner wrote down a change of an attempt. A charge is the counter's business too, which knows of it already. */
  changed(attempt: Attempt, order: Order): void {
    const { card, attemptId, state } = attempt;
    const { desk, log, onSlip } = this.#parts;
    if (!card || holdIdOf(attempt) === undefined) return;
    if (!isCharge(card)) {
      log.info({ attemptId, orderId: order.orderId, command: card.command.kind, state }, 'hold');
      if (state === 'REVERSED') onSlip(attempt);
      if (isFinal(attempt) || state === 'UNKNOWN') desk.leaveCounter(order.orderId);
    }
    this.#tell(attempt);
  }

  #tell(attempt: Attempt): void {
    const { results } = this.#parts;
    const { commandId } = attempt.card ?? {};
    if (commandId === undefined) return;
    if (isFinal(attempt)) results.conclude(commandId, holdResult(attempt));
    else results.progress(commandId, holdResult(attempt));
  }

  stop(): void {
    for (const verb of this.#verbs) verb.stop();
  }
}

const BAD_REQUEST: CommandRefusal = { code: 'BAD_REQUEST', message: 'args: not those of a hold' };

/** What whoever asked is told. */
export function holdResult(attempt: Attempt): ResultBody {
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
  REVERSED: 'ok',
  FAILED: 'declined',
};
