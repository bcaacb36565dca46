import type { CommandResults } from '../backend/command-results.ts';
import type { DeviceStates } from '../backend/device-states.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { VerbRoom } from '../backend/verb-desk.ts';
import type { Clock } from '../clock.ts';
import { openLink } from '../devices/open-devices.ts';
import type { TerminalConfig } from '../devices/terminal/config.ts';
import { terminalDialogue, terminalLine } from '../devices/terminal/open-terminal.ts';
import { PaymentTerminal } from '../devices/terminal/payment-terminal.ts';
import { terminalEvents } from '../devices/terminal/terminal-events.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order, Slip } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { Outside } from '../outside.ts';
import { CardRefunds } from '../refunds/card-refunds.ts';
import type { SlipSpool } from '../slips/spool.ts';
import { TerminalPapers } from '../slips/terminal-papers.ts';
import type { DeviceTap } from '../trace/tap.ts';
import type { Attempt } from './attempt.ts';
import { isCharge } from './card.ts';
import { CardGiveBack } from './card-give-back.ts';
import { CardReprint } from './card-reprint.ts';
import { CardRunner } from './card-runner.ts';
import { CardSettlement } from './card-settlement.ts';
import type { PaymentDesk } from './desk.ts';
import type { DisputeTurn } from './dispute-turn.ts';
import { givenUpIn } from './given-up.ts';
import { holdIdOf } from './hold.ts';
import { HoldDesk } from './hold-desk.ts';
import { pendingIn } from './owed-question.ts';
import { saleWish } from './sale-wish.ts';
import { tellWhoAsked } from './terminal-result.ts';
import { TerminalVerb } from './terminal-verb.ts';

export interface CardRoomParts {
  /** absent: this till has no card terminal, and its verbs are answered with UNSUPPORTED */
  readonly config: TerminalConfig | undefined;
  readonly outside: Outside;
  /** somebody may look on at the line */
  readonly tap: Pick<DeviceTap, 'tapped'>;
  readonly book: TillBook;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly skew: Pick<ClockSkew, 'trusted'>;
  readonly disputes: Pick<DisputeTurn, 'take'>;
  readonly states: DeviceStates;
  readonly results: CommandResults;
  readonly slipFor: (attemptId: string) => Slip;
  readonly spool: Pick<SlipSpool, 'copiesFor' | 'documentsFor' | 'take' | 'print' | 'paid'>;
  /** asked when it is needed: the counter stands behind its rooms */
  readonly desk: () => PaymentDesk;
  readonly onProgress: (attemptId: string, text: string) => void;
  /** the terminal said something of what a refund was there */
  readonly onGiveBack: (refundId: string) => void;
}

/** Everything about the card terminal beside the till: composition, nothing else. */
export class CardRoom {
  readonly runner: CardRunner;
  /** money that goes back on the terminal */
  readonly refunds: CardRefunds;
  readonly #parts: CardRoomParts;
  readonly #sale: TerminalVerb;
  readonly #settlement: CardSettlement;
  readonly #holds: HoldDesk;
  readonly #papers: TerminalPapers;
  #terminal: PaymentTerminal | undefined;
  #says: { readonly attemptId: string; readonly text: string } | undefined;

  /** `undefined` where the configuration names no terminal. */
  static of(parts: CardRoomParts): CardRoom | undefined {
    return parts.config && new CardRoom(parts, parts.config);
  }

