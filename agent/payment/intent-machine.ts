import { answered, asked, type Exchanges, NO_ANSWER, NOT_SENT } from './exchanges.ts';
import {
  type CloseReason,
  type Intent,
  type IntentDoing,
  type IntentOp,
  isIntentFinal,
  type Payment,
} from './intent.ts';
import type { IntentAnswer } from './intent-answer.ts';
import { type IntentPolicy, pollDelay } from './intent-policy.ts';

// The life of one merchant-presented payment, pure: (intent, fact) -> intent and orders. Rules: payment.md 3.2, the last
// invariant of order-states.json. Every (doing, fact) cell is decided in intent-cells.ts.
//
//   created --submit--> creating --> waiting <--> querying --> closing <--> retrying
//                                                                 \--> confirming --> done
//
// A success that is seen before the close is certain pays the order. Behind it the same success is a dispute.

/** What happened. */
export type IntentFact =
  | { readonly kind: 'submitted' }
  /** the create leaves once: its answer is the same whether it comes in time or late */
  | { readonly kind: 'create-answered'; readonly answer: IntentAnswer }
  | { readonly kind: 'create-unanswered' }
  /** proof that not one byte left */
  | { readonly kind: 'create-not-sent' }
  /** `late`: an answer that was no longer waited for, perhaps to an older question; only certainty counts then */
  | { readonly kind: 'query-answered'; readonly answer: IntentAnswer; readonly late?: true }
  | { readonly kind: 'query-unanswered' }
  | { readonly kind: 'close-answered'; readonly answer: IntentAnswer; readonly late?: true }
  | { readonly kind: 'close-unanswered' }
  /** the backend says so by itself, and has signed it */
  | { readonly kind: 'notified'; readonly payment: Payment }
  /** somebody says that it is paid: no proof, and a reason to ask */
  | { readonly kind: 'hinted' }
  /** the time asked for by a `wake` has come */
  | { readonly kind: 'woken' }
  /** the shop gives it up */
  | { readonly kind: 'cancelled' }
  /** a new process took it over from the journal; its `t` begins anew */
  | { readonly kind: 'restarted' };

/** What to do, in this order, after the new intent is on disk. */
export type IntentOrder =
  | { readonly kind: 'send-create' }
  | { readonly kind: 'send-query'; readonly n: number }
  | { readonly kind: 'send-close'; readonly n: number; readonly reason: CloseReason }
  | { readonly kind: 'wake'; readonly at: number };

export interface IntentStep {
  readonly intent: Intent;
  readonly orders: readonly IntentOrder[];
}

/** When a fact is looked at: ms on the intent's own axis, and the backend's time (Unix ms) where anybody has told it. */
export interface IntentTime {
  readonly t: number;
  readonly now: number | undefined;
}

/** The next step, or `undefined` when the fact changes nothing (late, doubled, or after the end). */
export function intentStep(
  intent: Intent,
  fact: IntentFact,
  time: IntentTime,
  policy: IntentPolicy,
): IntentStep | undefined {
  const heardOf = { ...intent, exchanges: heard(intent.exchanges, fact, Math.round(time.t)) };
  const at: Moment = { intent: heardOf, ...time, policy };
  const { doing } = intent;
  if (doing.kind === 'done') return whenOver(at, fact);
  if (doing.kind === 'confirming') return whenClosed(at, fact);
  switch (fact.kind) {
    case 'submitted':
      return doing.kind === 'created' ? to(at, { doing: { kind: 'creating' } }, { kind: 'send-create' }) : undefined;
    case 'create-answered':
      if (doing.kind === 'creating') return createAnswered(at, fact.answer);
      return doing.kind === 'created' ? undefined : lateAnswer(at, fact.answer);
    case 'create-unanswered':
      return doing.kind === 'creating' ? query(at, at.intent.closeReason !== undefined) : undefined;
    case 'create-not-sent':
      return doing.kind === 'creating' ? end(change(at, { closeReason: 'NOT_CREATED' })) : undefined;
    case 'query-answered':
      if (doing.kind === 'querying' && !fact.late) return queryAnswered(at, fact.answer);
      return intent.queries > 0 ? lateAnswer(at, fact.answer) : undefined;
    case 'query-unanswered':
      return doing.kind === 'querying' ? afterQuery(at) : undefined;
    case 'close-answered':
      return intent.closes > 0 ? closeAnswered(at, fact.answer, fact.late === true) : undefined;
    case 'close-unanswered':
      return doing.kind === 'closing' ? retry(at) : undefined;
    case 'notified':
      return doing.kind === 'created' ? undefined : settle(at, fact.payment);
    case 'hinted':
      return doing.kind === 'waiting' || doing.kind === 'retrying' ? query(at, doing.kind === 'retrying') : undefined;
    case 'woken':
      return woken(at);
    case 'cancelled':
      return cancelled(at);
    case 'restarted':
      return query(change(at, { waitingSince: at.t }), at.intent.closeReason !== undefined);
    default:
      return fact satisfies never;
  }
}

