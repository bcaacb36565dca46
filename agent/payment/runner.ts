import type { EventData, Reply } from '../../protocols/backend/messages.ts';
import type { Paycode } from '../../protocols/paycode/paycode.ts';
import type { OutgoingRequest, RequestOutcome, Requests } from '../backend/ports.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { AttemptRecord, Order } from '../journal/records.ts';
import type { Log } from '../log.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { type Order as Effect, type Fact, step } from './machine.ts';
import { outcomeOf } from './outcome.ts';
import { type ChannelPolicy, PAYCODE_LIFE_MS, POLICIES } from './policy.ts';

/** A query or reverse the broker holds back longer than this is answered by nobody. */
const ASKING_LIFE_MS = 60_000;
/** A step that could not be written down is tried again after this. */
const JOURNAL_RETRY_MS = 1_000;

export interface RunnerParts {
  readonly book: TillBook;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  /** the backend's time as well as it is known, Unix ms: what events are stamped with */
  readonly backendNow: () => number;
  /** after every journaled change of an attempt */
  readonly onChange: (attempt: Attempt, order: Order) => void;
}

/** One attempt while this process looks after it. */
interface Running {
  record: AttemptRecord;
  readonly policy: ChannelPolicy;
  /** monotonic time of the attempt's t = 0 */
  zero: number;
  /** held only until the pay request is handed over */
  paycode: Paycode | undefined;
  readonly scannedAt: number | undefined;
  publishedAt: number | undefined;
  stopTimer: () => void;
  /** facts are worked off one after the other: each is on disk before the next is looked at */
  queue: Promise<void>;
}

/**
 * Carries attempts through the machine: journal first, then the wire. Every fact of an attempt waits for the one before
 * it to be on disk. A paycode is held from scan to publish and nowhere else.
 */
