import { type CommandEnvelope, expiryOf } from '../../protocols/backend/commands.ts';
import { CollectArgs } from '../../protocols/backend/verbs.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import type { CommandResults } from '../backend/command-results.ts';
import type { CommandRefusal, VerbRoom } from '../backend/verb-desk.ts';
import type { Order } from '../journal/records.ts';
import type { Later } from '../log.ts';
import type { LimitWatch } from '../rules/limit-watch.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { type BlockedOrder, blockedOrders } from './blocked-orders.ts';
import { cardClerk } from './card-codes.ts';
import type { CardRunner } from './card-runner.ts';
import { CATEGORIES, type Category } from './categories.ts';
import { holdRefusal } from './hold-wishes.ts';
import { type Intent, isIntentFinal } from './intent.ts';
import type { IntentRunner } from './intent-runner.ts';
import { CANCELLED, orderResult } from './order-result.ts';
import { orderAfter } from './order-states.ts';
import { COUNTER_FREED_AFTER_MS } from './policy.ts';
import type { AttemptRunner } from './runner.ts';
import { type ScanOfferParts, ScanOffers, type ScanOutcome } from './scan-offers.ts';
import { collectRefusal } from './terminal-state.ts';
import { Turns } from './turns.ts';

export interface DeskParts extends ScanOfferParts {
  readonly runner: AttemptRunner;
  readonly intents: Pick<IntentRunner, 'cancel'>;
  /** attempts on the card terminal; absent: this till has none */
  readonly cards?: Pick<CardRunner, 'cancel' | 'ageOf' | 'takesPaycodes' | 'start'> | undefined;
  /** behind the slip of a sale that is under way */
  readonly later: Later;
  /** what payments are held to now */
  readonly limits: Pick<LimitWatch, 'limits' | 'refusal'>;
  readonly results: CommandResults;
  /** whether the counter waits for a code, whenever that changes */
  readonly onWaiting?: (waits: boolean) => void;
  /** an order has come to the counter: time for what its payment will need */
  readonly onCollecting?: (order: Order) => void;
  /** a payment is on disk as PAID: its slip is due */
  readonly onPaid: (attempt: Attempt) => void;
}

/** What became of the clerk's wish to cancel. */
export type Cancelled =
  /** nobody had tried to pay: the order is closed */
  | 'ORDER_CANCELLED'
  /** one last query, then the reversal: the result follows, and it may still be PAID */
  | 'ATTEMPT_REVERSING'
  /** the card terminal was asked to stop, or the person there is to press cancel: the result follows, and it may be PAID */
  | 'CARD_STOPPING'
  /** too late: money goes back by a refund only */
  | 'ALREADY_PAID'
  /** the customer's money is held for it: first the hold is charged or cancelled */
  | 'HOLD_STANDS'
  | 'NEEDS_MANUAL_CHECK'
  | 'NOTHING_TO_CANCEL';

/**
 * The counter: which order is being collected, and what a scanned code means for it. Decides what may start; the runner
 * carries it out.
 */
