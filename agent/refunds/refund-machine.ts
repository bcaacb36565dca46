import type { Category } from '../payment/categories.ts';
import type { Refund } from './refund.ts';
import type { RefundOutcome } from './refund-outcome.ts';
import {
  APPROVAL_LIFE_MS,
  PASSED_ON_MS,
  queryDelay,
  REFUND_LIFE_MS,
  REFUND_REQUEST_LIFE_MS,
  resendDelay,
} from './refund-policy.ts';

// The life of one refund, pure: (refund, fact, now) -> refund and orders. No clock, no wire, no disk. Every (doing, fact)
// cell is decided in refund-cells.ts. One refundId for life: every request that leaves carries it, so the channel moves the
// money once, however often it is asked.
//
//   awaiting --approved--> asking <--> resting <--> querying --> done

/** What happened. */
export type RefundFact =
  /** a second person agrees */
  | { readonly kind: 'approved'; readonly by: string }
  /** `late`: no longer waited for; only what is certain counts then */
  | { readonly kind: 'refund-answered'; readonly outcome: RefundOutcome; readonly late?: true }
  | { readonly kind: 'refund-unanswered' }
  /** proof that not one byte left */
  | { readonly kind: 'refund-not-sent' }
  | { readonly kind: 'query-answered'; readonly outcome: RefundOutcome; readonly late?: true }
  | { readonly kind: 'query-unanswered' }
  /** the time asked for by a `wake` has come */
  | { readonly kind: 'woken' }
  /** a new process took it over from the journal */
  | { readonly kind: 'restarted' }
  /** a manager found out what became of the money */
  | { readonly kind: 'resolved'; readonly by: string; readonly outcome: 'refunded' | 'unpaid' };

/** What to do, in this order, after the new refund is on disk. */
export type RefundOrder =
  | { readonly kind: 'send-refund' }
  | { readonly kind: 'send-query' }
  | { readonly kind: 'wake'; readonly at: number };

export interface RefundStep {
  readonly refund: Refund;
  readonly orders: readonly RefundOrder[];
}

export type RefundTerms = Pick<
  Refund,
  | 'refundId'
  | 'orderId'
  | 'attemptId'
  | 'channel'
  | 'amountFen'
  | 'refundFen'
  | 'transactionId'
  | 'reason'
  | 'requestedBy'
  | 'requestedAt'
>;

/** Stands where a channel's code would: no second person agreed in time, and nothing was sent. */
export const NOT_APPROVED = 'NOT_APPROVED';

/** A refund as it is first thought of; it waits for a second person. */
export function newRefund(terms: RefundTerms): RefundStep {
  const until = terms.requestedAt + APPROVAL_LIFE_MS;
  const refund: Refund = {
    ...terms,
    state: 'REQUESTED',
    category: 'REFUND_PROCESSING',
    doing: { kind: 'awaiting', until },
    sends: 0,
    queries: 0,
  };
  return { refund, orders: [{ kind: 'wake', at: until }] };
}

/** The next step, or `undefined` when the fact changes nothing. `now`: backend time, Unix ms. */
export function refundStep(refund: Refund, fact: RefundFact, now: number): RefundStep | undefined {
  const { doing, state } = refund;
  switch (fact.kind) {
    case 'approved':
      return doing.kind === 'awaiting' ? send({ ...refund, approvedBy: fact.by, approvedAt: now }, now) : undefined;
    case 'refund-answered':
      if (doing.kind === 'asking' && !fact.late) return refundAnswered(refund, fact.outcome, now);
      return lateAnswer(refund, fact.outcome);
    case 'refund-unanswered':
      return doing.kind === 'asking' ? restForQuery(unanswered(refund, doing.exp), now) : undefined;
    case 'refund-not-sent':
      return doing.kind === 'asking' ? restForResend(refund, now) : undefined;
    case 'query-answered':
      if (doing.kind === 'querying' && !fact.late) return queryAnswered(refund, fact.outcome, now);
      return lateAnswer(refund, fact.outcome);
    case 'query-unanswered':
      return doing.kind === 'querying' ? restForQuery(refund, now) : undefined;
    case 'woken':
      return woken(refund, now);
    case 'restarted':
      return restarted(refund, now);
    case 'resolved':
      return state === 'NEEDS_MANUAL_CHECK' ? resolved(refund, fact) : undefined;
    default:
      return fact satisfies never;
  }
}

// --- answers -------------------------------------------------------------------------------------------------------

function refundAnswered(refund: Refund, outcome: RefundOutcome, now: number): RefundStep {
  const seen = remember(refund, outcome);
  switch (outcome.effect) {
    case 'REFUNDED':
      return refunded(seen, outcome);
    case 'REJECTED':
      return rejected(seen, outcome, now);
    case 'ESCALATE':
      return escalate(seen);
    case 'NOT_FOUND':
      return restForResend(seen, now);
    case 'PROCESSING':
      return restForQuery(seen, now);
    default:
      return outcome.effect satisfies never;
  }
}

function queryAnswered(refund: Refund, outcome: RefundOutcome, now: number): RefundStep {
  const seen = remember(refund, outcome);
  switch (outcome.effect) {
    case 'REFUNDED':
      return refunded(seen, outcome);
    case 'REJECTED':
      return finish(seen, 'REJECTED', outcome.category, outcome.answeredAt);
    case 'ESCALATE':
      return escalate(seen);
    case 'NOT_FOUND':
      return notFound(seen, outcome, now);
    case 'PROCESSING':
      return restForQuery(seen, now);
    default:
      return outcome.effect satisfies never;
  }
}

