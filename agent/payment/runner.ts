import type { Reply } from '../../protocols/backend/replies.ts';
import type { Paycode } from '../../protocols/paycode/paycode.ts';
import type { Requests } from '../backend/ports.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { Clock } from '../clock.ts';
import type { TerminalArgs } from '../enrolment/paying-terminal.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { AppendWhen } from '../journal/journal.ts';
import type { AttemptRecord, Order, Slip } from '../journal/records.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import { type Attempt, altered, isFinal } from './attempt.ts';
import { attemptEvent, evidenceOf } from './attempt-event.ts';
import { orderPaying, orderWith } from './attempt-orders.ts';
import { AttemptQuestions } from './attempt-questions.ts';
import type { DisputeTurn } from './dispute-turn.ts';
import { LateSuccess } from './late-success.ts';
import { contradicts, type Order as Effect, type Fact, step } from './machine.ts';
import { orderAfter } from './order-states.ts';
import type { OtherPayment } from './other-payment.ts';
import { type AttemptOp, isAboutAttempt, type Outcome, outcomeOf } from './outcome.ts';
import { POLICIES, policyToFinish, reverseBefore } from './policy.ts';
import { paycodeSource, type Running, type ScanSource, timingsOf } from './running.ts';
import { withoutDisk } from './without-disk.ts';

/** How long attempts taken over wait for the link before they go on without it; the counter waits with them. */
const RESUME_PATIENCE_MS = 60_000;
const ONLINE_POLL_MS = 100;
/** That a request left is written down when its bytes have surely gone their way: until then the processor is theirs. */
const NOTED_AFTER_MS = 2;

export interface RunnerParts {
  readonly book: TillBook;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  /** the backend's time as well as it is known, Unix ms: what events are stamped with */
  readonly backendNow: () => number;
  /** whether the backend's time is known at all, and whether the PC's clock agrees with it */
  readonly skew: Pick<ClockSkew, 'trusted' | 'wallClockErrorMs'>;
  readonly disputes: Pick<DisputeTurn, 'take'>;
  /** the job of a payment's slip, written down with the payment */
  readonly slipFor: (attemptId: string) => Slip;
  /** a pay request has left: time for whatever may be done while it is answered */
  readonly onSubmitted?: () => void;
  /** what a pay request says of the terminal; asked while the disk works, and waited for only where a device makes a part of it */
  readonly terminalOf?: (paycode: Paycode) => TerminalArgs | Promise<TerminalArgs> | undefined;
  /** after every journaled change of an attempt */
  readonly onChange: (attempt: Attempt, order: Order) => void;
  /** sees every fact of every attempt before it is looked at: for a test that counts */
  readonly onFact?: (attempt: Attempt, fact: Fact) => void;
}

type Beginning = Omit<Running, 'publishedAt' | 'owesQuestion' | 'stopTimer' | 'unwritten' | 'queue'>;

/**
 * Carries attempts through the machine: journal first, then the wire. Every fact of an attempt waits for the one before
 * it to be on disk. A paycode is held from scan to publish; only its fingerprint is made a moment later (fingerprints.ts).
 */