interface Moment extends IntentTime {
  readonly intent: Intent;
  readonly policy: IntentPolicy;
}

function to(at: Moment, change: Partial<Intent>, ...orders: IntentOrder[]): IntentStep {
  const { intent, t } = at;
  const exchanges = orders.reduce((all, order) => leaving(all, order, Math.round(t)), intent.exchanges);
  return { intent: { ...intent, ...change, exchanges }, orders };
}

function change(at: Moment, changed: Partial<Intent>): Moment {
  return { ...at, intent: { ...at.intent, ...changed } };
}

function isExpired({ intent: { expiresAt }, now }: Moment): boolean {
  return expiresAt !== undefined && now !== undefined && now >= expiresAt;
}

// --- answers -------------------------------------------------------------------------------------------------------

function createAnswered(at: Moment, answer: IntentAnswer): IntentStep {
  const decided = decide(at, answer);
  if (decided) return decided;
  const seen = learn(at, answer);
  if (seen.intent.codeText === undefined) return giveUp(seen, 'NOT_CREATED');
  return seen.intent.closeReason === undefined ? wait(seen) : query(seen, true);
}

function queryAnswered(at: Moment, answer: IntentAnswer): IntentStep {
  return decide(at, answer) ?? afterQuery(learn(at, answer));
}

/** An answer that is no longer waited for: a result is a result, a code is a code, everything else is old news. */
function lateAnswer(at: Moment, answer: IntentAnswer): IntentStep | undefined {
  const decided = decide(at, answer);
  if (decided) return decided;
  const seen = learn(at, answer);
  return seen.intent.codeText === at.intent.codeText ? undefined : to(seen, {});
}

/** CLOSED is the provider's word that no payment can come: the question behind it is only a look back. */
function closeAnswered(at: Moment, answer: IntentAnswer, late: boolean): IntentStep | undefined {
  if (answer.state === 'PAID' && answer.payment) return settle(at, answer.payment);
  if (answer.state === 'CLOSED') return confirm(at);
  return at.intent.doing.kind === 'closing' && !late ? retry(at) : undefined;
}

/** What an answer settles for good while the close is not certain. */
function decide(at: Moment, answer: IntentAnswer): IntentStep | undefined {
  if (answer.state === 'PAID' && answer.payment) return settle(at, answer.payment);
  return answer.state === 'CLOSED' ? end(at) : undefined;
}

/** The amount is compared, not assumed: other money than asked for needs a person. */
function settle(at: Moment, payment: Payment): IntentStep {
  if (payment.paidFen === at.intent.amountFen) return to(at, { state: 'PAID', payment, doing: { kind: 'done' } });
  const reason = 'AMOUNT_MISMATCH';
  return to(at, {
    state: 'NEEDS_MANUAL_CHECK',
    reason,
    payment,
    task: 'REFUND_OR_ACCEPT',
    doing: { kind: 'done' },
  });
}

