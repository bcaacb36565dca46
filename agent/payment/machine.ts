import { type Attempt, altered, type Doing, isFinal, type ReverseReason } from './attempt.ts';
import type { Category } from './categories.ts';
import { answered, asked, type Exchanges, NO_ANSWER, NOT_SENT } from './exchanges.ts';
import type { Outcome } from './outcome.ts';
import { BACKGROUND_REVERSE_MS, type ChannelPolicy, REVERSE_DELAYS_MS } from './policy.ts';

// The life of one attempt, pure: (attempt, fact) -> attempt and orders. No clock, no wire, no disk: facts bring their
// time with them. Rules: product.md 1-3, payment.md 2.2, order-states.json. Every (doing, fact) cell is decided in cells.ts.
//
//   created --submit--> paying --> resting <--> querying --> aging --> querying --> reversing <--> retrying
//                          \________________________\_____________________\_____________\______> done

/** What happened. */
export type Fact =
  | { readonly kind: 'submitted' }
  /** `late`: an answer that was no longer waited for, perhaps to an older question; only certainty counts then */
  | { readonly kind: 'pay-answered'; readonly outcome: Outcome; readonly late?: true }
  | { readonly kind: 'pay-unanswered' }
  /** proof that not one byte left */
  | { readonly kind: 'pay-not-sent'; readonly category: Category }
  | { readonly kind: 'query-answered'; readonly outcome: Outcome; readonly late?: true }
  | { readonly kind: 'query-unanswered' }
  | { readonly kind: 'reverse-answered'; readonly outcome: Outcome; readonly late?: true }
  | { readonly kind: 'reverse-unanswered' }
  /** the time asked for by a `wake` has come */
  | { readonly kind: 'woken' }
  | { readonly kind: 'clerk-cancelled' }
  /**
   * A new process took the attempt over from the journal. `ageUnknown`: the PC's clock cannot be believed, so the
   * attempt's axis begins anew at 0 and the rules tighten: no waiting for the customer any more, and no reverse before
   * the channel surely takes it.
   */
  | { readonly kind: 'restarted'; readonly ageUnknown?: true };

/** What to do, in this order, after the new attempt is on disk. */
export type Order =
  | { readonly kind: 'send-pay' }
  | { readonly kind: 'send-query'; readonly n: number }
  | { readonly kind: 'send-reverse'; readonly n: number; readonly reason: ReverseReason }
  | { readonly kind: 'wake'; readonly at: number }
  | { readonly kind: 'note'; readonly note: Note };

export type Note =
  | 'CLERK_CANCEL'
  | 'REVERSE_MIN_AGE_REACHED'
  | 'REVERSE_WINDOW_CLOSED'
  | 'SUCCESS_AFTER_REVERSE'
  | 'BACKGROUND_RETRY'
  | 'ESCALATE';

export interface Step {
  readonly attempt: Attempt;
  readonly orders: readonly Order[];
}

/**
 * The next step, or `undefined` when the fact changes nothing (late, doubled, or after the end).
 * `t`: milliseconds since the pay request left. `windowClosed`: the channel takes no reverse any more.
 */
export function step(
  attempt: Attempt,
  fact: Fact,
  t: number,
  policy: ChannelPolicy,
  windowClosed = false,
): Step | undefined {
  if (isFinal(attempt)) return undefined;
  const exchanges = heard(attempt.exchanges, fact, Math.round(t));
  const at: Moment = {
    attempt: exchanges === attempt.exchanges ? attempt : { ...attempt, exchanges },
    t,
    policy,
    windowClosed,
  };
  const { doing } = attempt;
  switch (fact.kind) {
    case 'submitted':
      return doing.kind === 'created' ? sendPay(at) : undefined;
    case 'pay-answered':
      return doing.kind === 'created' ? undefined : payAnswered(at, fact.outcome);
    case 'pay-unanswered':
      return doing.kind === 'paying' ? rest(unsure(at)) : undefined;
    case 'pay-not-sent':
      return doing.kind === 'paying' ? finish(at, 'FAILED', fact.category) : undefined;
    case 'query-answered':
      if (doing.kind === 'querying' && !fact.late) return queryAnswered(at, doing.last, fact.outcome);
      return attempt.queries > 0 ? lateAnswer(at, fact.outcome) : undefined;
    case 'query-unanswered':
      return doing.kind === 'querying' ? queryUnanswered(unsure(at), doing.last) : undefined;
    case 'reverse-answered':
      return doing.kind === 'reversing' && !fact.late
        ? reverseAnswered(at, fact.outcome)
        : lateReverseAnswer(at, fact.outcome);
    case 'reverse-unanswered':
      return doing.kind === 'reversing' ? retryReverse(at) : undefined;
    case 'woken':
      return woken(at);
    case 'clerk-cancelled':
      return clerkCancelled(at);
    case 'restarted':
      return restarted(at, fact.ageUnknown === true);
    default:
      return fact satisfies never;
  }
}