export class PaymentDesk implements VerbRoom {
  readonly #parts: DeskParts;
  readonly #turns: Turns;
  readonly #scans: ScanOffers;
  /** the order in front of the customer */
  #orderId: string | undefined;
  /** as it was told last */
  #waits = false;
  /** attempts being reversed: calls off the moment in which the counter is freed without them */
  readonly #reversing = new Map<string, () => void>();
  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#turns = new Turns({ ...parts, onDone: () => this.#tellWaiting() });
    this.#scans = new ScanOffers(parts, { order: () => this.#order(), isRunning: () => this.#running() });
  }

  /** Takes up the order at the counter, or tells the result that was not told. */
  resume(command: CommandEnvelope): void {
    const args = CollectArgs.safeParse(command.args);
    if (!args.success) return;
    const order = this.#parts.book.orders.get(args.data.orderId);
    if (!order && this.#parts.backendNow() > expiryOf(command)) {
      return this.#parts.results.fail(command.id, {
        code: 'EXPIRED',
        message: 'the till was down when it was to be carried out',
      });
    }
    if (!order) return this.execute(command);
    if (order.commandId !== command.id) return this.#supersede(command.id);
    if (order.state === 'OPEN' || order.state === 'IN_PAYMENT') this.#orderId = order.orderId;
    else this.#concludeOrder(order, this.#attemptOf(order));
    this.#tellWaiting();
  }

  // --- the command `collect`

  refuse(command: CommandEnvelope): CommandRefusal | undefined {
    const args = CollectArgs.safeParse(command.args);
    if (!args.success) return { code: 'BAD_REQUEST', message: firstIssue(args.error.issues) };
    return this.#refuseOrder(args.data) ?? this.refusedByRule(args.data.amountFen);
  }

  #refuseOrder(args: CollectArgs): CommandRefusal | undefined {
    const known = this.#parts.book.orders.get(args.orderId);
    if (known && known.amountFen !== args.amountFen)
      return { code: 'IDEMPOTENCY_CONFLICT', message: 'the order is known with another amount' };
    if (known && known.state !== 'OPEN' && known.state !== 'CANCELLED')
      return { code: 'ORDER_BLOCKED', message: `the order is ${known.state}` };
    const held = holdRefusal(this.#parts.book, args.orderId);
    if (held) return held;
    if (this.#running()) return { code: 'DEVICE_BUSY', message: 'another payment is running at this counter' };
    return undefined;
  }

  /** Why the order cannot be taken on the card terminal now, whatever the terminal says. */
  refuseCard(args: CollectArgs): CommandRefusal | undefined {
    return this.#refuseOrder(args) ?? this.refusedByRule(args.amountFen);
  }

  /** An order that is paid on the terminal stands at the counter; one that nobody tried to pay gives way to it. */
  async takeToCounter(orderId: string): Promise<void> {
    await this.#giveWay(orderId);
    this.#orderId = orderId;
  }

  /** A payment that was begun before comes back to the counter, unless the next customer stands there. */
  backToCounter(orderId: string): void {
    const there = this.#order();
    if (there?.state !== 'OPEN' && there?.state !== 'IN_PAYMENT') this.#orderId = orderId;
  }

  /** Nothing of this order is at the counter any more. */
  leaveCounter(orderId: string): void {
    if (this.#orderId === orderId) this.#orderId = undefined;
    this.#tellWaiting();
  }

  /** Whether this terminal may take this amount now, however it is asked for. */
  refusedByRule(amountFen: number): CommandRefusal | undefined {
    const { book, limits } = this.#parts;
    const suspended = collectRefusal(book.settings);
    if (suspended) return { code: suspended.category, message: suspended.advice.en };
    const over = limits.refusal(amountFen);
    return over && { code: over.code, message: over.advice.en };
  }

  /** Opens the order. An order that nobody tried to pay gives way to the new one and is cancelled. */
  execute(command: CommandEnvelope): void {
    const args = CollectArgs.parse(command.args);
    const { orderId, amountFen, title } = args;
    const counter = this.#orderId;
    const again = () => {
      if (this.#orderId === counter) this.execute(command);
      else this.#supersede(command.id);
    };
    this.#turns.untilWritten(again, async () => {
      const { book, log, results, backendNow, onCollecting } = this.#parts;
      if (backendNow() > expiryOf(command))
        return results.fail(command.id, { code: 'EXPIRED', message: 'its time was over before the disk took it' });
      // A code may have been read since the command was found acceptable: what holds now decides.
      const late = this.#refuseOrder(args) ?? this.refusedByRule(amountFen);
      if (late) return results.fail(command.id, late);
      const before = book.orders.get(orderId);
      const order: Order = {
        orderId,
        ...before,
        amountFen,
        ...(title === undefined ? {} : { title }),
        commandId: command.id,
        state: 'OPEN',
      };
      await this.#giveWay(orderId);
      await book.write({ type: 'ORDER', order });
      this.#orderId = orderId;
      if (before) this.#supersede(before.commandId);
      log.info({ orderId, amountFen }, 'collecting, waiting for a paycode');
      onCollecting?.(order);
    });
  }

  async #giveWay(orderId: string): Promise<void> {
    const before = this.#order();
    if (before && before.orderId !== orderId && before.state === 'OPEN') await this.#cancelOrder(before);
  }

  // --- the clerk

  /** The clerk gives up: on the running attempt, or on the order that nobody has paid. Without a name, the one at the counter. */
  cancel(orderId: string | undefined = this.#orderId): Promise<Cancelled> {
    return this.#turns.answered(() => this.#cancel(orderId));
  }

  async #cancel(orderId: string | undefined): Promise<Cancelled> {
    const order = orderId === undefined ? undefined : this.#parts.book.orders.get(orderId);
    if (!order) return 'NOTHING_TO_CANCEL';
    switch (order.state) {
      case 'OPEN':
        if (this.#parts.book.standingHold(order.orderId)) return 'HOLD_STANDS';
        await this.#cancelOrder(order);
        return 'ORDER_CANCELLED';
      case 'IN_PAYMENT':
        if (this.#attemptOf(order)?.card && order.intentId === undefined) return this.#stopCard(order);
        if (order.intentId !== undefined) this.#parts.intents.cancel(order.intentId);
        else if (order.attemptId !== undefined) this.#parts.runner.cancel(order.attemptId);
        return 'ATTEMPT_REVERSING';
      case 'PAID':
      case 'PARTLY_REFUNDED':
        return 'ALREADY_PAID';
      case 'DISPUTED':
        return 'NEEDS_MANUAL_CHECK';
      case 'CANCELLED':
      case 'REFUNDED':
        return 'NOTHING_TO_CANCEL';
      default:
        return order.state satisfies never;
    }
  }

  #stopCard({ attemptId }: Order): Cancelled {
    if (attemptId !== undefined) this.#parts.cards?.cancel(attemptId);
    return 'CARD_STOPPING';
  }

  async #cancelOrder(order: Order): Promise<void> {
    const state = orderAfter(order.state, 'clerkCancel');
    if (!state || this.#parts.book.standingHold(order.orderId)) return;
    const cancelled: Order = { ...order, state };
    await this.#parts.book.write({ type: 'ORDER', order: cancelled });
    this.#concludeOrder(cancelled, undefined);
  }

  /** Orders that are blocked and no longer at the counter: still being reversed, or waiting for a person. Newest last. */
  blockedOrders(): readonly BlockedOrder[] {
    return blockedOrders(this.#parts.book, this.#orderId);
  }

  // --- scans

  /** A gun read something. */
  scanned(scan: Scan): void {
    this.#turns.take(async () => {
      await this.#scans.offer(scan);
    });
  }

  /** A gun typed something into the page, which waits for the verdict. */
  read(scan: Scan): Promise<ScanOutcome> {
    return this.#turns.answered(() => this.#scans.offer(scan));
  }

  /** Somebody typed a code for this order: judged as a scan is. */
  typed(orderId: string, scan: Scan): Promise<ScanOutcome> {
    return this.#turns.answered(async () =>
      this.#orderId === orderId ? this.#scans.offer(scan) : this.#scans.refuse(scan, { refusal: 'NO_OPEN_ORDER' }),
    );
  }

  /** Codes ignored because their attempt was running. */
  get duplicateScans(): number {
    return this.#scans.duplicates;
  }

  /** The most one payment may be now, fen. */
  get maxFen(): number {
    return this.#parts.limits.limits.maxFen;
  }

  // --- attempts

  /** The runner wrote down a change of an attempt. */
  attemptChanged(attempt: Attempt, order: Order): void {
    // the slip first
    if (attempt.state === 'PAID') this.#parts.onPaid(attempt);
    this.#parts.later(() => this.#log(attempt));
    const isUnsure = attempt.card !== undefined && attempt.state === 'UNKNOWN';
    if (attempt.state === 'REVERSING' || isUnsure) this.#freeCounterLater(attempt);
    if (!isFinal(attempt)) return;
    this.#reversing.get(attempt.attemptId)?.();
    this.#reversing.delete(attempt.attemptId);
    // who asked for the card alone asks again, or for something else
    const isAnswered = attempt.card?.commandId === order.commandId;
    const goesOn = order.state === 'OPEN' && order.orderId === this.#orderId && !isAnswered;
    if (goesOn) this.#progress(order, attempt);
    else this.#concludeOrder(order, attempt);
    this.#tellWaiting();
  }

  #log(attempt: Attempt): void {
    const { zh, en } = cardClerk(attempt) ?? CATEGORIES[attempt.category];
    this.#parts.log.info({ ...facts(attempt), zh, en }, 'attempt');
  }

  /** The intent runner wrote down a change. An intent holds its order, never the counter. */
  intentChanged(intent: Intent, order: Order): void {
    if (isIntentFinal(intent) && order.state !== 'IN_PAYMENT') {
      const goesOn = order.state === 'OPEN' && order.orderId === this.#orderId;
      if (goesOn) this.#progress(order, undefined);
      else this.#concludeOrder(order, undefined);
    }
    this.#tellWaiting();
  }

  /** Does something else about orders, while no scan is judged and no command carried out. */
  inTurn(work: () => Promise<void>): void {
    this.#turns.take(work);
  }

  /** 60 s unsure: the next customer is served; the order stays blocked and goes on reversing. */
  #freeCounterLater(attempt: Attempt): void {
    if (attempt.doing.kind === 'aging' || this.#reversing.has(attempt.attemptId)) return;
    const { runner, cards } = this.#parts;
    const age = runner.ageOf(attempt.attemptId) ?? cards?.ageOf(attempt.attemptId) ?? 0;
    const left = (attempt.unsureSince ?? age) + COUNTER_FREED_AFTER_MS - age;
    this.#reversing.set(
      attempt.attemptId,
      this.#parts.clock.after(Math.max(0, left), () => this.#freeCounter(attempt)),
    );
  }

  #freeCounter(attempt: Attempt): void {
    const order = this.#order();
    if (order?.orderId !== attempt.orderId) return;
    this.#orderId = undefined;
    this.#parts.log.warn(facts(attempt), 'counter freed, the order stays blocked and its reversal goes on');
    this.#progress(order, this.#attemptOf(order) ?? attempt);
  }

  /** Calls off what this desk still waits for. */
  stop(): void {
    for (const callOff of this.#reversing.values()) callOff();
    this.#reversing.clear();
    this.#turns.stop();
  }

  #concludeOrder(order: Order, attempt: Attempt | undefined): void {
    if (this.#orderId === order.orderId) this.#orderId = undefined;
    const result = orderResult(this.#parts.book, order, attempt);
    // the slip goes first: between its bytes and the paper there is nothing this record could add
    this.#turns.after(RESULT_BEHIND_SLIP_MS, () => this.#parts.results.conclude(order.commandId, result));
  }

  /** A newer command collects the same order. */
  #supersede(commandId: string): void {
    this.#parts.results.conclude(commandId, CANCELLED);
  }

  /** The command goes on: the order is open for a fresh code, or blocked and no longer at the counter. */
  #progress(order: Order, attempt: Attempt | undefined): void {
    this.#parts.results.progress(order.commandId, orderResult(this.#parts.book, order, attempt));
  }

  // --- what is at the counter

  /** The order that the next code pays. */
  get counterOrder(): Order | undefined {
    return this.#order();
  }

  #order(): Order | undefined {
    return this.#orderId === undefined ? undefined : this.#parts.book.orders.get(this.#orderId);
  }

  #attemptOf({ attemptId }: Order): Attempt | undefined {
    return attemptId === undefined ? undefined : this.#parts.book.attempts.get(attemptId)?.attempt;
  }

  /** The counter's order has an attempt that is not final. An open intent holds its order only. */
  #running(): boolean {
    const order = this.#order();
    return order?.state === 'IN_PAYMENT' && order.intentId === undefined;
  }

  /** The gun reads while the counter waits for a code. */
  #tellWaiting(): void {
    const waits = this.#order()?.state === 'OPEN';
    if (waits === this.#waits) return;
    this.#waits = waits;
    this.#parts.onWaiting?.(waits);
  }
}

/** What the backend is told of a finished order waits this long. */
const RESULT_BEHIND_SLIP_MS = 5;

function facts(attempt: Attempt): {
  attemptId: string;
  orderId: string;
  state: string;
  category: Category;
  channel: string;
  amountFen: number;
} {
  const { attemptId, orderId, state, category, channel, amountFen } = attempt;
  return { attemptId, orderId, state, category, channel, amountFen };
}

function firstIssue(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [issue] = issues;
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'not valid';
}
