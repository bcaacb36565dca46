import type { Paycode } from '../../protocols/paycode/paycode.ts';
import type {
  FinancialCommand,
  Pending,
  TerminalCommand,
  TerminalNews,
  TerminalOutcome,
  TerminalResult,
} from '../../protocols/terminal/messages.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { Clock } from '../clock.ts';
import type { CommandEnd, LateTerminalResult, PaymentTerminal } from '../devices/terminal/payment-terminal.ts';
import { terminalReference } from '../devices/terminal/reference.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { AttemptRecord, Order, Slip } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { attemptEvent, evidenceOf } from './attempt-event.ts';
import { orderWith } from './attempt-orders.ts';
import { type CardFacts, cardOf, isCardOpen, isYesBehindNo, type KeptCommand, newCardAttempt } from './card.ts';
import { cardEvidence, lateEvent } from './card-event.ts';
import { type GiveBackWish, giveBackCommand, type UnnamedCommand } from './card-give-back.ts';
import { type CardFact, type CardOrder, cardStep } from './card-machine.ts';
import type { CardRefusal } from './card-refusal.ts';
import { type Settlement, settlementSaid } from './card-settlement.ts';
import type { DisputeTurn } from './dispute-turn.ts';
import { orderAfter } from './order-states.ts';
import type { OtherPayment } from './other-payment.ts';

