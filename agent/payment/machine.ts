import type { Attempt, Doing, ReverseReason } from './attempt.ts';
import { isFinal } from './attempt.ts';
import type { Category } from './categories.ts';
import type { Outcome } from './outcome.ts';
import { BACKGROUND_REVERSE_MS, type ChannelPolicy, REVERSE_DELAYS_MS } from './policy.ts';

// The life of one attempt, pure: (attempt, fact) -> attempt and orders. No clock, no wire, no disk: facts bring their
// time with them. Rules: product.md 1-3, payment.md 2.2, order-states.json.
//
//   created --submit--> paying --> resting <--> querying --> aging --> querying --> reversing <--> retrying
//                          \________________________\_____________________\_____________\______> done

/** What happened. */
export type Fact =
  | { readonly kind: 'submitted' }
  | { readonly kind: 'pay-answered'; readonly outcome: Outcome }
  | { readonly kind: 'pay-unanswered' }
  /** proof that not one byte left */
  | { readonly kind: 'pay-not-sent'; readonly category: Category }
  | { readonly kind: 'query-answered'; readonly outcome: Outcome }
  | { readonly kind: 'query-unanswered' }
  | { readonly kind: 'reverse-answered'; readonly outcome: Outcome }
  | { readonly kind: 'reverse-unanswered' }
  /** the time asked for by a `wake` has come */
  | { readonly kind: 'woken' }
  | { readonly kind: 'clerk-cancelled' }
  /** a new process took the attempt over from the journal */
  | { readonly kind: 'restarted' };

/** What to do, in this order, after the new attempt is on disk. */
export type Order =
  | { readonly kind: 'send-pay' }
  | { readonly kind: 'send-query'; readonly n: number }
  | { readonly kind: 'send-reverse'; readonly n: number; readonly reason: ReverseReason }
  | { readonly kind: 'wake'; readonly at: number }
  | {
      readonly kind: 'note';
      readonly note: 'CLERK_CANCEL' | 'REVERSE_MIN_AGE_REACHED' | 'BACKGROUND_RETRY' | 'ESCALATE';
    };

export interface Step {
  readonly attempt: Attempt;
  readonly orders: readonly Order[];
}

/**
 * The next step, or `undefined` when the fact changes nothing (late, doubled, or after the end).
 * `t`: milliseconds since the pay request left.
 */
export function step(attempt: Attempt, fact: Fact, t: number, policy: ChannelPolicy): Step | undefined {
  if (isFinal(attempt)) return undefined;
  const at: Moment = { attempt, t, policy };
  switch (fact.kind) {
    case 'submitted':
      return attempt.doing.kind === 'created'
        ? to(at, { state: 'SUBMITTED', doing: { kind: 'paying' } }, { kind: 'send-pay' })
        : undefined;
    case 'pay-answered':
      return payAnswered(at, fact.outcome);
    case 'pay-unanswered':
      return attempt.doing.kind === 'paying' ? rest(unsure(at)) : undefined;
    case 'pay-not-sent':
      return attempt.doing.kind === 'paying' ? finish(at, 'FAILED', fact.category) : undefined;
    case 'query-answered':
      return attempt.doing.kind === 'querying' ? queryAnswered(at, attempt.doing.last, fact.outcome) : undefined;
    case 'query-unanswered':
      return attempt.doing.kind === 'querying' ? afterQuery(unsure(at), attempt.doing.last) : undefined;
    case 'reverse-answered':
      return attempt.doing.kind === 'reversing' ? reverseAnswered(at, fact.outcome) : undefined;
    case 'reverse-unanswered':
      return attempt.doing.kind === 'reversing' ? retryReverse(at) : undefined;
    case 'woken':
      return woken(at);
    case 'clerk-cancelled':
      return clerkCancelled(at);
    case 'restarted':
      return restarted(at);
  }
}

interface Moment {
  readonly attempt: Attempt;
  readonly t: number;
  readonly policy: ChannelPolicy;
}

function to(at: Moment, change: Partial<Attempt>, ...orders: Order[]): Step {
  return { attempt: { ...at.attempt, ...change }, orders };
}

function change(at: Moment, changed: Partial<Attempt>): Moment {
  return { ...at, attempt: { ...at.attempt, ...changed } };
}

// --- answers -------------------------------------------------------------------------------------------------------

/** The answer to `pay`, perhaps late: it decides only while no reverse was sent. */
function payAnswered(at: Moment, outcome: Outcome): Step | undefined {
  if (at.attempt.reverses > 0) return successAfterReverse(at, outcome);
  const decided = decide(at, outcome);
  if (decided) return decided;
  if (at.attempt.doing.kind !== 'paying') return undefined;
  const seen = remember(at, outcome);
  if (outcome.effect === 'REVERSE_NOW' || outcome.effect === 'REVERSE_RETRY') return beginReverse(seen, 'PAYERROR');
  return outcome.askAtOnce ? query(seen, false) : rest(seen);
}