/**
 * A SUCCESS that reaches a finished attempt: does it speak of money that nobody gave back? Not when it was paid before
 * the reversal was confirmed (both in backend time): that is what the reversal undid, and only its answer was slow.
 */
export function contradicts({ state, settledAt }: Attempt, { effect, paidAt }: Outcome): boolean {
  if (effect !== 'PAID' || (state !== 'FAILED' && state !== 'REVERSED')) return false;
  return state === 'FAILED' || settledAt === undefined || paidAt === undefined || paidAt > settledAt;
}

interface Moment {
  readonly attempt: Attempt;
  readonly t: number;
  readonly policy: ChannelPolicy;
  readonly windowClosed: boolean;
}

function to(at: Moment, change: Partial<Attempt>, ...orders: Order[]): Step {
  const { attempt, t } = at;
  let { exchanges } = attempt;
  for (const order of orders) exchanges = leaving(exchanges, order, Math.round(t));
  return { attempt: { ...attempt, ...change, exchanges }, orders };
}

function change(at: Moment, changed: Partial<Attempt>): Moment {
  return { ...at, attempt: altered(at.attempt, changed) };
}

// --- answers -------------------------------------------------------------------------------------------------------

/** The answer to `pay`, perhaps late: it decides only while no reverse was sent. */
function payAnswered(at: Moment, outcome: Outcome): Step | undefined {
  if (at.attempt.reverses > 0 || at.attempt.doing.kind !== 'paying') return lateAnswer(at, outcome);
  const decided = decide(at, outcome);
  if (decided) return decided;
  const seen = remember(at, outcome);
  if (outcome.effect === 'REVERSE_NOW' || outcome.effect === 'REVERSE_RETRY')
    return beginReverse(seen, outcome.category === 'CODE_EXPIRED' ? 'EXPIRED' : 'PAYERROR');
  return outcome.askAtOnce ? query(seen, false) : rest(seen);
}

/** An answer to a pay or query that is no longer waited for: a result is a result, everything else is old news. */
function lateAnswer(at: Moment, outcome: Outcome): Step | undefined {
  return at.attempt.reverses > 0 ? successAfterReverse(at, outcome) : decide(at, outcome);
}

function queryAnswered(at: Moment, last: boolean, outcome: Outcome): Step {
  if (at.attempt.reverses > 0) return queriedAfterReverse(at, outcome);
  const decided = decide(at, outcome);
  if (decided) return decided;
  const seen = remember(at, outcome);
  if (outcome.effect === 'REVERSE_NOW') return beginReverse(change(seen, { reason: 'PAYERROR' }), 'PAYERROR');
  return afterQuery(seen, last);
}

/** The window shut and nobody answered: the channel is asked again until it says how the attempt ended. */
function queryUnanswered(at: Moment, last: boolean): Step {
  const overdue = at.windowClosed && (last || at.attempt.reverses > 0);
  return overdue ? retryAt(at, at.t + BACKGROUND_REVERSE_MS) : afterQuery(at, last);
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
    default:
      return outcome.effect satisfies never;
  }
}

/** Asked again (after a restart) although a reverse may have left: a success now is money that must go back, never PAID. */
function queriedAfterReverse(at: Moment, outcome: Outcome): Step {
  if (outcome.effect === 'ESCALATE') return escalate(evidence(at, outcome));
  if (outcome.effect === 'REVERSED_FINAL' || outcome.effect === 'FAILED_FINAL') return reversed(evidence(at, outcome));
  return sendReverse(outcome.effect === 'PAID' ? change(at, { successAfterReverse: at.attempt.reverses }) : at);
}

/** Never PAID any more; the reversal goes on, and the next one that succeeds is the one that counts. */
function successAfterReverse(at: Moment, outcome: Outcome): Step | undefined {
  const { reverses } = at.attempt;
  if (outcome.effect !== 'PAID' || at.attempt.successAfterReverse === reverses) return undefined;
  return to(at, { successAfterReverse: reverses }, { kind: 'note', note: 'SUCCESS_AFTER_REVERSE' });
}

