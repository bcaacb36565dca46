import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { Reply } from '../../protocols/backend/replies.ts';
import type { OutgoingRequest, Requests } from '../backend/ports.ts';
import type { ClockSkew } from '../backend/skew.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import { walletOf } from '../payment/attempt.ts';
import type { CardRefunds } from './card-refunds.ts';
import type { Refund } from './refund.ts';
import {
  newRefund,
  type RefundFact,
  type RefundOrder,
  type RefundStep,
  type RefundTerms,
  refundStep,
} from './refund-machine.ts';
import { isAboutRefund, type RefundOutcome, refundOutcome } from './refund-outcome.ts';
import { REFUND_QUERY_TIMEOUT_MS, REFUND_REQUEST_LIFE_MS, REFUND_TIMEOUT_MS } from './refund-policy.ts';
import { remainingFen } from './remaining.ts';

/** How often a refund that is due looks whether the link stands. */
const ONLINE_POLL_MS = 1_000;

export interface RefundRunnerParts {
  readonly book: TillBook;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly skew: Pick<ClockSkew, 'wallClockErrorMs'>;
  /** money of card payments goes back on the terminal itself; absent: this till has none */
  readonly cards?: CardRefunds | undefined;
  /** after every journaled change of a refund */
  readonly onChange: (refund: Refund) => void;
  /** sees every fact before it is looked at: for a test that counts */
  readonly onFact?: (refund: Refund, fact: RefundFact) => void;
}

/** One refund while this process looks after it. */
interface Running {
  refund: Refund;
  /** where its own time stood at `mono`, for as long as nobody tells the backend's */
  readonly since: { readonly at: number; readonly mono: number };
  stopTimer: () => void;
  /** facts are worked off one after the other: each is on disk before the next is looked at */
  queue: Promise<void>;
}

/** Carries refunds through their machine: journal first, then the wire. Nothing about one is known that is not on disk. */
export class RefundRunner {
  readonly #parts: RefundRunnerParts;
  readonly #running = new Map<string, Running>();

  constructor(parts: RefundRunnerParts) {
    this.#parts = parts;
  }

  /** Writes the refund down; with a second person it leaves at once. Rejects when the journal cannot keep it. */
  async begin(terms: RefundTerms, approvedBy: string | undefined): Promise<void> {
    const asked = newRefund(terms);
    const { requestedAt } = terms;
    const approved = approvedBy && refundStep(asked.refund, { kind: 'approved', by: approvedBy }, requestedAt);
    const first = approved || asked;
    await this.#write(first.refund);
    this.#perform(this.#add(first.refund), first.orders);
    this.#parts.onChange(first.refund);
  }

  /** Takes over what an earlier process left unfinished. */
  resume(refund: Refund): void {
    const { refundId, state } = refund;
    this.#parts.log.info({ refundId, state }, 'refund taken over from the journal');
    this.#tell(this.#add(refund), { kind: 'restarted' });
  }

  /** A second person agrees. */
  approve(refundId: string, by: string): void {
    const running = this.#running.get(refundId);
    if (running) this.#tell(running, { kind: 'approved', by });
  }