function queryAnswered(at: Moment, last: boolean, outcome: Outcome): Step {
  if (at.attempt.reverses > 0) return queriedAfterReverse(at, outcome);
  const decided = decide(at, outcome);
  if (decided) return decided;
  const seen = remember(at, outcome);
  if (outcome.effect === 'REVERSE_NOW') return beginReverse(change(seen, { reason: 'PAYERROR' }), 'PAYERROR', last);
  return afterQuery(seen, last);
}

/** What an answer settles for good, while no reverse was sent. */
function decide(at: Moment, outcome: Outcome): Step | undefined {
  const facts = evidence(at, outcome);
  switch (outcome.effect) {
    case 'PAID':
      // The amount is compared, not assumed (order-states.json): other money than asked for needs a person.
      return outcome.paidFen === undefined || outcome.paidFen === at.attempt.amountFen
        ? finish(facts, 'PAID', 'PAID')
        : escalate(facts);
    case 'FAILED_FINAL':
      return finish(facts, 'FAILED', outcome.category);
    case 'REVERSED_FINAL':
      return finish(facts, 'REVERSED', 'REVERSED');
    case 'ESCALATE':
      return escalate(facts);
    case 'KEEP_POLLING':
    case 'QUERY_ORIGINAL':
    case 'REVERSE_NOW':
    case 'REVERSE_RETRY':
    case 'REFUNDED':
    case 'REFUND_REJECTED':
      return undefined;
  }
}

/** Asked again (after a restart) although a reverse may have left: a success now is money that must go back, never PAID. */
function queriedAfterReverse(at: Moment, outcome: Outcome): Step {
  if (outcome.effect === 'ESCALATE') return escalate(evidence(at, outcome));
  if (outcome.effect === 'REVERSED_FINAL' || outcome.effect === 'FAILED_FINAL') return reversed(evidence(at, outcome));
  return sendReverse(outcome.effect === 'PAID' ? change(at, { successAfterReverse: true }) : at);
}

function successAfterReverse(at: Moment, outcome: Outcome): Step | undefined {
  if (outcome.effect !== 'PAID' || at.attempt.successAfterReverse) return undefined;
  return to(at, { successAfterReverse: true });
}

function reverseAnswered(at: Moment, outcome: Outcome): Step {
  if (outcome.effect === 'REVERSED_FINAL') return reversed(evidence(at, outcome));
  if (outcome.effect === 'ESCALATE') return escalate(evidence(at, outcome));
  return retryReverse(evidence(at, outcome));
}

// --- time, the clerk, a restart --------------------------------------------------------------------------------------

function woken(at: Moment): Step | undefined {
  const { doing } = at.attempt;
  switch (doing.kind) {
    case 'resting':
      return at.t >= doing.until ? query(at, isLastQuery(at)) : undefined;
    case 'aging':
      return at.t >= doing.until ? query(at, true, { kind: 'note', note: 'REVERSE_MIN_AGE_REACHED' }) : undefined;
    case 'retrying':
      return at.t >= doing.until ? sendReverse(at) : undefined;
    case 'created':
    case 'paying':
    case 'querying':
    case 'reversing':
    case 'done':
      return undefined;
  }
}

/** One last query at once, then the reversal. While a query is out, it is waited for first. */
function clerkCancelled(at: Moment): Step | undefined {
  const { doing, reason } = at.attempt;
  if (reason !== undefined || at.attempt.reverses > 0) return undefined;
  const cancelled = change(at, { reason: 'CLERK_CANCEL' });
  const note: Order = { kind: 'note', note: 'CLERK_CANCEL' };
  switch (doing.kind) {
    case 'paying':
    case 'resting':
      return query(cancelled, true, note);
    case 'querying':
      return to(cancelled, {}, note);
    case 'created':
    case 'aging':
    case 'reversing':
    case 'retrying':
    case 'done':
      return undefined;
  }
}

/** A new process never trusts what the old one was about to do: it asks first. */
function restarted(at: Moment): Step {
  return query(unsure(at), at.attempt.reason !== undefined || isLastQuery(at));
}

/** What the clerk reads from the moment the reversal is decided: do not hand over goods. */
const REVERSING = { state: 'REVERSING', category: 'REVERSE_PENDING' } as const;

// --- moves ---------------------------------------------------------------------------------------------------------

function query(at: Moment, last: boolean, ...before: Order[]): Step {
  const n = at.attempt.queries + 1;
  return to(at, { queries: n, doing: { kind: 'querying', last } }, ...before, { kind: 'send-query', n });
}