function reverseAnswered(at: Moment, outcome: Outcome): Step {
  const seen = evidence(at, outcome);
  if (outcome.effect === 'ESCALATE') return escalate(seen);
  if (outcome.effect !== 'REVERSED_FINAL') return retryReverse(seen);
  return isProof(at) ? reversed(seen) : sendReverse(seen);
}

/** The answer to a reverse that was given up: certainty is welcome at any time. Nobody knows which one it was. */
function lateReverseAnswer(at: Moment, outcome: Outcome): Step | undefined {
  const { reverses, successAfterReverse } = at.attempt;
  if (reverses === 0) return undefined;
  if (outcome.effect === 'ESCALATE') return escalate(evidence(at, outcome));
  const isProof = outcome.effect === 'REVERSED_FINAL' && successAfterReverse === undefined;
  return isProof ? reversed(evidence(at, outcome)) : undefined;
}

/** A reverse that left before the channel said SUCCESS may have been answered for nothing (order-states.json). */
function isProof({ attempt: { reverses, successAfterReverse } }: Moment): boolean {
  return successAfterReverse === undefined || reverses > successAfterReverse;
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
      return at.t >= doing.until ? reverseAgain(at) : undefined;
    case 'created':
    case 'paying':
    case 'querying':
    case 'reversing':
    case 'done':
      return undefined;
    default:
      return doing satisfies never;
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
    default:
      return doing satisfies never;
  }
}

/** A new process never trusts what the old one was about to do: it asks first. */
function restarted(at: Moment, ageUnknown: boolean): Step {
  const { reason } = at.attempt;
  if (!ageUnknown) return query(unsure(at), reason !== undefined || isLastQuery(at));
  const anew = at.attempt.reverses > 0 ? { unsureSince: at.t } : {};
  return query(change(unsure(at), { reason: reason ?? 'RESTART', ...anew }), true);
}

/** What the clerk reads from the moment the reversal is decided: do not hand over goods. */
const REVERSING = { state: 'REVERSING', category: 'REVERSE_PENDING' } as const;

// --- moves ---------------------------------------------------------------------------------------------------------

function sendPay(at: Moment): Step {
  return to(at, { state: 'SUBMITTED', doing: { kind: 'paying' } }, { kind: 'send-pay' });
}

function query(at: Moment, last: boolean, ...before: Order[]): Step {
  const n = at.attempt.queries + 1;
  return to(at, { queries: n, doing: { kind: 'querying', last } }, ...before, { kind: 'send-query', n });
}

/** Is a query that leaves now the last one? At the deadline, or when the channel's list of waits is used up. */
function isLastQuery(at: Moment): boolean {
  const { queryDelaysMs, repeatLast, deadlineMs } = at.policy;
  return at.t >= deadlineMs || (!repeatLast && at.attempt.queries + 1 >= queryDelaysMs.length);
}

/** A query that left before the deadline is not the last one, even if it was answered behind it. */
function afterQuery(at: Moment, last: boolean): Step {
  const { reason, reverses } = at.attempt;
  if (last) return beginReverse(at, reason ?? 'DEADLINE');
  if (reverses > 0) return sendReverse(at);
  return reason === 'CLERK_CANCEL' ? query(at, true) : rest(at);
}

function rest(at: Moment): Step {
  const { queryDelaysMs, deadlineMs } = at.policy;
  if (at.t >= deadlineMs) return query(at, true);
  const delay = queryDelaysMs[Math.min(at.attempt.queries, queryDelaysMs.length - 1)] ?? 0;
  const until = Math.min(at.t + delay, deadlineMs);
  return to(at, { doing: { kind: 'resting', until } }, { kind: 'wake', at: until });
}

/**
 * The last query is followed by the reverse with no gap. Too young for the channel: wait, and ask once more then,
 * because the customer may pay meanwhile.
 */
function beginReverse(at: Moment, reason: ReverseReason): Step {
  const decided = change(at, { reason: at.attempt.reason ?? reason });
  const { reverseMinAgeMs } = at.policy;
  // Where one reverse has left, the attempt was old enough, whatever this process knows of its age.
  if (at.t >= reverseMinAgeMs || at.attempt.reverses > 0) return sendReverse(decided);
  const doing: Doing = { kind: 'aging', until: reverseMinAgeMs };
  return to(decided, { ...REVERSING, doing }, { kind: 'wake', at: reverseMinAgeMs });
}