function learn(at: Moment, { state, codeText, shareUrl, expiresAt, riskNotice }: IntentAnswer): Moment {
  if (state !== 'WAITING') return at;
  return change(at, {
    ...(codeText === undefined ? {} : { codeText }),
    ...(shareUrl === undefined ? {} : { shareUrl }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(riskNotice === undefined ? {} : { riskNotice }),
  });
}

// --- closed for certain ----------------------------------------------------------------------------------------------

function whenClosed(at: Moment, fact: IntentFact): IntentStep | undefined {
  const payment = paymentIn(fact);
  if (payment) return dispute(at, payment);
  if (fact.kind === 'restarted') return confirm(at);
  if (fact.kind === 'query-unanswered' || (fact.kind === 'query-answered' && !fact.late)) return end(at);
  return undefined;
}

function whenOver(at: Moment, fact: IntentFact): IntentStep | undefined {
  const { state } = at.intent;
  const payment = paymentIn(fact);
  if (state === 'PAID') return payment && paidAgain(at, payment);
  if (state !== 'EXPIRED' && state !== 'CLOSED') return undefined;
  if (payment) return dispute(at, payment);
  return fact.kind === 'hinted' ? confirm(at) : undefined;
}

function paymentIn(fact: IntentFact): Payment | undefined {
  if (fact.kind === 'notified') return fact.payment;
  return 'answer' in fact && fact.answer.state === 'PAID' ? fact.answer.payment : undefined;
}

/** Never silently PAID: the money goes back, or a person accepts it. */
function dispute(at: Moment, payment: Payment): IntentStep {
  return to(at, {
    state: 'DISPUTED',
    reason: 'PAID_AFTER_CLOSE',
    payment,
    task: 'REFUND_OR_ACCEPT',
    doing: { kind: 'done' },
  });
}

/** One intent is one payment. The same one told again is no second one. */
function paidAgain(at: Moment, payment: Payment): IntentStep | undefined {
  const { payment: first, secondPayment } = at.intent;
  const isSame = payment.transactionId === undefined || payment.transactionId === first?.transactionId;
  if (isSame || secondPayment) return undefined;
  return to(at, { secondPayment: payment, reason: 'PAID_TWICE', task: 'REFUND_OR_ACCEPT' });
}

// --- time, the shop, a restart -----------------------------------------------------------------------------------------

function woken(at: Moment): IntentStep | undefined {
  const { doing } = at.intent;
  if (doing.kind !== 'waiting' && doing.kind !== 'retrying') return undefined;
  if (doing.kind === 'waiting' && isExpired(at)) return giveUp(at, 'EXPIRED');
  return at.t < doing.until ? undefined : query(at, doing.kind === 'retrying');
}

/** One last query at once, then the close. What is out is waited for first. */
function cancelled(at: Moment): IntentStep | undefined {
  if (at.intent.closeReason !== undefined) return undefined;
  switch (at.intent.doing.kind) {
    case 'waiting':
      return giveUp(at, 'CANCELLED');
    case 'creating':
    case 'querying':
      return to(at, { closeReason: 'CANCELLED' });
    case 'created':
    case 'closing':
    case 'retrying':
    case 'confirming':
    case 'done':
      return undefined;
    default:
      return at.intent.doing satisfies never;
  }
}

// --- moves ---------------------------------------------------------------------------------------------------------

function wait(at: Moment): IntentStep {
  const { expiresAt, waitingSince = at.t } = at.intent;
  const toExpiry = expiresAt === undefined || at.now === undefined ? Number.POSITIVE_INFINITY : expiresAt - at.now;
  const until = at.t + Math.max(0, Math.min(pollDelay(at.policy, at.t - waitingSince), toExpiry));
  return to(at, { waitingSince, doing: { kind: 'waiting', until } }, { kind: 'wake', at: until });
}

function query(at: Moment, last: boolean): IntentStep {
  const n = at.intent.queries + 1;
  return to(at, { queries: n, doing: { kind: 'querying', last } }, { kind: 'send-query', n });
}

/** The last query before the close; a query that left earlier is not the last one. */
function giveUp(at: Moment, closeReason: CloseReason): IntentStep {
  return query(change(at, { closeReason }), true);
}

/** A query brought no result. What has no code to show can be paid by nobody we know of, and is closed. */
function afterQuery(at: Moment): IntentStep {
  const { doing, closeReason, codeText } = at.intent;
  if (doing.kind === 'querying' && doing.last) return close(at);
  if (closeReason !== undefined) return query(at, true);
  if (codeText === undefined) return giveUp(at, 'NOT_CREATED');
  return isExpired(at) ? giveUp(at, 'EXPIRED') : wait(at);
}

function close(at: Moment): IntentStep {
  const { closeReason: reason = 'NOT_CREATED', closes } = at.intent;
  const n = closes + 1;
  return to(at, { closes: n, closeReason: reason, doing: { kind: 'closing' } }, { kind: 'send-close', n, reason });
}

function retry(at: Moment): IntentStep {
  const { closeDelaysMs, backgroundMs } = at.policy;
  const until = at.t + (closeDelaysMs[at.intent.closes - 1] ?? backgroundMs);
  return to(at, { doing: { kind: 'retrying', until } }, { kind: 'wake', at: until });
}

function confirm(at: Moment): IntentStep {
  const n = at.intent.queries + 1;
  return to(at, { queries: n, doing: { kind: 'confirming' } }, { kind: 'send-query', n });
}

/** Certainly closed and not paid. The order is free. A later look back changes nothing about how it ended. */
function end(at: Moment): IntentStep {
  const { closeReason } = at.intent;
  if (isIntentFinal(at.intent)) return to(at, { doing: { kind: 'done' } });
  const expired = closeReason === 'EXPIRED' || (closeReason === undefined && isExpired(at));
  return to(at, { state: expired ? 'EXPIRED' : 'CLOSED', doing: { kind: 'done' } });
}

// --- what is remembered ----------------------------------------------------------------------------------------------

function leaving(exchanges: Exchanges<IntentOp>, order: IntentOrder, t: number): Exchanges<IntentOp> {
  switch (order.kind) {
    case 'send-create':
      return asked(exchanges, { op: 'create', n: 1, asked: t });
    case 'send-query':
      return asked(exchanges, { op: 'query', n: order.n, asked: t });
    case 'send-close':
      return asked(exchanges, { op: 'close', n: order.n, asked: t });
    case 'wake':
      return exchanges;
    default:
      return order satisfies never;
  }
}

function heard(exchanges: Exchanges<IntentOp>, fact: IntentFact, t: number): Exchanges<IntentOp> {
  switch (fact.kind) {
    case 'create-answered':
      return answered(exchanges, 'create', t, codeOf(fact.answer));
    case 'query-answered':
      return answered(exchanges, 'query', t, codeOf(fact.answer));
    case 'close-answered':
      return answered(exchanges, 'close', t, codeOf(fact.answer));
    case 'create-unanswered':
      return answered(exchanges, 'create', t, NO_ANSWER);
    case 'query-unanswered':
      return answered(exchanges, 'query', t, NO_ANSWER);
    case 'close-unanswered':
      return answered(exchanges, 'close', t, NO_ANSWER);
    case 'create-not-sent':
      return answered(exchanges, 'create', t, NOT_SENT);
    case 'notified':
      return asked(exchanges, { op: 'notify', n: 0, asked: t, answered: t, code: 'PAID' });
    case 'hinted':
      return asked(exchanges, { op: 'notify', n: 0, asked: t });
    case 'restarted':
      return asked(exchanges, { op: 'restart', n: 0, asked: t });
    case 'submitted':
    case 'woken':
    case 'cancelled':
      return exchanges;
    default:
      return fact satisfies never;
  }
}

function codeOf({ state, code }: IntentAnswer): string {
  return code === undefined ? state : `${state} ${code}`.slice(0, 64);
}

/** Where an intent stands, for the test that counts: its doing, and behind the end also how it ended. */
export function intentPlace({ doing, state }: Pick<Intent, 'doing' | 'state'>): IntentPlace {
  if (doing.kind !== 'done') return doing.kind;
  if (state === 'PAID') return 'paid';
  return state === 'EXPIRED' || state === 'CLOSED' ? 'closed' : 'handed over';
}

export type IntentPlace = Exclude<IntentDoing['kind'], 'done'> | 'paid' | 'closed' | 'handed over';