export class AttemptRunner {
  readonly #parts: RunnerParts;
  readonly #running = new Map<string, Running>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    parts.requests.onLateReply = (reply) => this.#lateReply(reply);
  }

  /**
   * Writes the attempt down, then sends its pay request once. Rejects when the journal cannot keep it: then nothing was
   * sent. `scannedAt`: monotonic ms of the scan.
   */
  async start(attempt: Attempt, order: Order, paycode: Paycode, scannedAt: number): Promise<void> {
    const policy = POLICIES[attempt.channel];
    if (!policy) throw new Error(`no policy for channel ${attempt.channel}`);
    const { book, clock } = this.#parts;
    const record = { attempt, startedAt: clock.now() };
    await book.write({ type: 'ATTEMPT', record, order: { ...order, state: 'IN_PAYMENT' } });
    const running = this.#add(record, policy, clock.mono(), paycode, scannedAt);
    this.#parts.onChange(attempt, this.#order(attempt));
    this.#tell(running, { kind: 'submitted' });
  }

  /** Takes over what an earlier process left unfinished: asks first. */
  resume(record: AttemptRecord): void {
    const { clock, log } = this.#parts;
    const policy = POLICIES[record.attempt.channel];
    if (!policy)
      return log.error(
        { attemptId: record.attempt.attemptId, channel: record.attempt.channel },
        'open attempt of an unknown channel',
      );
    const elapsed = Math.max(0, clock.now() - record.startedAt);
    const running = this.#add(record, policy, clock.mono() - elapsed, undefined, undefined);
    log.info(
      { attemptId: record.attempt.attemptId, state: record.attempt.state },
      'attempt taken over from the journal',
    );
    this.#tell(running, { kind: 'restarted' });
  }

  /** The clerk gives up on the attempt. */
  cancel(attemptId: string): void {
    const running = this.#running.get(attemptId);
    if (running) this.#tell(running, { kind: 'clerk-cancelled' });
  }

  /** Stops timers; attempts stay as the journal has them. */
  stop(): void {
    for (const running of this.#running.values()) running.stopTimer();
    this.#running.clear();
  }

  #add(
    record: AttemptRecord,
    policy: ChannelPolicy,
    zero: number,
    paycode: Paycode | undefined,
    scannedAt: number | undefined,
  ): Running {
    const running: Running = {
      record,
      policy,
      zero,
      paycode,
      scannedAt,
      publishedAt: undefined,
      stopTimer: () => {},
      queue: Promise.resolve(),
    };
    this.#running.set(record.attempt.attemptId, running);
    return running;
  }

  #tell(running: Running, fact: Fact): void {
    running.queue = running.queue.then(() => this.#advance(running, fact));
  }

  async #advance(running: Running, fact: Fact): Promise<void> {
    if (!this.#running.has(running.record.attempt.attemptId)) return;
    const { clock } = this.#parts;
    const next = step(running.record.attempt, fact, clock.mono() - running.zero, running.policy);
    if (!next) return;
    const before = running.record.attempt;
    // The attempt is on disk since `start`; that its pay request left is written beside the sending, not before it.
    if (fact.kind === 'submitted') this.#perform(running, next.orders);
    const written = await this.#keep(running, next.attempt, before);
    if (!written) return this.#tryAgain(running, fact);
    if (fact.kind !== 'submitted') this.#perform(running, next.orders);
    this.#parts.onChange(next.attempt, this.#order(next.attempt));
    if (isFinal(next.attempt)) this.#release(running);
  }

  async #keep(running: Running, attempt: Attempt, before: Attempt): Promise<boolean> {
    const { book, log } = this.#parts;
    const record = { ...running.record, attempt };
    const order = orderAfter(this.#order(attempt), attempt);
    const changed = attempt.state !== before.state || attempt.category !== before.category;
    try {
      await book.write({
        type: 'ATTEMPT',
        record,
        order,
        ...(changed ? { event: this.#event(running, attempt) } : {}),
      });
    } catch (error) {
      log.error({ attemptId: attempt.attemptId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      // What was sent stays sent: the attempt in memory moves on, so that nothing is sent twice.
      if (before.doing.kind === 'created') running.record = record;
      return false;
    }
    running.record = record;
    return true;
  }

  /** The fact is still true; it is told again when the disk may have recovered. `submitted` has had its effect already. */
  #tryAgain(running: Running, fact: Fact): void {
    if (fact.kind === 'submitted') return;
    this.#parts.clock.after(JOURNAL_RETRY_MS, () => this.#tell(running, fact));
  }

  #release(running: Running): void {
    running.stopTimer();
    this.#running.delete(running.record.attempt.attemptId);
  }

  #perform(running: Running, effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send-pay':
          void this.#pay(running);
          break;
        case 'send-query':
          void this.#query(running);
          break;
        case 'send-reverse':
          void this.#reverse(running, effect.reason);
          break;
        case 'wake':
          this.#wakeAt(running, effect.at);
          break;
        case 'note':
          this.#parts.log.info({ attemptId: running.record.attempt.attemptId, note: effect.note }, 'attempt note');
      }
    }
  }

  /** Timers may fire a fraction of a millisecond early; the machine is woken when the time has truly come. */
  #wakeAt(running: Running, at: number): void {
    running.stopTimer();
    const left = running.zero + at - this.#parts.clock.mono();
    if (left <= 0) return this.#tell(running, { kind: 'woken' });
    running.stopTimer = this.#parts.clock.after(left, () => this.#wakeAt(running, at));
  }

  // --- the three requests

  async #pay(running: Running): Promise<void> {
    const { clock, requests } = this.#parts;
    const { paycode } = running;
    running.paycode = undefined;
    running.zero = clock.mono();
    if (!paycode) return this.#tell(running, { kind: 'pay-unanswered' });
    const { amountFen, channel } = running.record.attempt;
    const args = {
      amountFen,
      currency: 'CNY' as const,
      channel,
      paycode: paycode.reveal(),
      source: 'scanner' as const,
    };
    const validForMs = PAYCODE_LIFE_MS - (clock.mono() - (running.scannedAt ?? clock.mono()));
    const outcome = await requests.send(
      { op: 'pay', ...this.#ids(running), args, validForMs },
      running.policy.payTimeoutMs,
      () => {
        running.publishedAt = clock.mono();
      },
    );
    if (outcome.kind === 'not-sent') {
      return this.#tell(running, {
        kind: 'pay-not-sent',
        category: outcome.cause === 'EXPIRED' ? 'CODE_EXPIRED' : 'NETWORK_DOWN',
      });
    }
    this.#tell(
      running,
      outcome.kind === 'reply'
        ? { kind: 'pay-answered', outcome: outcomeOf(outcome.reply) }
        : { kind: 'pay-unanswered' },
    );
  }

  async #query(running: Running): Promise<void> {
    const outcome = await this.#ask(
      { op: 'query', ...this.#ids(running), args: this.#money(running), validForMs: ASKING_LIFE_MS },
      running.policy.queryTimeoutMs,
    );
    this.#tell(
      running,
      outcome.kind === 'reply'
        ? { kind: 'query-answered', outcome: outcomeOf(outcome.reply) }
        : { kind: 'query-unanswered' },
    );
  }

  async #reverse(running: Running, reason: 'DEADLINE' | 'CLERK_CANCEL' | 'PAYERROR' | 'RESTART'): Promise<void> {
    const args = { ...this.#money(running), reason };
    const outcome = await this.#ask(
      { op: 'reverse', ...this.#ids(running), args, validForMs: ASKING_LIFE_MS },
      running.policy.reverseTimeoutMs,
    );
    this.#tell(
      running,
      outcome.kind === 'reply'
        ? { kind: 'reverse-answered', outcome: outcomeOf(outcome.reply) }
        : { kind: 'reverse-unanswered' },
    );
  }

  /** Offline, a query or reverse is as good as unanswered: it takes its time-out, so that nobody asks in a tight loop. */
  async #ask(request: OutgoingRequest, timeoutMs: number): Promise<RequestOutcome> {
    const { clock, requests } = this.#parts;
    const outcome = await requests.send(request, timeoutMs);
    if (outcome.kind === 'not-sent') await new Promise<void>((resolve) => clock.after(timeoutMs, resolve));
    return outcome;
  }

  #ids(running: Running): { attemptId: string; orderId: string } {
    const { attemptId, orderId } = running.record.attempt;
    return { attemptId, orderId };
  }

  #money(running: Running) {
    const { amountFen, channel } = running.record.attempt;
    return { amountFen, currency: 'CNY' as const, channel };
  }

  /** An answer that came after its time-out, or to a process that is gone: still a fact about its attempt. */
  #lateReply(reply: Reply): void {
    const running = this.#running.get(reply.attemptId);
    this.#parts.log.info({ attemptId: reply.attemptId, op: reply.op, status: reply.status }, 'late reply');
    if (!running || reply.op !== 'pay') return;
    this.#tell(running, { kind: 'pay-answered', outcome: outcomeOf(reply) });
  }

  #order(attempt: Attempt): Order {
    const order = this.#parts.book.orders.get(attempt.orderId);
    if (!order) throw new Error(`attempt ${attempt.attemptId} has no order`);
    return order;
  }

  #event(running: Running, attempt: Attempt) {
    const { book, newId, boot, backendNow } = this.#parts;
    return book.event(attemptEvent(attempt, this.#timings(running, attempt)), newId(), boot, backendNow());
  }

  #timings(running: Running, attempt: Attempt): { scanToPublishMs?: number; scanToPaidMs?: number } {
    const { scannedAt, publishedAt } = running;
    if (scannedAt === undefined) return {};
    return {
      ...(publishedAt === undefined ? {} : { scanToPublishMs: publishedAt - scannedAt }),
      ...(attempt.state === 'PAID' ? { scanToPaidMs: this.#parts.clock.mono() - scannedAt } : {}),
    };
  }
}

/** What an order becomes when its attempt changes (order-states.json). */
function orderAfter(order: Order, attempt: Attempt): Order {
  switch (attempt.state) {
    case 'PAID':
      return { ...order, state: 'PAID' };
    case 'FAILED':
    case 'REVERSED':
      return { ...order, state: 'OPEN' };
    case 'NEEDS_MANUAL_CHECK':
      return { ...order, state: 'DISPUTED' };
    case 'CREATED':
    case 'SUBMITTED':
    case 'USER_PAYING':
    case 'UNKNOWN':
    case 'REVERSING':
      return { ...order, state: 'IN_PAYMENT' };
  }
}

function attemptEvent(attempt: Attempt, timings: { scanToPublishMs?: number; scanToPaidMs?: number }): EventData {
  const { attemptId, orderId, amountFen, channel, state, category, code, transactionId, refunded } = attempt;
  return {
    type: 'attempt',
    attemptId,
    orderId,
    amountFen,
    channel,
    state,
    category,
    ...(code === undefined ? {} : { code }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(refunded === undefined ? {} : { refunded }),
    ...(Object.keys(timings).length === 0 ? {} : { timings }),
  };
}
