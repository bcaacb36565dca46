import type { Paycode } from '../../protocols/paycode/paycode.ts';
import type {
  FinancialCommand,
  TerminalNews,
  TerminalOutcome,
  TerminalResult,
} from '../../protocols/terminal/messages.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { Clock } from '../clock.ts';
import type { CommandEnd, LateTerminalResult, PaymentTerminal, Stored } from '../devices/terminal/payment-terminal.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { AttemptRecord, DocumentJob, Order, Slip } from '../journal/records.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import { Alarm } from './alarm.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { attemptEvent, evidenceOf } from './attempt-event.ts';
import { orderWith } from './attempt-orders.ts';
import { type CardFacts, cardOf, hasSlip, isOfOrder, type KeptCommand, newCardAttempt } from './card.ts';
import { cardEvidence } from './card-event.ts';
import type { UnnamedCommand } from './card-give-back.ts';
import { type CardFact, type CardOrder, cardStep } from './card-machine.ts';
import type { CardRefusal } from './card-refusal.ts';
import { CardReprinting } from './card-reprinting.ts';
import { CardSettling } from './card-settling.ts';
import type { DisputeTurn } from './dispute-turn.ts';
import { holdEvent } from './hold-event.ts';
import { KeptReceipts } from './kept-receipts.ts';
import { LateWords } from './late-words.ts';
import { orderAfter } from './order-states.ts';
import type { OtherPayment } from './other-payment.ts';
import { OwedQuestion, owedIn, wasAsked } from './owed-question.ts';
import { isAnothersAnswer, withoutCommand } from './repeated-answer.ts';
import { type TerminalReceipt, terminalReceipts } from './terminal-receipt.ts';
import { TerminalTurn } from './terminal-turn.ts';

export interface CardRunnerParts {
  readonly book: TillBook;
  /** the configuration has the terminal charge scanned codes, where its dialect carries them */
  readonly takesPaycodes: boolean;
  /** asked when it is needed: terminal and runner are made for each other */
  readonly terminal: () => PaymentTerminal;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly skew: Pick<ClockSkew, 'trusted'>;
  readonly disputes: Pick<DisputeTurn, 'take'>;
  /** the job of a payment's slip, written down with the payment */
  readonly slipFor: (attemptId: string) => Slip;
  /** what the terminal has the till print: jobs to be written down with a payment, and what belongs to none */
  readonly receipts: {
    copiesFor(attemptId: string, receipts: readonly TerminalReceipt[]): readonly Slip[];
    /** the same of what is no payment's, as it is printed behind the end of a refund or a refusal */
    documentsFor(attemptId: string, receipts: readonly TerminalReceipt[]): readonly DocumentJob[];
    /** they are on disk */
    take(documents: readonly DocumentJob[]): void;
    print(receipt: TerminalReceipt, isCopy: boolean): void;
  };
  /** after every journaled change of an attempt */
  readonly onChange: (attempt: Attempt, order: Order) => void;
  /** what the terminal shows or wants while it is at work */
  readonly onProgress: (attemptId: string, text: string) => void;
  /** sees every fact of every attempt before it is looked at: for a test that counts */
  readonly onFact?: (attempt: Attempt, fact: CardFact) => void;
}

/** One attempt while this process looks after it. */
interface Running {
  record: AttemptRecord;
  /** a code that the terminal is to charge: held until the command is said */
  paycode: Paycode | undefined;
  /** monotonic time of its t = 0 */
  readonly zero: number;
  readonly alarm: Alarm;
  /** what the terminal had printed so far: on disk with the end */
  readonly receipts: KeptReceipts;
  /** of those, what is printed although nothing was paid: jobs on disk with the end */
  documents: readonly DocumentJob[];
  /** facts are worked off one after the other: each is on disk before the next is looked at */
  queue: Promise<void>;
}

/**
 * Carries attempts on the card terminal through their machine: journal first, then the terminal. What the terminal says is on
 * disk before it hears that it was taken. One at a time, and none before it is known what became of the last one.
 */
