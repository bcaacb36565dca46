import type { Reply } from '../../protocols/backend/replies.ts';
import type { OutgoingRequest, RequestOutcome, Requests } from '../backend/ports.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order, Slip } from '../journal/records.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import { Alarm } from './alarm.ts';
import type { DisputeTurn } from './dispute-turn.ts';
import { type CloseReason, type Intent, isIntentFinal, isIntentOpen, type Payment } from './intent.ts';
import { intentAnswerOf } from './intent-answer.ts';
import { intentEvent } from './intent-event.ts';
import { type IntentFact, type IntentOrder, type IntentStep, intentStep } from './intent-machine.ts';
import { isUnexpectedMoney, orderBehind, orderWithIntent } from './intent-orders.ts';
import { INTENT_POLICY } from './intent-policy.ts';
import type { OtherPayment } from './other-payment.ts';

/** A question that the broker holds back longer than this is answered by nobody. */
const ASKING_LIFE_MS = 60_000;
/** How often a question that cannot leave looks for the link. */
const LINK_POLL_MS = 250;

export interface IntentRunnerParts {
  readonly book: TillBook;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly skew: Pick<ClockSkew, 'wallClockErrorMs'>;
  readonly disputes: Pick<DisputeTurn, 'take'>;
  /** the job of a payment's slip, written down with the payment */
  readonly slipFor: (intentId: string) => Slip;
  /** after every change that is on disk */
  readonly onChange: (intent: Intent, order: Order) => void;
  /** sees every fact of every intent before it is looked at: for a test that counts */
  readonly onFact?: (intent: Intent, fact: IntentFact) => void;
}

/** One intent while this process looks after it. */
interface Running {
  intent: Intent;
  /** monotonic time of the intent's t = 0 */
  readonly zero: number;
  readonly alarm: Alarm;
  /** facts are worked off one after the other: each is on disk before the next is looked at */
  queue: Promise<void>;
  /** who waits for the question that is out */
  asking: (() => void)[];
}

/** Carries intents through their machine: journal first, then the wire. */
export class IntentRunner implements OtherPayment {
  readonly #parts: IntentRunnerParts;
  readonly #running = new Map<string, Running>();
  #isStopped = false;

  constructor(parts: IntentRunnerParts) {
    this.#parts = parts;
  }

  /** Writes the intent down, then asks the backend for it once. Rejects when the journal cannot keep it. */
  async start(intent: Intent, order: Order): Promise<void> {
    const busy = orderWithIntent(order, intent.intentId);
    if (!busy) throw new Error(`an intent cannot begin while its order is ${order.state}`);
    await this.#parts.book.write({ type: 'INTENT', intent, order: busy });
    const running = this.#add(intent);
    this.#parts.onChange(intent, busy);
    this.#tell(running, { kind: 'submitted' });
  }

  /** Takes over what an earlier process left open: asks first. */
  resume(intent: Intent): void {
    const { intentId, state, doing } = intent;
    this.#parts.log.info({ intentId, state, doing: doing.kind }, 'intent taken over from the journal');
    this.#tell(this.#running.get(intentId) ?? this.#add(intent), { kind: 'restarted' });
  }

  cancel(intentId: string): void {
    const running = this.#running.get(intentId);
    if (running) this.#tell(running, { kind: 'cancelled' });
  }

  /** Asks now. Resolves when the backend has answered, or has not in time. */
  async ask(intentId: string): Promise<void> {
    const running = this.#take(intentId);
    if (!running) return;
    this.#tell(running, { kind: 'hinted' });
    await running.queue;
    if (isAsking(running)) await new Promise<void>((resolve) => running.asking.push(resolve));
    this.#release(running);
  }

  /** The backend says so, and has signed it. */
  notified(intentId: string, payment: Payment): void {
    const running = this.#take(intentId);
    if (running) this.#tell(running, { kind: 'notified', payment });
  }

