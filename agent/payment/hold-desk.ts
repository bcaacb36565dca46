import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { CancelPreAuthArgs, CompletePreAuthArgs, PreAuthArgs } from '../../protocols/backend/holds.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import type { Order } from '../journal/records.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { isCharge } from './card.ts';
import type { PaymentDesk } from './desk.ts';
import { holdIdOf } from './hold.ts';
import { cancelWish, completeWish, type HoldTerms, preAuthWish } from './hold-wishes.ts';
import { tellWhoAsked } from './terminal-result.ts';
import { TerminalVerb, type TerminalVerbParts, type TerminalWish } from './terminal-verb.ts';

export interface HoldDeskParts extends TerminalVerbParts {
  readonly desk: Pick<
    PaymentDesk,
    'refuseCard' | 'refusedByRule' | 'takeToCounter' | 'backToCounter' | 'leaveCounter' | 'inTurn'
  >;
  readonly terms: HoldTerms;
  /** a hold's own slip is on disk with it */
  readonly onSlip: (attempt: Attempt) => void;
}

/** The verbs of a hold: to ask for it, to charge it, to give it up. An order has at most one that stands. */
export class HoldDesk {
  readonly rooms: Readonly<Record<'card-preauth' | 'card-preauth-complete' | 'card-preauth-cancel', VerbRoom>>;
  readonly #parts: HoldDeskParts;
  readonly #verbs: readonly TerminalVerb[];

  constructor(parts: HoldDeskParts) {
    this.#parts = parts;
    const { desk, terms } = parts;
    const verb = (wish: (command: CommandEnvelope) => TerminalWish | CommandRefusal) => new TerminalVerb(parts, wish);
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
    const { desk, log, results, onSlip } = this.#parts;
    if (!card || holdIdOf(attempt) === undefined) return;
    if (!isCharge(card)) {
      log.info({ attemptId, orderId: order.orderId, command: card.command.kind, state }, 'hold');
      if (state === 'REVERSED') onSlip(attempt);
      if (isFinal(attempt) || state === 'UNKNOWN') desk.leaveCounter(order.orderId);
    }
    tellWhoAsked(results, attempt);
  }

  stop(): void {
    for (const verb of this.#verbs) verb.stop();
  }
}

const BAD_REQUEST: CommandRefusal = { code: 'BAD_REQUEST', message: 'args: not those of a hold' };