/** Money that went back counts whenever it is heard of; anything else that comes late may be an older question's answer. */
function lateAnswer(refund: Refund, outcome: RefundOutcome): RefundStep | undefined {
  if (refund.sends === 0 || outcome.effect !== 'REFUNDED' || refund.state === 'REFUNDED') return undefined;
  const next = refunded(remember(refund, outcome), outcome);
  return next.refund.state === refund.state ? undefined : next;
}

function refunded(refund: Refund, { refundFen, answeredAt }: RefundOutcome): RefundStep {
  if (refundFen !== undefined && refundFen !== refund.refundFen) return escalate(refund);
  return finish(refund, 'REFUNDED', 'REFUND_OK', answeredAt);
}

/**
 * A no is certain only when no earlier request can have been, or still be, carried out. A copy of the very message that was
 * answered is no danger: by the contract the backend answers it alike and does not pass it on.
 */
function rejected(refund: Refund, { category, code, answeredAt }: RefundOutcome, now: number): RefundStep {
  if (refund.openUntil === undefined) return finish(refund, 'REJECTED', category, answeredAt);
  return restForQuery({ ...refund, rejection: { category, code } }, now);
}

/**
 * The channel has no such refund. Then the same request leaves again: that is safe at any time. Behind a no it is the proof
 * that was missing, once nothing that left before can arrive any more.
 */
function notFound(refund: Refund, { answeredAt }: RefundOutcome, now: number): RefundStep {
  const { rejection, openUntil = 0 } = refund;
  if (!rejection) return restForResend(refund, now);
  if (answeredAt > openUntil + PASSED_ON_MS) return finish(refund, 'REJECTED', rejection.category, answeredAt);
  return restForQuery(refund, now);
}

// --- what comes next -----------------------------------------------------------------------------------------------

function send(refund: Refund, now: number): RefundStep {
  const doing = { kind: 'asking', exp: now + REFUND_REQUEST_LIFE_MS } as const;
  return to({ ...refund, state: 'PROCESSING', doing, sends: refund.sends + 1 }, { kind: 'send-refund' });
}

function query(refund: Refund): RefundStep {
  return to({ ...refund, doing: { kind: 'querying' }, queries: refund.queries + 1 }, { kind: 'send-query' });
}

function restForQuery(refund: Refund, now: number): RefundStep {
  return rest(refund, now + queryDelay(refund.queries), 'query', now);
}

function restForResend(refund: Refund, now: number): RefundStep {
  return rest(refund, now + resendDelay(refund.sends), 'refund', now);
}

function rest(refund: Refund, until: number, next: 'refund' | 'query', now: number): RefundStep {
  if (now > (refund.approvedAt ?? now) + REFUND_LIFE_MS) return escalate(refund);
  return to({ ...refund, doing: { kind: 'resting', until, next } }, { kind: 'wake', at: until });
}

function woken(refund: Refund, now: number): RefundStep | undefined {
  const { doing } = refund;
  if (doing.kind !== 'awaiting' && doing.kind !== 'resting') return undefined;
  if (now < doing.until) return undefined;
  if (doing.kind === 'awaiting') return finish({ ...refund, code: NOT_APPROVED }, 'REJECTED', 'REFUND_WINDOW', now);
  return doing.next === 'query' ? query(refund) : send(refund, now);
}

/** What was out when the process died may have been carried out or not: ask. */
function restarted(refund: Refund, now: number): RefundStep | undefined {
  const { doing } = refund;
  switch (doing.kind) {
    case 'awaiting':
      return to(refund, { kind: 'wake', at: doing.until });
    case 'asking':
      return query(unanswered(refund, doing.exp));
    case 'resting':
      return doing.next === 'query' ? query(refund) : dueBy(refund, doing, now);
    case 'querying':
      return query(refund);
    case 'done':
      return undefined;
    default:
      return doing satisfies never;
  }
}

/** A request that is to leave again does so at once. */
function dueBy(refund: Refund, doing: Extract<Refund['doing'], { kind: 'resting' }>, now: number): RefundStep {
  const until = Math.min(doing.until, now);
  return to({ ...refund, doing: { ...doing, until } }, { kind: 'wake', at: until });
}

function unanswered(refund: Refund, exp: number): Refund {
  return { ...refund, openUntil: Math.max(refund.openUntil ?? 0, exp) };
}

function resolved(refund: Refund, { by, outcome }: Extract<RefundFact, { kind: 'resolved' }>): RefundStep {
  const known = { ...refund, resolvedBy: by };
  return outcome === 'refunded'
    ? to({ ...known, state: 'REFUNDED', category: 'REFUND_OK' })
    : to({ ...known, state: 'REJECTED', category: 'NEEDS_MANUAL_CHECK' });
}

function escalate(refund: Refund): RefundStep {
  return to({ ...refund, state: 'NEEDS_MANUAL_CHECK', category: 'NEEDS_MANUAL_CHECK', doing: { kind: 'done' } });
}

function finish(refund: Refund, state: 'REFUNDED' | 'REJECTED', category: Category, settledAt: number): RefundStep {
  return to({ ...refund, state, category, doing: { kind: 'done' }, settledAt });
}

function remember(refund: Refund, { code, channelRefundId }: RefundOutcome): Refund {
  return { ...refund, code, ...(channelRefundId === undefined ? {} : { channelRefundId }) };
}

function to(refund: Refund, ...orders: RefundOrder[]): RefundStep {
  return { refund, orders };
}
