import type { CommandRefusal } from '../backend/verb-desk.ts';
import type { Order } from '../journal/records.ts';
import { CATEGORIES } from '../payment/categories.ts';
import { type RefundLimits, refundRefusal, type Settings } from '../payment/terminal-state.ts';
import type { CardRefunds } from './card-refunds.ts';
import type { Charge } from './charge.ts';
import { holdsMoney, type Refund } from './refund.ts';
import { remainingFen } from './remaining.ts';

// What a refund must keep to, pure. Original channel only is no rule here: a refund has no other way, its channel is the
// charge's.

/** What is known when a refund is asked for. */
export interface RefundCase {
  readonly order: Order | undefined;
  readonly charge: Charge | undefined;
  readonly refundFen: number;
  readonly requestedBy: string;
  readonly approvedBy: string | undefined;
  /** all that the till remembers, without the one that is judged */
  readonly others: readonly Refund[];
  readonly settings: Settings;
  readonly limits: RefundLimits;
  /** absent: no card terminal here */
  readonly cards?: Pick<CardRefunds, 'refusal'> | undefined;
  /** backend time, Unix ms; undefined while nobody has told it */
  readonly now: number | undefined;
}

type Rule = (refund: RefundCase) => CommandRefusal | undefined;

/** The first rule that forbids it. */
export function refundForbidden(refund: RefundCase): CommandRefusal | undefined {
  for (const rule of RULES) {
    const refusal = rule(refund);
    if (refusal) return refusal;
  }
  return undefined;
}

const secondPerson: Rule = ({ requestedBy, approvedBy }) =>
  requestedBy === approvedBy
    ? { code: 'SECOND_PERSON_REQUIRED', message: 'who asks for a refund does not approve it' }
    : undefined;

const terminal: Rule = ({ settings }) => {
  const refusal = refundRefusal(settings);
  return refusal && { code: refusal.category, message: refusal.advice.en };
};

/** A payment that is in doubt, or being reversed, goes back by one way only, and that is not this one. */
const paidOrder: Rule = ({ order, charge }) => {
  if (!order) return { code: 'NOT_FOUND', message: 'this till remembers no such order; the back office refunds it' };
  if (order.state !== 'PAID' && order.state !== 'PARTLY_REFUNDED')
    return { code: 'ORDER_BLOCKED', message: `the order is ${order.state}` };
  if (!charge) return { code: 'NOT_FOUND', message: 'this till does not know which payment paid the order' };
  return undefined;
};

const onTerminal: Rule = ({ charge, refundFen, cards }) => {
  if (charge?.channel !== 'CARD') return undefined;
  if (cards) return cards.refusal(charge, refundFen);
  return { code: 'UNSUPPORTED', message: 'a card payment goes back on the card terminal, and this till has none' };
};

const clock: Rule = ({ now }) =>
  now === undefined
    ? { code: 'CLOCK_UNTRUSTED', message: 'the backend has not told the time yet: its window cannot be judged' }
    : undefined;

const noReverseUnderWay: Rule = ({ charge, now = 0 }) =>
  now <= (charge?.reverseUntil ?? 0)
    ? { code: 'ORDER_BLOCKED', message: 'a reversal that was sent may still be carried out; try again in two minutes' }
    : undefined;

const window: Rule = ({ charge, limits, now = 0 }) => {
  const paidAt = charge?.paidAt;
  if (paidAt !== undefined && chineseDayNumber(now) - chineseDayNumber(paidAt) <= limits.windowDays) return undefined;
  return { code: 'REFUND_WINDOW', message: `${CATEGORIES.REFUND_WINDOW.en} (${limits.windowDays} days)` };
};

const remaining: Rule = ({ charge, others, refundFen }) => {
  const left = charge ? remainingFen(charge, others) : 0;
  return refundFen > left
    ? { code: 'REFUND_AMOUNT', message: `${CATEGORIES.REFUND_AMOUNT.en}: ${left} fen` }
    : undefined;
};

const perRefund: Rule = ({ refundFen, limits }) =>
  refundFen > limits.maxFen
    ? { code: 'REFUND_LIMIT', message: `one refund may be ${limits.maxFen} fen at this till` }
    : undefined;

const perDay: Rule = ({ refundFen, limits, others, now = 0 }) => {
  const day = chineseDayNumber(now);
  const today = others.filter((one) => holdsMoney(one) && chineseDayNumber(one.requestedAt) === day);
  if (today.length + 1 > limits.dayCount)
    return { code: 'REFUND_LIMIT', message: `${limits.dayCount} refunds a day at this till` };
  const sum = today.reduce((fen, one) => fen + one.refundFen, refundFen);
  return sum > limits.dayFen
    ? { code: 'REFUND_LIMIT', message: `refunds may come to ${limits.dayFen} fen a day at this till` }
    : undefined;
};

const RULES: readonly Rule[] = [
  secondPerson,
  terminal,
  paidOrder,
  onTerminal,
  clock,
  noReverseUnderWay,
  window,
  remaining,
  perRefund,
  perDay,
];

const DAY_MS = 86_400_000;
/** Beijing time has no summer time. */
const BEIJING_MS = 8 * 3_600_000;

function chineseDayNumber(unixMs: number): number {
  return Math.floor((unixMs + BEIJING_MS) / DAY_MS);
}