  private constructor(parts: CardRoomParts, config: TerminalConfig) {
    this.#parts = parts;
    const { book, clock, log, results, backendNow, outside } = parts;
    this.#papers = new TerminalPapers(parts);
    this.runner = new CardRunner({
      ...parts,
      receipts: {
        copiesFor: (attemptId, receipts) => parts.spool.copiesFor(attemptId, receipts),
        documentsFor: (attemptId, receipts) => parts.spool.documentsFor(attemptId, receipts),
        take: (documents) => parts.spool.take(documents),
        print: (receipt, isCopy) => this.#papers.print(receipt, isCopy),
      },
      takesPaycodes: config.protocol === 'mis' && config.mis.takesPaycodes,
      terminal: () => this.#opened(),
      onChange: (attempt, order) => this.#changed(attempt, order),
      onProgress: (attemptId, text) => this.#shown(attemptId, text),
      ...(outside.onCardFact === undefined ? {} : { onFact: outside.onCardFact }),
    });
    const desk: Pick<PaymentDesk, 'refuseCard' | 'takeToCounter' | 'backToCounter' | 'inTurn'> = {
      refuseCard: (args) => parts.desk().refuseCard(args),
      takeToCounter: (orderId) => parts.desk().takeToCounter(orderId),
      backToCounter: (orderId) => parts.desk().backToCounter(orderId),
      inTurn: (work) => parts.desk().inTurn(work),
    };
    const verbs = { book, runner: this.runner, desk, results, clock, log, backendNow };
    this.#sale = new TerminalVerb(verbs, (command) => saleWish(command, { book, desk }));
    this.#settlement = new CardSettlement(verbs);
    const giveBacks = new CardGiveBack({ book, runner: this.runner, terminal: () => this.#opened(), backendNow });
    this.refunds = new CardRefunds({ giveBacks, backendNow });
    this.#holds = new HoldDesk({
      ...verbs,
      desk: {
        ...desk,
        refusedByRule: (amountFen) => parts.desk().refusedByRule(amountFen),
        leaveCounter: (orderId) => parts.desk().leaveCounter(orderId),
      },
      terms: { book, protocol: config.protocol, completeUpToPercent: config.holds.completeUpToPercent },
      onSlip: (attempt) => parts.spool.paid(attempt),
    });
    this.#config = config;
  }
  readonly #config: TerminalConfig;

  /** The verbs of the backend. */
  get rooms(): Readonly<Record<'card-sale' | 'card-settle' | 'card-reprint', VerbRoom>> & HoldDesk['rooms'] {
    return {
      'card-sale': this.#sale,
      ...this.#holds.rooms,
      'card-settle': this.#settlement,
      'card-reprint': new CardReprint({ runner: this.runner, results: this.#parts.results }),
    };
  }

  /** Opens the terminal's link; what an earlier process left open is asked before anything else. */
  open(): void {
    const { book, clock, states, log, outside, backendNow } = this.#parts;
    const config = this.#config;
    const random = (bytes: number) => outside.random(bytes);
    const givenUp = givenUpIn(book, config.protocol, { mono: clock.mono(), now: backendNow() });
    this.#terminal = new PaymentTerminal(
      {
        protocol: config.protocol,
        dialogue: (pending) => terminalDialogue(config, pending, { clock, random, givenUp }),
        pending: pendingIn(book),
        clock,
        open: this.#parts.tap.tapped((listener) => openLink(outside, terminalLine(config), listener)),
      },
      terminalEvents({ states, log, runner: this.runner }),
    );
    this.runner.takeOver();
  }

  /** The terminal that stands here can hold money on a card (预授权). */
  get canHold(): boolean {
    return this.#terminal?.capabilities.commands.includes('preAuth') === true;
  }

  /** What the terminal shows or wants, of an attempt under way. */
  saysOf(attemptId: string): string | undefined {
    return this.#says?.attemptId === attemptId ? this.#says.text : undefined;
  }

  async close(): Promise<void> {
    this.runner.stop();
    this.#sale.stop();
    this.#settlement.stop();
    this.#holds.stop();
    this.#papers.stop();
    await this.#terminal?.close();
  }

  #opened(): PaymentTerminal {
    if (!this.#terminal) throw new Error('the card terminal was asked for before it was opened');
    return this.#terminal;
  }

  #changed(attempt: Attempt, order: Order): void {
    if (attempt.card && isCharge(attempt.card)) this.#parts.desk().attemptChanged(attempt, order);
    if (attempt.card?.refundId !== undefined) this.#parts.onGiveBack(attempt.card.refundId);
    if (holdIdOf(attempt) === undefined) tellWhoAsked(this.#parts.results, attempt);
    else this.#holds.changed(attempt, order);
    this.#tellLock();
  }

  /** What nobody knows keeps the terminal from everything else, and the counter is told why. */
  #tellLock(): void {
    const isLocked = this.runner.isLocked || this.#parts.book.openAttempts().some(({ attempt }) => isUnknown(attempt));
    this.#parts.states.remark('terminal', isLocked ? 'TERMINAL_LOCKED' : undefined);
  }

  #shown(attemptId: string, text: string): void {
    this.#says = { attemptId, text };
    this.#parts.onProgress(attemptId, text);
  }
}

function isUnknown({ card, state }: Attempt): boolean {
  return card !== undefined && state === 'UNKNOWN';
}