export class CardRunner implements OtherPayment {
  readonly #parts: CardRunnerParts;
  readonly #running = new Map<string, Running>();
  readonly #turn: TerminalTurn;
  readonly #owed: OwedQuestion;
  readonly #settling: CardSettling;
  readonly #late: LateWords;
  readonly #reprinting: CardReprinting;
  /** who waits for the end of an attempt */
  readonly #waiting = new Map<string, (attempt: Attempt) => void>();

  constructor(parts: CardRunnerParts) {
    this.#parts = parts;
    this.#turn = new TerminalTurn(parts);
    const { book, terminal, log } = parts;
    this.#owed = new OwedQuestion({ terminal, turn: this.#turn, log });
    this.#settling = new CardSettling({ book, terminal, turn: this.#turn, log });
    this.#late = new LateWords(parts);
    this.#reprinting = new CardReprinting(this.#turn);
  }

  settleRefusal(): CardRefusal | undefined {
    if (!this.#parts.terminal().capabilities.commands.includes('settle')) return 'UNSUPPORTED';
    return this.refusal(0);
  }

  async settle(commandId: string): Promise<TerminalOutcome | CardRefusal> {
    return this.settleRefusal() ?? (await this.#settling.run(commandId));
  }

  reprintRefusal(): CardRefusal | undefined {
    return this.#parts.terminal().capabilities.commands.includes('reprint') ? this.refusal(0) : 'UNSUPPORTED';
  }

  /** The terminal's receipt of its last transaction, from its own printer, or from the till's and marked. */
  async reprint(): Promise<'printed' | 'refused' | CardRefusal> {
    return this.reprintRefusal() ?? (await this.#reprinting.run());
  }

  /** Scanned codes are charged by the terminal, not by the backend. */
  get takesPaycodes(): boolean {
    return this.#parts.takesPaycodes;
  }

  /** Why no sale may begin now. */
  saleRefusal(amountFen: number, paycode?: Paycode): CardRefusal | undefined {
    const { tenders } = this.#parts.terminal().capabilities;
    const isTaken = paycode ? this.takesPaycodes : (tenders?.sale.includes('card') ?? true);
    return isTaken ? this.refusal(amountFen) : 'UNSUPPORTED';
  }

  /** Why this command may not begin now. */
  commandRefusal({ kind, amount }: UnnamedCommand, paycode?: Paycode): CardRefusal | undefined {
    if (kind === 'sale') return this.saleRefusal(amount, paycode);
    return this.#parts.terminal().capabilities.commands.includes(kind) ? this.refusal(amount) : 'UNSUPPORTED';
  }

  /** Why no command that touches money may begin now. */
  refusal(amountFen: number): CardRefusal | undefined {
    const terminal = this.#parts.terminal();
    const { commands, maxAmount } = terminal.capabilities;
    if (!commands.includes('sale')) return 'UNSUPPORTED';
    if (this.#turn.isTaken || this.#running.size > 0) return 'DEVICE_BUSY';
    if (this.#owed.isOwed) return 'TERMINAL_LOCKED';
    if (!terminal.isReady) return 'DEVICE_OFFLINE';
    if (terminal.isBusy) return 'DEVICE_BUSY';
    return amountFen > maxAmount ? 'AMOUNT_OVER_LIMIT' : undefined;
  }

  /** A sale of the order. See {@link begin}. */
  async start(order: Order, commandId?: string, paycode?: Paycode): Promise<Attempt | CardRefusal> {
    const asked = commandId === undefined ? {} : { commandId };
    return this.begin(order, { kind: 'sale', amount: order.amountFen }, asked, paycode);
  }

  /**
   * Writes the attempt down, then says its command once. A refusal: nothing was written or said. Rejects when the journal
   * cannot keep it: then nothing was said either.
   */
  async begin(order: Order, command: UnnamedCommand, asked: Asked, paycode?: Paycode): Promise<Attempt | CardRefusal> {
    const refused = this.commandRefusal(command, paycode);
    if (refused) return refused;
    return this.#turn.take(async () => {
      const known = await this.#turn.factsFor(command);
      if (typeof known === 'string') return known;
      const card: CardFacts = { ...known, ...asked };
      const terms = { orderId: order.orderId, attemptId: this.#parts.newId(), amountFen: command.amount };
      const attempt = newCardAttempt(terms, card, scannedOf(paycode));
      return this.#write(attempt, takesOrder(order, card) ? inPayment(order, attempt) : order, paycode);
    });
  }

  /** Resolves when the terminal has said what became of it, or nobody can. */
  ended(attempt: Attempt): Promise<Attempt> {
    if (isFinal(attempt)) return Promise.resolve(attempt);
    return new Promise((resolve) => this.#waiting.set(attempt.attemptId, resolve));
  }

  async #write(attempt: Attempt, order: Order, paycode?: Paycode): Promise<Attempt> {
    const { book, clock, skew } = this.#parts;
    const record = { attempt, startedAt: clock.now(), clockTrusted: skew.trusted };
    await book.write({ type: 'ATTEMPT', record, order });
    this.#parts.onChange(attempt, order);
    this.#tell(this.#add(record, paycode), { kind: 'submitted' });
    return attempt;
  }

  /** Takes over what an earlier process left unfinished: the terminal is asked before anything else. */
  resume(record: AttemptRecord): void {
    const { attemptId, state } = record.attempt;
    this.#parts.log.info({ attemptId, state }, 'attempt on the card terminal taken over from the journal');
    this.#tell(this.#add(record, undefined), { kind: 'restarted' });
  }

  /** A person was called before the terminal could be asked, and it was the last thing that happened there. */
  takeOver(): void {
    for (const record of this.#parts.book.openAttempts()) if (record.attempt.card) this.resume(record);
    const owed = owedIn(this.#parts.book);
    if (owed && this.#running.size === 0) this.#owed.owe(owed);
  }

  /** The clerk gives up on it. The terminal decides. */
  cancel(attemptId: string): void {
    const running = this.#running.get(attemptId);
    if (running) this.#tell(running, { kind: 'clerk-cancelled' });
  }

  interrupt(orderId: string, inTurn: (isRunning: boolean) => Promise<void>): boolean {
    const running = [...this.#running.values()].find(
      ({ record: { attempt } }) => attempt.orderId === orderId && isOfOrder(cardOf(attempt)),
    );
    if (!running) return false;
    running.queue = running.queue.then(() => inTurn(this.#isMine(running)));
    this.#tell(running, { kind: 'clerk-cancelled' });
    return true;
  }

  /** ms since it was begun, as far as this process knows; `undefined`: it is not open here. */
  ageOf(attemptId: string): number | undefined {
    const running = this.#running.get(attemptId);
    return running && this.#parts.clock.mono() - running.zero;
  }

  /** Stops timers; attempts stay as the journal has them. */
  stop(): void {
    this.#late.stop();
    for (const running of this.#running.values()) running.alarm.stop();
    this.#running.clear();
  }

  // --- what the terminal says

  /** The terminal takes commands again: what nobody knows is asked first. */
  ready(): void {
    for (const running of this.#running.values()) this.#tell(running, { kind: 'ready' });
    this.#owed.ask();
  }

  news(news: TerminalNews): void {
    const [running] = this.#running.values();
    if (news.kind === 'progress' && running) this.#parts.onProgress(running.record.attempt.attemptId, news.text);
    if (news.kind === 'printed') this.#printed(news, running);
  }

  /** A receipt of a payment goes with its end into the journal; what belongs to none is printed as it comes. */
  #printed(news: Extract<TerminalNews, { kind: 'printed' }>, running: Running | undefined): void {
    for (const receipt of terminalReceipts(news))
      if (running) this.#keepReceipt(receipt, running);
      else this.#parts.receipts.print(receipt, this.#reprinting.isUnderWay);
  }

  #keepReceipt(receipt: TerminalReceipt, { record, receipts }: Running): void {
    const isOfYes = cardOf(record.attempt).result?.outcome === 'approved';
    const taken = receipts.add(receipt, isOfYes);
    if (taken !== 'kept')
      this.#parts.log.warn({ copy: receipt.copy, why: taken }, 'a receipt of a payment is not kept');
  }

  /** Puts a result on disk with its attempt. False: it is not there, and the terminal must not believe that it is. */
  store(result: TerminalResult): Promise<Stored> {
    const running = [...this.#running.values()].find(
      ({ record }) => cardOf(record.attempt).command.reference === result.reference,
    );
    if (this.#settling.isAbout(result)) return this.#settling.store(result);
    return running ? this.#storeWith(running, result) : this.#late.storeBehind(result);
  }

  /** It may have ended while this waited for its turn: then it is about a command that is over. */
  async #storeWith(running: Running, result: TerminalResult): Promise<Stored> {
    const { attempt } = running.record;
    if (isAnothersAnswer(this.#parts.book, this.#parts.terminal().capabilities, attempt, result))
      return (await this.#late.store(withoutCommand(result), attempt.attemptId)) && 'anothers';
    const told = await new Promise<boolean>((resolve) => this.#tell(running, { kind: 'result', result }, resolve));
    return told || this.#isMine(running) ? told : this.#late.storeBehind(result);
  }

  /** An answer that belongs to nothing that waits. */
  storeLate(late: LateTerminalResult): Promise<boolean> {
    const [running] = this.#running.values();
    return this.#late.store(late, running?.record.attempt.attemptId);
  }

  // --- the machine

  #add(record: AttemptRecord, paycode: Paycode | undefined): Running {
    const zero = this.#parts.clock.mono();
    const running: Running = {
      record,
      paycode,
      zero,
      alarm: new Alarm(this.#parts.clock, zero),
      receipts: new KeptReceipts(),
      documents: [],
      queue: Promise.resolve(),
    };
    this.#running.set(record.attempt.attemptId, running);
    return running;
  }

  #isMine(running: Running): boolean {
    return this.#running.get(running.record.attempt.attemptId) === running;
  }

  #tell(running: Running, fact: CardFact, stored?: (isStored: boolean) => void): void {
    running.queue = running.queue.then(async () => {
      const isStored = await this.#advance(running, fact, stored !== undefined);
      stored?.(isStored);
    });
  }

  /** Whether what the fact says is on disk now. A result that is not is said again by whoever brought it. */
  async #advance(running: Running, fact: CardFact, mayFail: boolean): Promise<boolean> {
    if (!this.#isMine(running)) return false;
    const before = running.record.attempt;
    this.#parts.onFact?.(before, fact);
    const next = cardStep(before, fact, this.#parts.clock.mono() - running.zero);
    if (!next) return true;
    if (!(await this.#keep(running, next.attempt, before))) {
      if (!mayFail) this.#parts.clock.after(JOURNAL_RETRY_MS, () => this.#tell(running, fact));
      return false;
    }
    running.record = { ...running.record, attempt: next.attempt };
    for (const order of next.orders) this.#perform(running, order);
    this.#parts.onChange(next.attempt, this.#order(next.attempt));
    if (isFinal(next.attempt)) this.#release(running);
    return true;
  }

  async #keep(running: Running, attempt: Attempt, before: Attempt): Promise<boolean> {
    const { book, log, slipFor, newId, boot, backendNow } = this.#parts;
    const changed = attempt.state !== before.state || attempt.category !== before.category;
    const record = { ...running.record, attempt: withReceipts(settled(attempt, backendNow), running.receipts.all) };
    const documents = this.#documentsOf(attempt, running.receipts);
    const evidence = attempt.state === 'NEEDS_MANUAL_CHECK' ? evidenceOf(attempt, record.startedAt) : undefined;
    const data = holdEvent(record, book) ?? {
      ...attemptEvent(record.attempt, {}),
      ...cardEvidence(record.attempt),
      ...(evidence && { evidence }),
    };
    try {
      await book.write({
        type: 'ATTEMPT',
        record,
        order: orderWith(this.#order(attempt), attempt),
        ...(changed ? { event: book.event(data, newId(), boot, backendNow()) } : {}),
        ...(hasSlip(attempt) ? { slip: slipFor(attempt.attemptId), ...this.#copies(running) } : {}),
        ...(documents.length > 0 ? { documents } : {}),
      });
      running.record = record;
      running.documents = documents;
      return true;
    } catch (error) {
      log.error({ attemptId: attempt.attemptId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  #copies({ record: { attempt }, receipts }: Running): { readonly copies?: readonly Slip[] } {
    const copies = this.#parts.receipts.copiesFor(attempt.attemptId, receipts.all);
    return copies.length === 0 ? {} : { copies };
  }

  /** What the terminal sent of something that was no payment, at its end. */
  #documentsOf(attempt: Attempt, receipts: KeptReceipts): readonly DocumentJob[] {
    if (!isFinal(attempt)) return [];
    return this.#parts.receipts.documentsFor(attempt.attemptId, receipts.toPrint(attempt));
  }

  #perform(running: Running, order: CardOrder): void {
    switch (order.kind) {
      case 'send':
        return void this.#send(running);
      case 'ask':
        return void this.#ask(running);
      case 'abort':
        return this.#parts.terminal().abort();
      case 'wake':
        return running.alarm.set(order.at, () => this.#tell(running, { kind: 'woken' }));
      default:
        return order satisfies never;
    }
  }

  async #send(running: Running): Promise<void> {
    const { command } = cardOf(running.record.attempt);
    const { paycode } = running;
    running.paycode = undefined;
    this.#tell(running, factOf(await this.#turn.run(withPaycode(command, paycode))));
  }

  async #ask(running: Running): Promise<void> {
    running.alarm.stop();
    this.#tell(running, factOf(await this.#turn.ask(cardOf(running.record.attempt))));
  }

  // --- ends

  #release(running: Running): void {
    running.alarm.stop();
    const { attempt } = running.record;
    this.#running.delete(attempt.attemptId);
    this.#waiting.get(attempt.attemptId)?.(attempt);
    this.#waiting.delete(attempt.attemptId);
    this.#printLeft(running);
    if (attempt.state !== 'NEEDS_MANUAL_CHECK') return;
    // what the terminal could say it has said: the next customer is served, and a person looks
    if (wasAsked(attempt)) this.#turn.clear(cardOf(attempt).command);
    else this.#owed.owe(attempt);
  }

  #printLeft({ record: { attempt }, receipts, documents }: Running): void {
    this.#parts.receipts.take(documents);
    const kept = receipts.all.length - receipts.toPrint(attempt).length;
    if (!hasSlip(attempt) && kept > 0)
      this.#parts.log.warn(
        { attemptId: attempt.attemptId, state: attempt.state, receipts: kept },
        'receipts of an approval that did not stand: kept, not printed',
      );
  }

  /** The terminal is asked first, although a person was called already. */
  get isLocked(): boolean {
    return this.#owed.isOwed;
  }

  #order(attempt: Attempt): Order {
    const order = this.#parts.book.orders.get(attempt.orderId);
    if (!order) throw new Error(`attempt ${attempt.attemptId} has no order`);
    return order;
  }
}

/** Who asked for a command, and what of the shop's it is about. */
export type Asked = Pick<CardFacts, 'commandId' | 'refundId' | 'holdId'>;

function scannedOf(paycode: Paycode | undefined): Pick<Attempt, 'channel' | 'maskedPaycode'> | undefined {
  return paycode && { channel: paycode.channel, maskedPaycode: paycode.masked };
}

/** A hold that is given up beside an order which was paid another way leaves that order as it is. */
function takesOrder({ state }: Order, card: CardFacts): boolean {
  return isOfOrder(card) && (card.command.kind !== 'cancelPreAuth' || state === 'OPEN');
}

function inPayment({ intentId: _before, ...order }: Order, { attemptId }: Attempt): Order {
  const state = orderAfter(order.state, 'scan/attempt');
  if (!state) throw new Error(`an attempt cannot begin while its order is ${order.state}`);
  return { ...order, state, attemptId };
}

function factOf(end: CommandEnd): CardFact {
  return end.kind === 'not-done' ? { kind: 'refused', why: end.why } : { kind: 'ended' };
}

function withPaycode(command: KeptCommand, paycode: Paycode | undefined): FinancialCommand {
  return command.kind === 'sale' && paycode ? { ...command, paycode } : command;
}

function withReceipts(attempt: Attempt, receipts: readonly TerminalReceipt[]): Attempt {
  return isFinal(attempt) && receipts.length > 0
    ? { ...attempt, card: { ...cardOf(attempt), receipts: [...receipts] } }
    : attempt;
}

/** When the end was known, in backend time: what a refund's window is counted from. */
function settled(attempt: Attempt, backendNow: () => number): Attempt {
  if (!isFinal(attempt)) return attempt;
  const now = backendNow();
  return { ...attempt, settledAt: now, ...(attempt.state === 'PAID' ? { paidAt: now } : {}) };
}
