import type { StatementChannel } from '../../protocols/statements/row.ts';

// What comes out of comparing the journal with the statements: payment.md §5.4, reconcile.json.

/** What the journal says of one payment or refund. */
export interface LocalRecord {
  readonly channel: StatementChannel;
  readonly kind: 'PAYMENT' | 'REFUND';
  readonly attemptId: string;
  readonly refundId?: string;
  /** an attempt's or a refund's state; UNKNOWN and SUCCESS, PROCESSING, REJECTED of a refund */
  readonly state: string;
  /** a refund is negative */
  readonly amountFen: number;
  /** Beijing time, as in the statements: `YYYY-MM-DD hh:mm:ss` */
  readonly timeLocal: string;
  readonly orderId?: string;
  /** nobody has said through which channel it could be paid: of interest only when a statement has it */
  readonly unsaid?: true;
}

export type DifferenceType =
  | 'MATCHED'
  | 'MATCHED_ABSENT'
  | 'MATCHED_PENDING'
  | 'LATE_RESOLVED'
  | 'STATUS_MISMATCH'
  | 'CHANNEL_ONLY'
  | 'CHANNEL_ONLY_REVERSED'
  | 'LOCAL_ONLY'
  | 'AMOUNT_MISMATCH'
  | 'FEE_MISMATCH'
  | 'CROSS_DAY_PENDING'
  | 'UNRESOLVED';

/** One payment or refund, compared. What does not matter to its type is not there. */
export interface Finding {
  /** `WECHAT|P|attemptId`, `ALIPAY|R|refundId` */
  readonly key: string;
  readonly type: DifferenceType;
  readonly was?: string;
  readonly becomes?: string;
  readonly channel?: string;
  readonly localFen?: number;
  readonly channelFen?: number;
  readonly expectedFen?: number;
  readonly severity?: 'high';
}

interface Meaning {
  /** agrees; money or goods are at stake; to be looked at; nothing to do */
  readonly urgency: 'none' | 'high' | 'medium' | 'low';
  readonly zh: string;
  readonly en: string;
}

/** What a person makes of it, and does. */
export const MEANINGS: Readonly<Record<DifferenceType, Meaning>> = {
  MATCHED: { urgency: 'none', zh: '一致', en: 'both agree' },
  MATCHED_ABSENT: { urgency: 'none', zh: '双方均无收款', en: 'not paid here, not in the statement: right' },
  MATCHED_PENDING: { urgency: 'none', zh: '退款处理中', en: 'the refund is under way on both sides' },
  LATE_RESOLVED: {
    urgency: 'medium',
    zh: '本机无结果，以账单为准：按账单处理此单',
    en: 'no result here; the statement decides: settle the order by it',
  },
  STATUS_MISMATCH: {
    urgency: 'high',
    zh: '状态不符：核对后退款或交货',
    en: 'the states contradict each other: refund the customer or deliver',
  },
  CHANNEL_ONLY: {
    urgency: 'high',
    zh: '渠道有款、本机无记录：查明是谁付的款并退款或补单',
    en: 'money without a record here: find out who paid, then refund or deliver',
  },
  CHANNEL_ONLY_REVERSED: {
    urgency: 'low',
    zh: '渠道已撤销、本机无记录：无需处理',
    en: 'paid and reversed without a record here: nothing is owed',
  },
  LOCAL_ONLY: {
    urgency: 'high',
    zh: '本机已收款、账单没有：联系渠道，货可能已交出',
    en: 'paid here, not in the statement: ask the channel, goods may be gone',
  },
  AMOUNT_MISMATCH: {
    urgency: 'high',
    zh: '金额不符：与渠道核对此单金额',
    en: 'the amounts differ: ask the channel about this payment',
  },
  FEE_MISMATCH: {
    urgency: 'low',
    zh: '手续费与签约费率不符：向渠道核对费率',
    en: 'the fee is not the agreed rate: ask the channel about the rate',
  },
  CROSS_DAY_PENDING: {
    urgency: 'none',
    zh: '零点前后的交易：应在相邻一天的账单中',
    en: 'close to midnight: it belongs into the statement of the day beside',
  },
  UNRESOLVED: {
    urgency: 'medium',
    zh: '本机无结果、账单也没有：在本机查询此单',
    en: 'no result here and not in the statement: query the order at the till',
  },
};