  interrupt(orderId: string, inTurn: (isRunning: boolean) => Promise<void>): boolean {
    const running = [...this.#running.values()].find((one) => one.intent.orderId === orderId && !isOver(one));
    if (!running) return false;
    running.queue = running.queue.then(() => inTurn(this.#isMine(running)));
    this.#tell(running, { kind: 'cancelled' });
    return true;
  }

  /** An answer that came after its time-out, or to a process that is gone: still a fact about its intent. */
  lateReply(reply: Reply): void {
    const { attemptId, status } = reply;
    this.#parts.log.info({ intentId: attemptId, status }, 'late reply');
    if (reply.status !== 'intent') return;
    const answer = intentAnswerOf(reply);
    const running = this.#take(attemptId);
    if (running) this.#tell(running, factOf(reply.action, { kind: 'reply', reply }, true));
    else if (answer.state === 'PAID') this.#parts.log.error({ intentId: attemptId }, 'an intent nobody knows is paid');
  }

  /** It ended while this waited for its turn: word of money is heard as behind any end, a hint is a reason to look back. */
  #behindTheEnd({ intent: { intentId } }: Running, fact: IntentFact): void {
    if (this.#isStopped || !mayTellOfMoney(fact)) return;
    const again = this.#take(intentId);
    if (again) this.#tell(again, fact);
  }

  /** Stops timers; intents stay as the journal has them. */
  stop(): void {
    this.#isStopped = true;
    for (const running of this.#running.values()) running.alarm.stop();
    this.#running.clear();
  }

  #add(intent: Intent): Running {
    const zero = this.#parts.clock.mono();
    const running: Running = {
      intent,
      zero,
      alarm: new Alarm(this.#parts.clock, zero),
      queue: Promise.resolve(),
      asking: [],
    };
    this.#running.set(intent.intentId, running);
    return running;
  }

  /** Money can come to an intent that is over: it is looked after again for as long as that takes. */
  #take(intentId: string): Running | undefined {
    const known = this.#parts.book.intents.get(intentId);
    return this.#running.get(intentId) ?? (known && this.#add(known));
  }

  #release(running: Running): void {
    if (isIntentOpen(running.intent)) return;
    running.alarm.stop();
    if (this.#isMine(running)) this.#running.delete(running.intent.intentId);
  }

  #isMine(running: Running): boolean {
    return this.#running.get(running.intent.intentId) === running;
  }

  #tell(running: Running, fact: IntentFact): void {
    running.queue = running.queue.then(() => this.#advance(running, fact));
  }

  async #advance(running: Running, fact: IntentFact): Promise<void> {
    if (!this.#isMine(running)) return this.#behindTheEnd(running, fact);
    const before = running.intent;
    this.#parts.onFact?.(before, fact);
    const next = intentStep(before, fact, this.#time(running), INTENT_POLICY);
    if (!next) return this.#release(running);
    const changed = isWorthADisk(before, next.intent);
    if (changed && !(await this.#keepInTurn(before, next.intent)) && !withoutDisk(before, next))
      return this.#tryAgain(running, fact);
    running.intent = next.intent;
    this.#perform(running, next.orders);
    if (!isAsking(running)) for (const tell of running.asking.splice(0)) tell();
    if (changed) this.#parts.onChange(next.intent, this.#order(next.intent));
    this.#release(running);
  }

  #time({ zero }: Running) {
    const { clock, skew, backendNow } = this.#parts;
    return { t: clock.mono() - zero, now: skew.wallClockErrorMs === undefined ? undefined : backendNow() };
  }

  /** The order of money that nobody expects is written when nobody else can write it. */
  #keepInTurn(before: Intent, after: Intent): Promise<boolean> {
    if (!isUnexpectedMoney(before, after)) return this.#keep(before, after);
    const { disputes, log } = this.#parts;
    const { orderId, intentId } = after;
    log.error({ orderId, intentId }, 'money for an intent that was over: the order is disputed');
    return new Promise((resolve) => {
      disputes.take(orderId, async () => resolve(await this.#keep(before, after)));
    });
  }

  async #keep(before: Intent, intent: Intent): Promise<boolean> {
    const { book, log, newId, boot, backendNow, slipFor } = this.#parts;
    const order = orderBehind(this.#order(intent), before, intent);
    const isNews = intent.state !== before.state || (intent.secondPayment && !before.secondPayment);
    const isPaid = intent.state === 'PAID' && before.state !== 'PAID';
    try {
      await book.write({
        type: 'INTENT',
        intent,
        order,
        ...(isNews ? { event: book.event(intentEvent(intent), newId(), boot, backendNow()) } : {}),
        ...(isPaid ? { slip: slipFor(intent.intentId) } : {}),
      });
      return true;
    } catch (error) {
      log.error({ intentId: intent.intentId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  /** The fact is still true; it is told again when the disk may have recovered. */
  #tryAgain(running: Running, fact: IntentFact): void {
    this.#parts.clock.after(JOURNAL_RETRY_MS, () => this.#tell(running, fact));
  }

  #order({ orderId, intentId }: Intent): Order {
    const order = this.#parts.book.orders.get(orderId);
    if (!order) throw new Error(`intent ${intentId} has no order`);
    return order;
  }

  // --- the three requests

  #perform(running: Running, orders: readonly IntentOrder[]): void {
    for (const order of orders) {
      switch (order.kind) {
        case 'send-create':
          void this.#create(running);
          break;
        case 'send-query':
          void this.#query(running);
          break;
        case 'send-close':
          void this.#close(running, order.reason);
          break;
        case 'wake':
          running.alarm.set(order.at, () => this.#tell(running, { kind: 'woken' }));
          break;
        default:
          order satisfies never;
      }
    }
  }

  async #create(running: Running): Promise<void> {
    const { amountFen, title, lines, discountFen, deliveryId, channel, forms, ttlMs } = running.intent;
    const args = {
      action: 'create',
      amountFen,
      currency: 'CNY',
      title,
      lines: lines && [...lines],
      discountFen,
      deliveryId,
      channel,
      ttlMs,
    } as const;
    const { createTimeoutMs } = INTENT_POLICY;
    const request = this.#request(running, { ...args, forms: [...forms] }, createTimeoutMs);
    this.#tell(running, factOf('create', await this.#parts.requests.send(request, createTimeoutMs), false));
  }

  async #query(running: Running): Promise<void> {
    const { amountFen } = running.intent;
    const request = this.#request(running, { action: 'query', amountFen, currency: 'CNY' }, ASKING_LIFE_MS);
    this.#tell(running, factOf('query', await this.#ask(running, request, INTENT_POLICY.queryTimeoutMs), false));
  }

  async #close(running: Running, reason: CloseReason): Promise<void> {
    const { amountFen } = running.intent;
    const request = this.#request(running, { action: 'close', amountFen, currency: 'CNY', reason }, ASKING_LIFE_MS);
    this.#tell(running, factOf('close', await this.#ask(running, request, INTENT_POLICY.closeTimeoutMs), false));
  }

  #request(
    { intent: { intentId, orderId } }: Running,
    args: Extract<OutgoingRequest, { op: 'intent' }>['args'],
    validForMs: number,
  ): OutgoingRequest {
    return { op: 'intent', attemptId: intentId, orderId, args, validForMs };
  }

  /** A question that cannot leave is no question: it waits for the link. Without one nobody can pay or close anything here. */
  async #ask(running: Running, request: OutgoingRequest, timeoutMs: number): Promise<RequestOutcome> {
    const { clock, requests } = this.#parts;
    let outcome = await requests.send(request, timeoutMs);
    while (outcome.kind === 'not-sent' && this.#isMine(running)) {
      await new Promise<void>((resolve) => clock.after(LINK_POLL_MS, resolve));
      if (requests.online) outcome = await requests.send(request, timeoutMs);
    }
    return outcome;
  }
}

function isAsking({ intent: { doing } }: Running): boolean {
  return doing.kind === 'querying' || doing.kind === 'confirming';
}

function mayTellOfMoney(fact: IntentFact): boolean {
  return fact.kind === 'notified' || fact.kind === 'hinted' || 'answer' in fact;
}

function isOver({ intent }: Running): boolean {
  return isIntentFinal(intent);
}

function factOf(action: 'create' | 'query' | 'close', outcome: RequestOutcome, late: boolean): IntentFact {
  if (outcome.kind === 'not-sent' && action === 'create') return { kind: 'create-not-sent' };
  if (outcome.kind !== 'reply') return { kind: `${action}-unanswered` };
  const answer = intentAnswerOf(outcome.reply);
  if (action === 'create') return { kind: 'create-answered', answer };
  return { kind: `${action}-answered`, answer, ...(late ? { late } : {}) };
}

/**
 * Polls are no news: a new process asks anyway. On the disk goes what must outlive this one: the code, that it is being
 * given up, each close before it leaves, and every end.
 */
function isWorthADisk(before: Intent, after: Intent): boolean {
  return essence(before) !== essence(after);
}

const MARKS: ReadonlySet<string> = new Set(['retrying', 'confirming', 'done']);

function essence({ queries: _q, waitingSince: _w, exchanges: _e, doing, ...intent }: Intent): string {
  const { kind } = doing;
  return JSON.stringify([intent, MARKS.has(kind) ? kind : '']);
}

/**
 * What may happen although it could not be written down: asking, waiting, closing again. The first close must be on disk
 * before it leaves, and a result before anybody hears of it.
 */
function withoutDisk(before: Intent, { intent, orders }: IntentStep): boolean {
  if (intent.doing.kind === 'done' || isIntentFinal(intent)) return false;
  return before.closes > 0 || !orders.some(({ kind }) => kind === 'send-close');
}