export class AttemptRunner implements OtherPayment {
  readonly #parts: RunnerParts;
  readonly #running = new Map<string, Running>();
  readonly #questions: AttemptQuestions;
  readonly #lateSuccess: LateSuccess;
  #isStopped = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#questions = new AttemptQuestions(parts);
    this.#lateSuccess = new LateSuccess(parts);
  }

  /**
   * Writes the attempt down, then sends its pay request once. Rejects when the journal cannot keep it: then nothing was
   * sent. `scannedAt`: monotonic ms of the scan.
   */
  async start(
    attempt: Attempt,
    order: Order,
    paycode: Paycode,
    scannedAt: number,
    source: ScanSource = 'serial',
  ): Promise<void> {
    const policy = POLICIES[attempt.channel];
    if (!policy) throw new Error(`no policy for channel ${attempt.channel}`);
    const { book, clock, skew } = this.#parts;
    const open = [...this.#running.values()].some(({ record }) => record.attempt.orderId === order.orderId);
    if (open) throw new Error(`order ${order.orderId} has an open attempt`);
    const typed = source === 'manual' || source === 'page-wedge' ? { source } : {};
    const record = { attempt, startedAt: clock.now(), clockTrusted: skew.trusted, ...typed };
    const state = orderAfter(order.state, 'scan/attempt');
    if (!state) throw new Error(`an attempt cannot begin while its order is ${order.state}`);
    const asked = this.#parts.terminalOf?.(paycode);
    await book.write({ type: 'ATTEMPT', record, order: orderPaying(order, state, attempt.attemptId) });
    // on disk already: whatever becomes of the secret, the attempt goes on
    const terminal = asked instanceof Promise ? await asked.catch(() => undefined) : asked;
    // nothing leaves behind the till's goodbye: the next start asks what became of it
    if (this.#isStopped) return;
    const running = this.#add({
      record,
      policy,
      zero: clock.mono(),
      ageUnknown: false,
      paycode,
      scannedAt,
      source: paycodeSource(source),
      terminal,
    });
    this.#tell(running, { kind: 'submitted' });
  }

  /**
   * Takes over what an earlier process left unfinished: asks first. How old the attempt is can only be told by the wall
   * clock. Where that cannot be believed (it disagreed with the backend when the attempt began, nobody had compared it, or
   * it runs behind the attempt's beginning) the rules tighten: the attempt counts as too old to wait for the customer, and
   * as too young to be reversed before the channel surely takes it, counted anew on the monotonic clock.
   */
  resume(record: AttemptRecord): void {
    const { clock, log } = this.#parts;
    const { attemptId, state, channel } = record.attempt;
    const elapsed = clock.now() - record.startedAt;
    const ageUnknown = record.clockTrusted !== true || elapsed < 0;
    const zero = clock.mono() - (ageUnknown ? 0 : elapsed);
    const policy = policyToFinish(channel);
    const running = this.#add({
      record,
      policy,
      zero,
      ageUnknown,
      paycode: undefined,
      scannedAt: undefined,
      source: 'scanner',
      terminal: undefined,
    });
    log.info(
      { attemptId, state, ...(ageUnknown ? { ageUnknown } : { elapsedMs: elapsed }) },
      'attempt taken over from the journal',
    );
    running.owesQuestion = true;
    running.queue = this.#online(attemptId);
    this.#tell(running, { kind: 'restarted', ...(ageUnknown ? { ageUnknown } : {}) });
  }

  /** A question that cannot leave is no question: a process that just started gives its link a moment to stand. */
  async #online(attemptId: string): Promise<void> {
    const { clock, requests } = this.#parts;
    const until = clock.mono() + RESUME_PATIENCE_MS;
    while (!requests.online && clock.mono() < until && this.#running.has(attemptId))
      await new Promise<void>((resolve) => clock.after(ONLINE_POLL_MS, resolve));
  }

  /** How long ago the attempt's pay request left, ms, as far as this process knows; `undefined`: it is not open. */
  ageOf(attemptId: string): number | undefined {
    const running = this.#running.get(attemptId);
    return running && this.#parts.clock.mono() - running.zero;
  }

  /** The clerk gives up on the attempt. */
  cancel(attemptId: string): void {
    const running = this.#running.get(attemptId);
    if (running) this.#tell(running, { kind: 'clerk-cancelled' });
  }

  /** Stops timers; attempts stay as the journal has them, and it hears of a request that left a moment ago. */
  stop(): void {
    this.#isStopped = true;
    for (const running of this.#running.values()) {
      running.stopTimer();
      void this.#noteSubmitted(running);
    }
    this.#running.clear();
  }

  #add({ record, policy, zero, ageUnknown, paycode, scannedAt, source, terminal }: Beginning): Running {
    // one literal: V8 takes much longer to add members to a copy
    const running: Running = {
      record,
      policy,
      zero,
      ageUnknown,
      paycode,
      scannedAt,
      source,
      terminal,
      publishedAt: undefined,
      owesQuestion: false,
      stopTimer: () => {},
      unwritten: undefined,
      queue: Promise.resolve(),
    };
    this.#running.set(running.record.attempt.attemptId, running);
    return running;
  }

  #isMine(running: Running): boolean {
    return this.#running.get(running.record.attempt.attemptId) === running;
  }

  async #hear(running: Running, answer: Promise<Fact>): Promise<void> {
    this.#tell(running, await answer);
  }

  #tell(running: Running, fact: Fact): void {
    running.queue = running.queue.then(() => this.#advance(running, fact));
  }

  async #advance(running: Running, fact: Fact): Promise<void> {
    if (!this.#isMine(running)) return this.#behindTheEnd(running, fact);
    const before = running.record.attempt;
    this.#parts.onFact?.(before, fact);
    if (fact.kind === 'submitted') return this.#submit(running);
    this.#tellSubmitted(running);
    const t = this.#parts.clock.mono() - running.zero;
    const next = step(this.#withWindow(running, before, t), fact, t, running.policy, this.#windowClosed(before));
    if (!next) return;
    if (!(await this.#keep(running, next.attempt, before)) && !withoutDisk(before, next)) {
      return this.#tryAgain(running, fact);
    }
    running.record = { ...running.record, attempt: next.attempt };
    this.#perform(running, next.orders);
    this.#parts.onChange(next.attempt, this.#order(next.attempt));
    if (isFinal(next.attempt)) this.#release(running);
  }

  /**
   * The attempt is on disk since `start`, so the pay request leaves at once. That it left is written down behind it, and
   * nobody waits for that: a restart asks the channel in either case.
   */
  #submit(running: Running): void {
    const created = running.record.attempt;
    const next = step(created, { kind: 'submitted' }, 0, running.policy);
    if (!next) return;
    this.#perform(running, next.orders);
    this.#parts.onSubmitted?.();
    const attempt = this.#withWindow(running, next.attempt, this.#parts.clock.mono() - running.zero);
    running.record = { ...running.record, attempt };
    const callOff = this.#parts.clock.after(NOTED_AFTER_MS, () => this.#tellSubmitted(running));
    running.unwritten = { created, submitted: attempt, callOff };
  }

  /** Writes down that the request has left, unless that was done, and tells who follows the attempt. */
  #tellSubmitted(running: Running): void {
    const { unwritten } = running;
    if (!unwritten) return;
    const { created, submitted } = unwritten;
    this.#parts.onChange(created, this.#order(created));
    void this.#noteSubmitted(running).then(() => this.#parts.onChange(submitted, this.#order(submitted)));
  }

  async #noteSubmitted(running: Running): Promise<void> {
    const { unwritten } = running;
    if (!unwritten) return;
    unwritten.callOff();
    running.unwritten = undefined;
    await this.#keep(running, unwritten.submitted, unwritten.created, 'soon');
  }

  /** The window is written down as soon as anybody has told the time. */
  #withWindow({ policy, ageUnknown }: Running, attempt: Attempt, t: number): Attempt {
    const { skew, backendNow } = this.#parts;
    if (attempt.reverseBefore !== undefined || skew.wallClockErrorMs === undefined || ageUnknown) return attempt;
    return altered(attempt, { reverseBefore: reverseBefore(policy, backendNow() - t) });
  }

  /** Only the backend's time can close the window; while nobody tells it, reversing is tried. */
  #windowClosed({ reverseBefore }: Attempt): boolean {
    const { skew, backendNow } = this.#parts;
    return reverseBefore !== undefined && skew.wallClockErrorMs !== undefined && backendNow() > reverseBefore;
  }

  async #keep(running: Running, attempt: Attempt, before: Attempt, when: AppendWhen = 'now'): Promise<boolean> {
    const { book, log } = this.#parts;
    const record = { ...running.record, attempt };
    const order = orderWith(this.#order(attempt), attempt);
    const changed = attempt.state !== before.state || attempt.category !== before.category;
    try {
      const event = changed ? { event: this.#event(running, attempt) } : {};
      const slip = attempt.state === 'PAID' ? this.#parts.slipFor(attempt.attemptId) : undefined;
      await book.write({ type: 'ATTEMPT', record, order, ...event, ...(slip && { slip }) }, when);
      return true;
    } catch (error) {
      log.error({ attemptId: attempt.attemptId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  /** The fact is still true; it is told again when the disk may have recovered. */
  #tryAgain(running: Running, fact: Fact): void {
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
          void this.#hear(running, this.#questions.pay(running));
          break;
        case 'send-query':
          void this.#hear(
            running,
            this.#questions.query(running, () => this.#isMine(running)),
          );
          break;
        case 'send-reverse':
          void this.#hear(running, this.#questions.reverse(running, effect.reason));
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
    // The same sum as in #advance: another order of rounding would wake the machine a hair too early, once and never again.
    const left = at - (this.#parts.clock.mono() - running.zero);
    if (left <= 0) return this.#tell(running, { kind: 'woken' });
    running.stopTimer = this.#parts.clock.after(left, () => this.#wakeAt(running, at));
  }

  /** An answer that came after its time-out, or to a process that is gone: still a fact about its attempt. */
  lateReply(reply: Reply): void {
    const { log, book } = this.#parts;
    if (!isAboutAttempt(reply)) return;
    const { attemptId, op, status } = reply;
    log.info({ attemptId, op, status }, 'late reply');
    const running = this.#running.get(attemptId);
    const attempt = (running?.record ?? book.attempts.get(attemptId))?.attempt;
    if (!attempt || attempt.channel === 'CARD') return;
    const outcome = outcomeOf(reply, attempt.channel);
    if (running) return this.#tell(running, lateFact(op, outcome));
    if (op !== 'reverse') this.#surprised(attemptId, outcome);
  }

  /** It ended while the answer waited for its turn, and that end may be a no on its way to the disk: as if it came just now. */
  #behindTheEnd({ record: { attempt } }: Running, fact: Fact): void {
    if (this.#isStopped || (fact.kind !== 'pay-answered' && fact.kind !== 'query-answered')) return;
    this.#surprised(attempt.attemptId, fact.outcome);
  }

  #surprised(attemptId: string, outcome: Outcome): void {
    const record = this.#parts.book.attempts.get(attemptId);
    if (record && contradicts(record.attempt, outcome)) this.#lateSuccess.dispute(record, outcome);
  }

  interrupt(orderId: string, inTurn: (isRunning: boolean) => Promise<void>): boolean {
    const running = [...this.#running.values()].find(({ record: { attempt } }) => attempt.orderId === orderId);
    if (!running) return false;
    running.queue = running.queue.then(() => {
      this.#tellSubmitted(running);
      return inTurn(this.#isMine(running));
    });
    this.#tell(running, { kind: 'clerk-cancelled' });
    return true;
  }

  #order(attempt: Attempt): Order {
    const order = this.#parts.book.orders.get(attempt.orderId);
    if (!order) throw new Error(`attempt ${attempt.attemptId} has no order`);
    return order;
  }

  #event(running: Running, attempt: Attempt) {
    const { book, clock, newId, boot, backendNow } = this.#parts;
    const timings = timingsOf(running, attempt.state === 'PAID', clock.mono());
    const evidence =
      attempt.state === 'NEEDS_MANUAL_CHECK' ? { evidence: evidenceOf(attempt, running.record.startedAt) } : {};
    return book.event({ ...attemptEvent(attempt, timings), ...evidence }, newId(), boot, backendNow());
  }
}

function lateFact(op: AttemptOp, outcome: Outcome): Fact {
  switch (op) {
    case 'pay':
      return { kind: 'pay-answered', outcome, late: true };
    case 'query':
      return { kind: 'query-answered', outcome, late: true };
    case 'reverse':
      return { kind: 'reverse-answered', outcome, late: true };
    default:
      return op satisfies never;
  }
}