/** A step that could not be written down is tried again after this. */
const JOURNAL_RETRY_MS = 1_000;

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
  stopTimer: () => void;
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
  /** between the wish and the record: the terminal is asked what its last transaction is */
  #isBeginning = false;
  /** ended for a person before the terminal could be asked: it is, before anything else, and its word is kept */
  #owed: Attempt | undefined;

  /** the end of day that is under way */
  #settling: Settlement | undefined;
  /** who waits for money that goes back */
  readonly #waiting = new Map<string, (attempt: Attempt) => void>();
  /** a person's business now, and still in the terminal's dialogue */
  readonly #settled: KeptCommand[] = [];
  #isStopped = false;

  constructor(parts: CardRunnerParts) {
    this.#parts = parts;
  }

  settleRefusal(): CardRefusal | undefined {
    if (!this.#parts.terminal().capabilities.commands.includes('settle')) return 'UNSUPPORTED';
    return this.refusal(0);
  }

  /** The end of day. What nobody knows of it no protocol can be asked: a person looks at the terminal. */
  async settle(commandId: string): Promise<TerminalOutcome | CardRefusal> {
    const refused = this.settleRefusal();
    if (refused) return refused;
    this.#isBeginning = true;
    try {
      const { book, newId, clock, terminal } = this.#parts;
      const { reference: rule } = terminal().capabilities;
      const reference = terminalReference(rule, newId, clock.now(), this.#usedReferences());
      const settlement: Settlement = { reference, commandId, protocol: terminal().protocol };
      await book.write({ type: 'TERMINAL_SETTLED', settlement });
      this.#settling = settlement;
      const end = await this.#run({ kind: 'settle', reference });
      const { outcome } = this.#settling;
      if (outcome === undefined || outcome === 'unknown') terminal().cleared({ reference });
      return outcome ?? (end.kind === 'not-done' ? 'DEVICE_BUSY' : 'unknown');
    } finally {
      this.#settling = undefined;
      this.#isBeginning = false;
    }
  }

  async #storeSettled(settlement: Settlement, result: TerminalResult): Promise<boolean> {
    const said = settlementSaid(settlement, result);
    try {
      await this.#parts.book.write({ type: 'TERMINAL_SETTLED', settlement: said });
      if (this.#settling) this.#settling = said;
      return true;
    } catch (error) {
      this.#parts.log.error({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  /** Scanned codes are charged by the terminal, not by the backend. */
  get takesPaycodes(): boolean {
    return this.#parts.takesPaycodes;
  }

  /** Why no command that touches money may begin now. */
  refusal(amountFen: number, paycode?: Paycode): CardRefusal | undefined {
    const terminal = this.#parts.terminal();
    const { commands, maxAmount } = terminal.capabilities;
    if (!commands.includes('sale')) return 'UNSUPPORTED';
    if (this.#isBeginning || this.#running.size > 0) return 'DEVICE_BUSY';
    if (this.#owed) return 'TERMINAL_LOCKED';
    if (!terminal.isReady) return 'DEVICE_OFFLINE';
    if (terminal.isBusy) return 'DEVICE_BUSY';
    if (amountFen > maxAmount) return 'AMOUNT_OVER_LIMIT';
    return paycode === undefined || this.takesPaycodes ? undefined : 'UNSUPPORTED';
  }

  /**
   * Writes the attempt down, then says its command once. A refusal: nothing was written or said. Rejects when the journal
   * cannot keep it: then nothing was said either.
   */
  async start(order: Order, commandId?: string, paycode?: Paycode): Promise<Attempt | CardRefusal> {
    const refused = this.refusal(order.amountFen, paycode);
    if (refused) return refused;
    this.#isBeginning = true;
    try {
      const card = await this.#factsFor({ kind: 'sale', amount: order.amountFen });
      return typeof card === 'string'
        ? card
        : await this.#begin(order, { ...card, ...(commandId && { commandId }) }, paycode);
    } finally {
      this.#isBeginning = false;
    }
  }

  /**
   * Gives money of a card sale back: one refund is one command for life, and asking again asks how it stands. Resolves when the
   * terminal has said what became of it, or nobody can.
   */
  async giveBack(wish: GiveBackWish): Promise<Attempt | CardRefusal> {
    const known = this.givenBack(wish.refundId) ?? (await this.#beginGiveBack(wish));
    if (typeof known === 'string' || isFinal(known)) return known;
    return new Promise((resolve) => this.#waiting.set(known.attemptId, resolve));
  }

  /** Why this money can never go back on this terminal. */
  giveBackRefusal(wish: GiveBackWish): 'UNSUPPORTED' | undefined {
    const { book, terminal, backendNow } = this.#parts;
    return giveBackCommand(book, wish, terminal().capabilities, backendNow()) ? undefined : 'UNSUPPORTED';
  }

  /** The command that a refund became. */
  givenBack(refundId: string): Attempt | undefined {
    return [...this.#parts.book.attempts.values()].find(({ attempt: { card } }) => card?.refundId === refundId)
      ?.attempt;
  }

  async #beginGiveBack(wish: GiveBackWish): Promise<Attempt | CardRefusal> {
    const refused = this.refusal(wish.refundFen);
    if (refused) return refused;
    const order = this.#parts.book.orders.get(wish.orderId);
    const command = giveBackCommand(
      this.#parts.book,
      wish,
      this.#parts.terminal().capabilities,
      this.#parts.backendNow(),
    );
    if (!order || !command) return 'UNSUPPORTED';
    this.#isBeginning = true;
    try {
      const card = await this.#factsFor(command);
      if (typeof card === 'string') return card;
      const facts = { ...card, refundId: wish.refundId };
      return await this.#write(
        newCardAttempt({ ...wish, attemptId: this.#parts.newId(), amountFen: wish.refundFen }, facts),
        order,
      );
    } finally {
      this.#isBeginning = false;
    }
  }

  async #factsFor(command: UnnamedCommand): Promise<Omit<CardFacts, 'commandId'> | CardRefusal> {
    const terminal = this.#parts.terminal();
    const before = await terminal.lastKnown();
    if (before === 'silent') return 'DEVICE_OFFLINE';
    const { commands, reference: rule } = terminal.capabilities;
    const reference = terminalReference(rule, this.#parts.newId, this.#parts.clock.now(), this.#usedReferences());
    return {
      protocol: terminal.protocol,
      command: { ...command, reference },
      canAsk: commands.includes('queryByRef') || commands.includes('queryLast'),
      ...(before === undefined ? {} : { before }),
    };
  }

  #begin(order: Order, card: CardFacts, paycode: Paycode | undefined): Promise<Attempt> {
    const state = orderAfter(order.state, 'scan/attempt');
    if (!state) throw new Error(`an attempt cannot begin while its order is ${order.state}`);
    const scanned = paycode && { channel: paycode.channel, maskedPaycode: paycode.masked };
    const attempt = newCardAttempt({ ...order, attemptId: this.#parts.newId() }, card, scanned);
    const { intentId: _before, ...rest } = order;
    return this.#write(attempt, { ...rest, state, attemptId: attempt.attemptId }, paycode);
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
    const owed = CardRunner.#owedIn(this.#parts.book);
    if (owed && this.#running.size === 0) this.#owe(owed);
  }

  /** The clerk gives up on it. The terminal decides. */
  cancel(attemptId: string): void {
    const running = this.#running.get(attemptId);
    if (running) this.#tell(running, { kind: 'clerk-cancelled' });
  }

  interrupt(orderId: string, write: () => Promise<void>): boolean {
    const running = [...this.#running.values()].find(({ record: { attempt } }) => attempt.orderId === orderId);
    if (!running) return false;
    running.queue = running.queue.then(write);
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
    this.#isStopped = true;
    for (const running of this.#running.values()) running.stopTimer();
    this.#running.clear();
  }

  // --- what the terminal says

  /** The terminal takes commands again: what nobody knows is asked first. */
  ready(): void {
    for (const running of this.#running.values()) this.#tell(running, { kind: 'ready' });
    if (this.#owed) void this.#askOwed(this.#owed);
  }

  news(news: TerminalNews): void {
    const [running] = this.#running.values();
    if (news.kind === 'progress' && running) this.#parts.onProgress(running.record.attempt.attemptId, news.text);
  }

  /** Puts a result on disk with its attempt. False: it is not there, and the terminal must not believe that it is. */
  store(result: TerminalResult): Promise<boolean> {
    const running = [...this.#running.values()].find(
      ({ record }) => cardOf(record.attempt).command.reference === result.reference,
    );
    if (this.#settling?.reference === result.reference) return this.#storeSettled(this.#settling, result);
    return running ? this.#storeWith(running, result) : this.#storeBehind(result);
  }

  /** It may have ended while this waited for its turn: then it is about a command that is over. */
  async #storeWith(running: Running, result: TerminalResult): Promise<boolean> {
    const told = await new Promise<boolean>((resolve) => this.#tell(running, { kind: 'result', result }, resolve));
    return told || this.#isMine(running) ? told : this.#storeBehind(result);
  }

  /** About a command that is over. A yes behind a no is money that nobody expects: the order is a person's. */
  async #storeBehind(result: TerminalResult): Promise<boolean> {
    const about = [...this.#parts.book.attempts.values()].find(
      ({ attempt: { card } }) => card?.command.reference === result.reference,
    );
    const isStored = await this.#storeEvidence(result, about?.attempt.attemptId);
    if (about && isYesBehindNo(about.attempt, result)) this.#dispute(about, result, isStored);
    return isStored;
  }

  /** The record of the yes disputes the order when it is folded; here what runs of the order is given up. */
  #dispute({ attempt }: AttemptRecord, result: TerminalResult, isWritten: boolean): void {
    const { orderId, attemptId } = attempt;
    const { log, disputes, onChange } = this.#parts;
    log.error({ orderId, attemptId }, 'the terminal charged what it had refused: the order is disputed');
    disputes.take(orderId, async () => {
      // whatever else can write the order waits for this: nothing is paid for it before the yes is on disk
      if (!isWritten) await this.#insist(() => this.#storeEvidence(result, attemptId));
      onChange(attempt, this.#order(attempt));
    });
  }

  async #insist(write: () => Promise<boolean>): Promise<void> {
    while (!this.#isStopped && !(await write()))
      await new Promise<void>((resolve) => this.#parts.clock.after(JOURNAL_RETRY_MS, resolve));
  }

  /** An answer that belongs to nothing that waits: kept as evidence, never applied. */
  storeLate(late: LateTerminalResult): Promise<boolean> {
    const [running] = this.#running.values();
    return this.#storeEvidence(late, running?.record.attempt.attemptId);
  }

  async #storeEvidence(late: LateTerminalResult | TerminalResult, during: string | undefined): Promise<boolean> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    const { protocol } = this.#parts.terminal();
    const data = lateEvent(late, protocol, during);
    log.warn({ ...data }, 'the terminal speaks of a transaction that nobody waits for: kept, not applied');
    try {
      const event = book.event(data, newId(), boot, backendNow());
      await book.write({ type: 'TERMINAL_LATE', late, protocol, event, ...(during === undefined ? {} : { during }) });
      return true;
    } catch (error) {
      log.error({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  // --- the machine

  #add(record: AttemptRecord, paycode: Paycode | undefined): Running {
    const zero = this.#parts.clock.mono();
    const running: Running = { record, paycode, zero, stopTimer: () => {}, queue: Promise.resolve() };
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
    const record = { ...running.record, attempt: settled(attempt, backendNow) };
    const evidence = attempt.state === 'NEEDS_MANUAL_CHECK' ? evidenceOf(attempt, record.startedAt) : undefined;
    const data = {
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
        ...(attempt.state === 'PAID' ? { slip: slipFor(attempt.attemptId) } : {}),
      });
      running.record = record;
      return true;
    } catch (error) {
      log.error({ attemptId: attempt.attemptId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
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
        return this.#wakeAt(running, order.at);
      default:
        return order satisfies never;
    }
  }

  /** Timers may fire a fraction of a millisecond early; the machine is woken when the time has truly come. */
  #wakeAt(running: Running, at: number): void {
    running.stopTimer();
    const left = at - (this.#parts.clock.mono() - running.zero);
    if (left <= 0) return this.#tell(running, { kind: 'woken' });
    running.stopTimer = this.#parts.clock.after(left, () => this.#wakeAt(running, at));
  }

  async #send(running: Running): Promise<void> {
    const { command } = cardOf(running.record.attempt);
    const { paycode } = running;
    running.paycode = undefined;
    this.#tell(running, factOf(await this.#run(withPaycode(command, paycode))));
  }

  async #ask(running: Running): Promise<void> {
    running.stopTimer();
    this.#tell(running, factOf(await this.#question(cardOf(running.record.attempt))));
  }

  #question(card: CardFacts): Promise<CommandEnd> {
    const byRef = this.#parts.terminal().capabilities.commands.includes('queryByRef');
    return this.#run({ kind: byRef ? 'queryByRef' : 'queryLast', about: pendingOf(card) });
  }

  /** What was settled while its dialogue went on is cleared behind its end. */
  async #run(command: TerminalCommand): Promise<CommandEnd> {
    const end = await this.#parts.terminal().run(command);
    for (const settled of this.#settled.splice(0)) this.#parts.terminal().cleared(settled);
    return end;
  }

  // --- ends

  #release(running: Running): void {
    running.stopTimer();
    const { attempt } = running.record;
    this.#running.delete(attempt.attemptId);
    this.#waiting.get(attempt.attemptId)?.(attempt);
    this.#waiting.delete(attempt.attemptId);
    if (attempt.state !== 'NEEDS_MANUAL_CHECK') return;
    // what the terminal could say it has said: the next customer is served, and a person looks
    if (wasAsked(attempt)) this.#clear(cardOf(attempt).command);
    else this.#owe(attempt);
  }

  #clear(command: KeptCommand): void {
    const terminal = this.#parts.terminal();
    if (terminal.isBusy) this.#settled.push(command);
    else terminal.cleared(command);
  }

  /** A person has been called before the terminal could be asked; after a restart, too. */
  #owe(attempt: Attempt): void {
    this.#owed = attempt;
    this.#parts.log.warn({ attemptId: attempt.attemptId }, explain('TERMINAL_LOCKED'));
    if (this.#parts.terminal().isReady) void this.#askOwed(attempt);
  }

  /** What it says now is evidence for that person; then the terminal is free. */
  async #askOwed(attempt: Attempt): Promise<void> {
    const end = await this.#question(cardOf(attempt));
    if (this.#owed !== attempt || end.kind !== 'done' || !end.ok) return;
    this.#owed = undefined;
    this.#clear(cardOf(attempt).command);
  }

  /** The command that an earlier process left open, for a dialogue that begins anew. */
  static pendingIn(book: Pick<TillBook, 'attempts'>): Pending | undefined {
    const open = [...book.attempts.values()].findLast(isCardOpen)?.attempt ?? CardRunner.#owedIn(book);
    return open && pendingOf(cardOf(open));
  }

  static #owedIn(book: Pick<TillBook, 'attempts'>): Attempt | undefined {
    const last = [...book.attempts.values()].findLast(({ attempt }) => attempt.card)?.attempt;
    return last?.state === 'NEEDS_MANUAL_CHECK' && !wasAsked(last) ? last : undefined;
  }

  /** The terminal is asked first, although a person was called already. */
  get isLocked(): boolean {
    return this.#owed !== undefined;
  }

  #usedReferences(): ReadonlySet<string> {
    const used = [...this.#parts.book.attempts.values()].flatMap(
      ({ attempt: { card } }) => card?.command.reference ?? [],
    );
    return new Set(used);
  }

  #order(attempt: Attempt): Order {
    const order = this.#parts.book.orders.get(attempt.orderId);
    if (!order) throw new Error(`attempt ${attempt.attemptId} has no order`);
    return order;
  }
}

function factOf(end: CommandEnd): CardFact {
  return end.kind === 'not-done' ? { kind: 'refused', why: end.why } : { kind: 'ended' };
}

function pendingOf({ command, before }: CardFacts): Pending {
  return { command, ...(before === undefined ? {} : { before }) };
}

function withPaycode(command: KeptCommand, paycode: Paycode | undefined): FinancialCommand {
  return command.kind === 'sale' && paycode ? { ...command, paycode } : command;
}

/** When the end was known, in backend time: what a refund's window is counted from. */
function settled(attempt: Attempt, backendNow: () => number): Attempt {
  if (!isFinal(attempt)) return attempt;
  const now = backendNow();
  return { ...attempt, settledAt: now, ...(attempt.state === 'PAID' ? { paidAt: now } : {}) };
}

/** The terminal has told what it can, or can never be asked. */
function wasAsked({ card }: Attempt): boolean {
  if (!card?.canAsk) return true;
  return card.result?.evidence.by === 'other-amount' || card.result?.evidence.by === 'cannot-tell';
}
