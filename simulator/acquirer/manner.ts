import type { AnsweredReply } from '../../protocols/backend/replies.ts';
import type { CustomerBehaviour } from './customer.ts';
import type { Trade, TradeTerms } from './trade.ts';

/** What a channel says, in its own code. */
export type ChannelAnswer = Pick<
  AnsweredReply,
  | 'code'
  | 'message'
  | 'transactionId'
  | 'payer'
  | 'instalments'
  | 'riskNotice'
  | 'paidFen'
  | 'paidAt'
  | 'refunded'
  | 'retry'
  | 'refundId'
  | 'refundFen'
  | 'channelRefundId'
  | 'fundChange'
>;

/** How one channel talks. The trade itself is the same everywhere; the codes and the waiting times are not. */
export interface ChannelManner {
  /** how long an unfinished trade stays open, milliseconds */
  readonly autoCloseMs: number;
  /** the answer to a pay that opened `trade` */
  opened(trade: Trade, behaviour: CustomerBehaviour): ChannelAnswer;
  /** the answer to a pay under a number that exists already */
  again(trade: Trade, terms: TradeTerms): ChannelAnswer;
  /** the answer to a pay with a code that was used before */
  readonly codeUsed: ChannelAnswer;
  query(trade: Trade): ChannelAnswer;
  /** the answer to a query for a number that was never seen */
  readonly unknown: ChannelAnswer;
  /** Why this trade cannot be reversed now; otherwise it is, and `reversed` answers. */
  reverseRefused(trade: Trade): ChannelAnswer | undefined;
  reversed(trade: Trade): ChannelAnswer;
}

/** The proof that goes with a paid trade. */
export function paid(code: string, trade: Trade): ChannelAnswer {
  const { transactionId, paidAt, terms } = trade;
  return { code, transactionId, paidFen: terms.amountFen, ...(paidAt === undefined ? {} : { paidAt }) };
}

/** The answer of a channel that refused at once. */
export function refusal(trade: Trade, otherwise: string): ChannelAnswer {
  const { code = otherwise, message } = trade.refusal ?? {};
  return message === undefined ? { code } : { code, message };
}