/** Is a query that leaves now the last one? At the deadline, or when the channel's list of waits is used up. */
function isLastQuery(at: Moment): boolean {
  const { queryDelaysMs, repeatLast, deadlineMs } = at.policy;
  return at.t >= deadlineMs || (!repeatLast && at.attempt.queries + 1 >= queryDelaysMs.length);
}

function afterQuery(at: Moment, last: boolean): Step {
  const { reason } = at.attempt;
  if (reason === 'CLERK_CANCEL' && !last) return query(at, true);
  if (last || at.t >= at.policy.deadlineMs) return beginReverse(at, reason ?? 'DEADLINE', last);
  if (at.attempt.reverses > 0) return sendReverse(at);
  return rest(at);
}

function rest(at: Moment): Step {
  const { queryDelaysMs, deadlineMs } = at.policy;
  const delay = queryDelaysMs[Math.min(at.attempt.queries, queryDelaysMs.length - 1)] ?? 0;
  const until = Math.max(at.t, Math.min(at.t + delay, deadlineMs));
  return to(at, { doing: { kind: 'resting', until } }, { kind: 'wake', at: until });
}

/**
 * The last query is followed by the reverse with no gap. Too young for the channel: wait, and ask once more then,
 * because the customer may pay meanwhile.
 */
function beginReverse(at: Moment, reason: ReverseReason, asked = false): Step {
  const decided = change(at, { reason: at.attempt.reason ?? reason });
  const { reverseMinAgeMs } = at.policy;
  if (at.t < reverseMinAgeMs) {
    const doing: Doing = { kind: 'aging', until: reverseMinAgeMs };
    return to(decided, { ...REVERSING, doing }, { kind: 'wake', at: reverseMinAgeMs });
  }
  return asked || reason === 'PAYERROR' || at.t >= at.policy.deadlineMs ? sendReverse(decided) : query(decided, true);
}

function sendReverse(at: Moment): Step {
  const n = at.attempt.reverses + 1;
  const reason = at.attempt.reason ?? 'RESTART';
  return to(
    at,
    { ...REVERSING, reverses: n, reason, doing: { kind: 'reversing' } },
    { kind: 'send-reverse', n, reason },
  );
}

function retryReverse(at: Moment): Step {
  const { reverses } = at.attempt;
  const until = at.t + (REVERSE_DELAYS_MS[reverses - 1] ?? BACKGROUND_REVERSE_MS);
  const background: Order[] = reverses === REVERSE_DELAYS_MS.length ? [{ kind: 'note', note: 'BACKGROUND_RETRY' }] : [];
  return to(at, { doing: { kind: 'retrying', until } }, ...background, {
    kind: 'wake',
    at: until,
  });
}

/** Closed or refunded. A customer who cancelled is told so; everybody else timed out. */
function reversed(at: Moment): Step {
  return finish(at, 'REVERSED', at.attempt.reason === 'PAYERROR' ? 'CUSTOMER_CANCELLED' : 'REVERSED');
}

function escalate(at: Moment): Step {
  return to(
    at,
    { state: 'NEEDS_MANUAL_CHECK', category: 'NEEDS_MANUAL_CHECK', doing: { kind: 'done' } },
    { kind: 'note', note: 'ESCALATE' },
  );
}

function finish(at: Moment, state: 'PAID' | 'FAILED' | 'REVERSED', category: Category): Step {
  return to(at, { state, category, doing: { kind: 'done' } });
}

// --- what is remembered ----------------------------------------------------------------------------------------------

/** No answer. Somebody seen paying stays seen; otherwise the result is unknown. */
function unsure(at: Moment): Moment {
  const { state } = at.attempt;
  if (state === 'USER_PAYING' || state === 'REVERSING') return at;
  return change(at, { state: 'UNKNOWN', category: 'RESULT_UNKNOWN' });
}

/** An open answer: what the clerk is told changes, and the customer's password page is a state of its own. */
function remember(at: Moment, outcome: Outcome): Moment {
  const seen = evidence(at, outcome);
  if (at.attempt.state === 'REVERSING') return seen;
  if (outcome.category === 'USER_PAYING') return change(seen, { state: 'USER_PAYING', category: 'USER_PAYING' });
  return change(unsure(seen), { category: outcome.category });
}

function evidence(at: Moment, outcome: Outcome): Moment {
  const { code, transactionId, refunded, paidFen, paidAt } = outcome;
  return change(at, {
    code,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(refunded === undefined ? {} : { refunded }),
    ...(paidFen === undefined ? {} : { paidFen }),
    ...(paidAt === undefined ? {} : { paidAt }),
  });
}