  /** A manager found out what became of the money. Resolves when that is on disk; false: there was no doubt. */
  async settle(refund: Refund, by: string, outcome: 'refunded' | 'unpaid'): Promise<boolean> {
    const fact = { kind: 'resolved', by, outcome } as const;
    this.#parts.onFact?.(refund, fact);
    const next = refundStep(refund, fact, this.#parts.backendNow());
    if (!next) return false;
    await this.#write(next.refund);
    this.#parts.onChange(next.refund);
    return true;
  }

  /** An answer that came after its time-out, or to a process that is gone: still a fact about its refund. */
  lateReply(reply: Reply): void {
    if (!isAboutRefund(reply) || reply.status !== 'answered' || reply.refundId === undefined) return;
    const { refundId, op } = reply;
    const refund = this.#running.get(refundId)?.refund ?? this.#parts.book.refunds.get(refundId);
    if (!refund || refund.attemptId !== reply.attemptId) return;
    this.#parts.log.info({ refundId, op, code: reply.code }, 'late reply');
    const outcome = refundOutcome(reply, refund);
    const kind = op === 'refund' ? 'refund-answered' : 'query-answered';
    this.#tell(this.#running.get(refundId) ?? this.#add(refund), { kind, outcome, late: true });
  }

  /** The terminal spoke of what this refund was there. What it had refused and did all the same went back. */
  heardAtTerminal(refundId: string): void {
    const refund = this.#parts.book.refunds.get(refundId);
    const outcome = refund && this.#parts.cards?.lateWord(refund);
    if (!outcome) return;
    this.#tell(this.#running.get(refundId) ?? this.#add(refund), { kind: 'refund-answered', outcome, late: true });
  }

  /** Words of the terminal that an earlier process wrote down, and died before it told the refund. */
  catchUp(): void {
    for (const refund of this.#parts.book.refunds.values())
      if (isRefusedCard(refund)) this.heardAtTerminal(refund.refundId);
  }

  /** Stops timers; refunds stay as the journal has them. */
  stop(): void {
    for (const running of this.#running.values()) running.stopTimer();
    this.#running.clear();
  }

  #add(refund: Refund): Running {
    const { doing, approvedAt, requestedAt, settledAt } = refund;
    const told = [requestedAt, approvedAt ?? 0, settledAt ?? 0, doing.kind === 'asking' ? doing.exp : 0];
    const since = { at: Math.max(...told), mono: this.#parts.clock.mono() };
    const running: Running = { refund, since, stopTimer: () => {}, queue: Promise.resolve() };
    this.#running.set(refund.refundId, running);
    return running;
  }

  /** Backend time; while nobody has told it, what has passed since the refund was last heard of. A wrong PC clock moves nothing. */
  #now({ since }: Running): number {
    const { skew, backendNow, clock } = this.#parts;
    return skew.wallClockErrorMs === undefined ? Math.round(since.at + clock.mono() - since.mono) : backendNow();
  }

  #isMine(running: Running): boolean {
    return this.#running.get(running.refund.refundId) === running;
  }

  #tell(running: Running, fact: RefundFact): void {
    running.queue = running.queue.then(() => this.#advance(running, fact));
  }

  async #advance(running: Running, fact: RefundFact): Promise<void> {
    if (!this.#isMine(running)) return this.#behindTheEnd(running, fact);
    this.#parts.onFact?.(running.refund, fact);
    const next = refundStep(running.refund, fact, this.#now(running));
    if (!next) return this.#nothingFollows(running, fact);
    // Nothing leaves before it is written: a disk that does not take it is asked until it does.
    while (!(await this.#keep(next, running.refund))) {
      await new Promise<void>((resolve) => this.#parts.clock.after(JOURNAL_RETRY_MS, resolve));
      if (!this.#isMine(running)) return;
    }
    running.refund = next.refund;
    this.#perform(running, next.orders);
    this.#parts.onChange(next.refund);
    this.#releaseWhenOver(running);
  }

  /** It came while the end was being written, and waited for a refund that is over: as one that comes a moment later. */
  #behindTheEnd({ refund: { refundId, doing } }: Running, fact: RefundFact): void {
    const refund = this.#parts.book.refunds.get(refundId);
    if (doing.kind !== 'done' || !refund || (fact.kind !== 'refund-answered' && fact.kind !== 'query-answered')) return;
    this.#tell(this.#running.get(refundId) ?? this.#add(refund), { ...fact, late: true });
  }

  /** Woken too early, because somebody told another time meanwhile: what it waits for is still to come. */
  #nothingFollows(running: Running, fact: RefundFact): void {
    const { doing } = running.refund;
    if (fact.kind === 'woken' && 'until' in doing) return this.#wakeAt(running, doing.until);
    this.#releaseWhenOver(running);
  }

  async #keep(next: RefundStep, before: Refund): Promise<boolean> {
    if (next.refund === before) return true;
    try {
      await this.#write(next.refund, before);
      return true;
    } catch (error) {
      const { refundId } = next.refund;
      this.#parts.log.error({ refundId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  #releaseWhenOver(running: Running): void {
    if (running.refund.doing.kind !== 'done') return;
    running.stopTimer();
    this.#running.delete(running.refund.refundId);
  }

  #write(refund: Refund, before?: Refund): Promise<void> {
    const changed = refund.state !== before?.state || refund.category !== before.category;
    return this.#parts.book.write({ type: 'REFUND', refund, ...(changed ? { event: this.#event(refund) } : {}) });
  }

  #perform(running: Running, orders: readonly RefundOrder[]): void {
    for (const order of orders) {
      switch (order.kind) {
        case 'send-refund':
          void this.#refund(running);
          break;
        case 'send-query':
          void this.#query(running);
          break;
        case 'wake':
          this.#wakeAt(running, order.at);
          break;
        default:
          order satisfies never;
      }
    }
  }

  /** What is due waits for the link: a question that cannot leave is no question. */
  #wakeAt(running: Running, at: number): void {
    running.stopTimer();
    const { clock, requests } = this.#parts;
    const left = at - this.#now(running);
    const { doing, channel } = running.refund;
    const mayLeave = requests.online || doing.kind === 'awaiting' || channel === 'CARD';
    if (left <= 0 && mayLeave) return this.#tell(running, { kind: 'woken' });
    running.stopTimer = clock.after(Math.min(Math.max(left, ONLINE_POLL_MS), LOOK_AGAIN_MS), () =>
      this.#wakeAt(running, at),
    );
  }

