import type { Category } from '../payment/categories.ts';
import { CHANNEL_CODES, type CodeRow } from '../payment/channel-codes.ts';

// What a channel's code says of a refund. Published rows (payment.md table 2-B) are taken over; the others are from memory,
// marked M. A code that is not here leaves the refund open: it is asked after, and a person sees it in the end.

/** REJECTED: certainly nothing moved by this message. NOT_FOUND: the channel has no such refund (yet). */
export type RefundEffect = 'REFUNDED' | 'PROCESSING' | 'NOT_FOUND' | 'REJECTED' | 'ESCALATE';

export type RefundRow = readonly [
  code: string,
  category: Category,
  effect: RefundEffect,
  evidence: 'V' | 'M',
  note?: string,
];
export type RefundOp = 'refund' | 'refund-query';

type Rows = Readonly<Record<RefundOp, readonly RefundRow[]>>;

const PUBLISHED_EFFECTS: Readonly<Partial<Record<CodeRow[2], RefundEffect>>> = {
  REFUNDED: 'REFUNDED',
  REFUND_REJECTED: 'REJECTED',
  ESCALATE: 'ESCALATE',
};

function published(rows: readonly CodeRow[]): RefundRow[] {
  return rows.flatMap(([code, category, effect, evidence]) => {
    const ours = PUBLISHED_EFFECTS[effect];
    return ours ? [[code, category, ours, evidence] as const] : [];
  });
}

const WECHAT: Rows = {
  refund: [
    ['SUCCESS', 'REFUND_PROCESSING', 'PROCESSING', 'M', 'accepted; the money goes back later, only a query proves it'],
    ['NOTENOUGH', 'REFUND_MERCHANT_BALANCE', 'REJECTED', 'M'],
    ['TRADE_OVERDUE', 'REFUND_WINDOW', 'REJECTED', 'M', 'more than a year after the payment'],
    ['ERROR', 'NEEDS_MANUAL_CHECK', 'ESCALATE', 'M', 'a business error; only its text says which'],
    ['INVALID_REQUEST', 'NEEDS_MANUAL_CHECK', 'ESCALATE', 'M', 'the same number with other terms'],
  ],
  'refund-query': [
    ['SUCCESS', 'REFUND_OK', 'REFUNDED', 'M'],
    ['PROCESSING', 'REFUND_PROCESSING', 'PROCESSING', 'M'],
    ['REFUNDNOTEXIST', 'REFUND_PROCESSING', 'NOT_FOUND', 'M'],
    ['REFUNDCLOSE', 'NEEDS_MANUAL_CHECK', 'ESCALATE', 'M', 'nothing went back; the customer needs another way'],
    ['CHANGE', 'NEEDS_MANUAL_CHECK', 'ESCALATE', 'M', "the customer's card or account does not take it"],
  ],
};

const ALIPAY: Rows = {
  refund: published(CHANNEL_CODES.ALIPAY.refund),
  'refund-query': [
    ['REFUND_SUCCESS', 'REFUND_OK', 'REFUNDED', 'M', 'refund_status'],
    ['REFUND_PROCESSING', 'REFUND_PROCESSING', 'PROCESSING', 'M'],
    ['10000', 'REFUND_PROCESSING', 'NOT_FOUND', 'M', 'without refund_status: not received, or failed; ask again alike'],
  ],
};

const UNIONPAY: Rows = {
  refund: [
    ['00', 'REFUND_PROCESSING', 'PROCESSING', 'M', 'accepted; only a query proves it, as with a payment'],
    ['01', 'NEEDS_MANUAL_CHECK', 'ESCALATE', 'M'],
  ],
  'refund-query': [
    ['00', 'REFUND_OK', 'REFUNDED', 'M', 'query 00 with original code 00'],
    ['03', 'REFUND_PROCESSING', 'PROCESSING', 'M'],
    ['04', 'REFUND_PROCESSING', 'PROCESSING', 'M'],
    ['05', 'REFUND_PROCESSING', 'PROCESSING', 'M'],
    ['34', 'REFUND_PROCESSING', 'NOT_FOUND', 'M'],
    ['01', 'NEEDS_MANUAL_CHECK', 'ESCALATE', 'M'],
  ],
};

/** e-CNY, BestPay and Suning behind an aggregator: Shouqianba's published rows, the rest in Lakala's words. */
const AGGREGATED: Rows = {
  refund: [
    ...published(CHANNEL_CODES.SHOUQIANBA.refund),
    ['DEAL', 'REFUND_PROCESSING', 'PROCESSING', 'M'],
    ['FAIL', 'NEEDS_MANUAL_CHECK', 'ESCALATE', 'M'],
  ],
  'refund-query': [
    ['SUCCESS', 'REFUND_OK', 'REFUNDED', 'M'],
    ['DEAL', 'REFUND_PROCESSING', 'PROCESSING', 'M'],
    ['TRADE_NOT_EXIST', 'REFUND_PROCESSING', 'NOT_FOUND', 'M'],
    ['FAIL', 'NEEDS_MANUAL_CHECK', 'ESCALATE', 'M'],
  ],
};

/** channel -> operation -> rows */
export const REFUND_CODES: Readonly<Record<string, Rows>> = {
  WECHAT,
  ALIPAY,
  UNIONPAY,
  EMV: UNIONPAY,
  ECNY: AGGREGATED,
  BESTPAY: AGGREGATED,
  SUNING: AGGREGATED,
};
