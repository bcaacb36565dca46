import { CHANNEL_CODES, type CodeOp, type CodeRow } from './channel-codes.ts';

// Codes that the published table (channel-codes.ts, 173 rows) leaves open. Rows here are assumptions, marked M, or follow
// from a published row of another operation or an aggregator, marked V with the reason. A wrong row can never turn an
// unknown result into a failure unless it says FAILED_FINAL, so those are taken over from published rows only.

/** Codes about the message that asked, not about the payment asked after: in a query they prove nothing. */
const ABOUT_THE_MESSAGE: ReadonlySet<string> = new Set(['02', '10', '11', '12', '13', '31', '32', '37', '39']);

/**
 * UnionPay's query answers with the original transaction's code, and there 00 is the proof of payment that the 00 of `pay`
 * is not. That a reversal answers 00 is from memory.
 */
const UNIONPAY = {
  query: [
    ['00', 'PAID', 'PAID', 'V', 'query 00 with original code 00'],
    ...CHANNEL_CODES.UNIONPAY.pay.filter(([code]) => code !== '00' && !ABOUT_THE_MESSAGE.has(code)),
  ],
  reverse: [['00', 'REVERSED', 'REVERSED_FINAL', 'M']],
} as const satisfies Partial<Record<CodeOp, readonly CodeRow[]>>;

/**
 * e-CNY, BestPay and Suning publish no codes of their own; shops reach them through an aggregator (the prefixes 01, 51 and
 * 83 are known from Lakala's SDK). Query: Lakala's published trade states. Pay and reverse answer with the trade's state
 * too: from memory. A refused pay is not believed at once (FAIL: asked after first), because that row is no published one.
 */
const AGGREGATED = {
  pay: [
    ['SUCCESS', 'PAID', 'PAID', 'M'],
    ['INIT', 'USER_PAYING', 'KEEP_POLLING', 'M'],
    ['CREATE', 'USER_PAYING', 'KEEP_POLLING', 'M'],
    ['DEAL', 'USER_PAYING', 'KEEP_POLLING', 'M'],
    ['UNKNOWN', 'RESULT_UNKNOWN', 'KEEP_POLLING', 'M'],
    ['FAIL', 'RESULT_UNKNOWN', 'KEEP_POLLING', 'M', 'the query says FAIL too, and that is published'],
  ],
  query: CHANNEL_CODES.LAKALA.query,
  reverse: [
    ['SUCCESS', 'REVERSED', 'REVERSED_FINAL', 'M'],
    ['CLOSE', 'REVERSED', 'REVERSED_FINAL', 'M', 'nothing was paid'],
    ['REFUND', 'REVERSED', 'REVERSED_FINAL', 'M', 'was paid and went back'],
    ['DEAL', 'REVERSE_PENDING', 'REVERSE_RETRY', 'M'],
    ['UNKNOWN', 'REVERSE_PENDING', 'REVERSE_RETRY', 'M'],
  ],
} as const satisfies Partial<Record<CodeOp, readonly CodeRow[]>>;

/** channel -> operation -> rows; where a channel and operation stand here, they stand instead of the published table. */
export const ASSUMED_CODES = {
  UNIONPAY,
  /** a card behind UnionPay's gateway: the same codes, by analogy */
  EMV: { pay: CHANNEL_CODES.UNIONPAY.pay, ...UNIONPAY },
  ECNY: AGGREGATED,
  BESTPAY: AGGREGATED,
  SUNING: AGGREGATED,
} as const satisfies Record<string, Partial<Record<CodeOp, readonly CodeRow[]>>>;