/** The channel was just asked and knows no result. Behind its window only a person can give the money back. */
function sendReverse(at: Moment): Step {
  if (at.windowClosed) return escalate(change(at, { windowClosed: true }), 'REVERSE_WINDOW_CLOSED');
  const { reason = 'RESTART', unsureSince = at.t } = at.attempt;
  const n = at.attempt.reverses + 1;
  return to(
    at,
    { ...REVERSING, reverses: n, reason, unsureSince, doing: { kind: 'reversing' } },
    { kind: 'send-reverse', n, reason },
  );
}

/** Behind the window the channel is asked how it ended, not told to reverse. */
function reverseAgain(at: Moment): Step {
  return at.windowClosed ? query(at, true) : sendReverse(at);
}

function retryReverse(at: Moment): Step {
  const { reverses } = at.attempt;
  const background: Order[] = reverses === REVERSE_DELAYS_MS.length ? [{ kind: 'note', note: 'BACKGROUND_RETRY' }] : [];
  return retryAt(at, at.t + (REVERSE_DELAYS_MS[reverses - 1] ?? BACKGROUND_REVERSE_MS), ...background);
}

function retryAt(at: Moment, until: number, ...before: Order[]): Step {
  return to(at, { ...REVERSING, doing: { kind: 'retrying', until } }, ...before, { kind: 'wake', at: until });
}

/** Closed or refunded. A customer who cancelled and one whose code came too late are told so; the others timed out. */
function reversed(at: Moment): Step {
  const { reason } = at.attempt;
  const category = reason === 'PAYERROR' ? 'CUSTOMER_CANCELLED' : reason === 'EXPIRED' ? 'CODE_EXPIRED' : 'REVERSED';
  return finish(at, 'REVERSED', category);
}

function escalate(at: Moment, ...before: Note[]): Step {
  return to(
    at,
    { state: 'NEEDS_MANUAL_CHECK', category: 'NEEDS_MANUAL_CHECK', doing: { kind: 'done' } },
    ...[...before, 'ESCALATE' as const].map((note): Order => ({ kind: 'note', note })),
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
  const { code, transactionId, payer, instalments, riskNotice, refunded, paidFen, paidAt, answeredAt } = outcome;
  return change(at, {
    code,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(payer === undefined ? {} : { payer }),
    ...(instalments === undefined ? {} : { instalments }),
    ...(riskNotice === undefined ? {} : { riskNotice }),
    ...(refunded === undefined ? {} : { refunded }),
    ...(paidFen === undefined ? {} : { paidFen }),
    ...(paidAt === undefined ? {} : { paidAt }),
    ...(answeredAt === undefined ? {} : { settledAt: answeredAt }),
  });
}

function leaving(exchanges: Exchanges, order: Order, t: number): Exchanges {
  switch (order.kind) {
    case 'send-pay':
      return asked(exchanges, { op: 'pay', n: 1, asked: t });
    case 'send-query':
      return asked(exchanges, { op: 'query', n: order.n, asked: t });
    case 'send-reverse':
      return asked(exchanges, { op: 'reverse', n: order.n, asked: t });
    case 'wake':
    case 'note':
      return exchanges;
    default:
      return order satisfies never;
  }
}

function heard(exchanges: Exchanges, fact: Fact, t: number): Exchanges {
  switch (fact.kind) {
    case 'pay-answered':
      return answered(exchanges, 'pay', t, fact.outcome.code);
    case 'query-answered':
      return answered(exchanges, 'query', t, fact.outcome.code);
    case 'reverse-answered':
      return answered(exchanges, 'reverse', t, fact.outcome.code);
    case 'pay-unanswered':
      return answered(exchanges, 'pay', t, NO_ANSWER);
    case 'query-unanswered':
      return answered(exchanges, 'query', t, NO_ANSWER);
    case 'reverse-unanswered':
      return answered(exchanges, 'reverse', t, NO_ANSWER);
    case 'pay-not-sent':
      return answered(exchanges, 'pay', t, NOT_SENT);
    case 'restarted':
      return asked(exchanges, { op: 'restart', n: 0, asked: t });
    case 'submitted':
    case 'woken':
    case 'clerk-cancelled':
      return exchanges;
    default:
      return fact satisfies never;
  }
}