  // --- the two requests

  async #refund(running: Running): Promise<void> {
    if (running.refund.channel === 'CARD') return this.#onTerminal(running, 'refund-answered');
    const { transactionId, reason, attemptId, orderId } = running.refund;
    const args = {
      ...this.#terms(running.refund),
      reason,
      ...(transactionId === undefined ? {} : { transactionId }),
    };
    const request = { op: 'refund', attemptId, orderId, args, validForMs: REFUND_REQUEST_LIFE_MS } as const;
    const outcome = await this.#ask(running, request, REFUND_TIMEOUT_MS);
    if (outcome === 'not-sent') return this.#tell(running, { kind: 'refund-not-sent' });
    this.#tell(running, outcome ? { kind: 'refund-answered', outcome } : { kind: 'refund-unanswered' });
  }

  /** The same refund is the same command there: asking again asks how it stands, and nothing is said twice. */
  async #onTerminal(running: Running, kind: 'refund-answered' | 'query-answered'): Promise<void> {
    const { cards, log } = this.#parts;
    const asked = kind === 'refund-answered' ? cards?.giveBack(running.refund) : cards?.known(running.refund);
    // what could not be written down was not said
    const outcome = await asked?.catch((error: unknown) => {
      log.error({ refundId: running.refund.refundId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return undefined;
    });
    if (outcome) return this.#tell(running, { kind, outcome });
    this.#tell(running, { kind: kind === 'refund-answered' ? 'refund-not-sent' : 'query-unanswered' });
  }

  async #query(running: Running): Promise<void> {
    if (running.refund.channel === 'CARD') return this.#onTerminal(running, 'query-answered');
    const { attemptId, orderId } = running.refund;
    const args = this.#terms(running.refund);
    const request = { op: 'refund-query', attemptId, orderId, args, validForMs: REFUND_REQUEST_LIFE_MS } as const;
    const outcome = await this.#ask(running, request, REFUND_QUERY_TIMEOUT_MS);
    const answered = outcome !== 'not-sent' && outcome;
    this.#tell(running, answered ? { kind: 'query-answered', outcome: answered } : { kind: 'query-unanswered' });
  }

  async #ask(
    { refund }: Running,
    request: OutgoingRequest,
    timeoutMs: number,
  ): Promise<RefundOutcome | 'not-sent' | undefined> {
    const outcome = await this.#parts.requests.send(request, timeoutMs);
    if (outcome.kind !== 'reply') return outcome.kind === 'not-sent' ? 'not-sent' : undefined;
    return isAboutRefund(outcome.reply) ? refundOutcome(outcome.reply, refund) : undefined;
  }

  #terms(refund: Refund) {
    const { refundId, amountFen, refundFen } = refund;
    return { refundId, amountFen, refundFen, currency: 'CNY' as const, channel: walletOf(refund) };
  }

  #event(refund: Refund): EventEnvelope {
    const { book, newId, boot, backendNow } = this.#parts;
    const { refundId, orderId, attemptId, channel, refundFen, state, category, code, reason } = refund;
    const { requestedBy, approvedBy, sends, queries, requestedAt, channelRefundId } = refund;
    const data = {
      type: 'refund' as const,
      refundId,
      orderId,
      attemptId,
      channel,
      refundFen,
      state,
      category,
      reason,
      requestedBy,
      ...(code === undefined ? {} : { code }),
      ...(channelRefundId === undefined ? {} : { channelRefundId }),
      ...(approvedBy === undefined ? {} : { approvedBy }),
      remainingFen: remainingFen(refund, withRefund(book.refunds, refund)),
      sends,
      queries,
      requestedAt,
    };
    return book.event(data, newId(), boot, backendNow());
  }
}

/** Somebody may have told the time meanwhile: how long is left is looked at anew. */
const LOOK_AGAIN_MS = 60_000;

function withRefund(refunds: ReadonlyMap<string, Refund>, refund: Refund): Refund[] {
  return [...[...refunds.values()].filter(({ refundId }) => refundId !== refund.refundId), refund];
}

/** Refused by the terminal as far as the till knows; what a person has found out is not asked again. */
function isRefusedCard({ channel, state, resolvedBy }: Refund): boolean {
  return channel === 'CARD' && state === 'REJECTED' && resolvedBy === undefined;
}
