import type { RefundQueryRequest, RefundRequest } from '../../protocols/backend/requests.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { Clock } from '../world/clock.ts';
import type { ChannelAnswer } from './manner.ts';
import type { Trade } from './trade.ts';

// Money that goes back, at the channels. One `refundId` moves money once, however often it is asked for; together they
// never move more than was paid, and nothing at all of a trade that was reversed.

/** What becomes of a refund that was accepted. */
export type RefundCourse =
  /** the money is back when the answer leaves */
  | { readonly kind: 'at-once' }
  | { readonly kind: 'later'; readonly afterMs: number | 'never' }
  /** accepted, then closed by the channel: nothing moved */
  | { readonly kind: 'closed' };

export interface Refund {
  readonly refundId: string;
  readonly refundFen: number;
  readonly channelRefundId: string;
  state: 'processing' | 'done' | 'closed';
}

/** What one channel says of a refund. */
export interface RefundManner {
  /** how long after the payment it gives money back, milliseconds */
  readonly windowMs: number;
  readonly done: string;
  readonly processing: string;
  readonly tooMuch: string;
  readonly tooLate: string;
  readonly notPaid: string;
  /** the same number with other terms */
  readonly conflict: string;
  readonly query: { readonly [S in Refund['state'] | 'unknown']: string };
  /** whether a repetition says that it moved nothing (Alipay fund_change) */
  readonly tellsFundChange?: true;
}

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const QUARTER_MS = 90 * DAY_MS;

// Codes from memory unless payment.md table 2-B has them: what these channels really say is configuration of a backend.
const WECHAT: RefundManner = {
  windowMs: YEAR_MS,
  // WeChat accepts at once and gives back later: SUCCESS is only the acceptance
  done: 'SUCCESS',
  processing: 'SUCCESS',
  tooMuch: 'ERROR',
  tooLate: 'TRADE_OVERDUE',
  notPaid: 'ORDERNOTEXIST',
  conflict: 'INVALID_REQUEST',
  query: { processing: 'PROCESSING', done: 'SUCCESS', closed: 'REFUNDCLOSE', unknown: 'REFUNDNOTEXIST' },
};
const ALIPAY: RefundManner = {
  windowMs: QUARTER_MS,
  done: '10000',
  processing: '10000',
  tooMuch: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL',
  tooLate: 'ACQ.TRADE_HAS_FINISHED',
  notPaid: 'ACQ.TRADE_NOT_EXIST',
  conflict: 'ACQ.DISCORDANT_REPEAT_REQUEST',
  query: { processing: 'REFUND_PROCESSING', done: 'REFUND_SUCCESS', closed: '10000', unknown: '10000' },
  tellsFundChange: true,
};
const UNIONPAY: RefundManner = {
  windowMs: YEAR_MS,
  // accepted; only a query proves
  done: '00',
  processing: '00',
  tooMuch: '01',
  tooLate: '01',
  notPaid: '34',
  conflict: '12',
  query: { processing: '05', done: '00', closed: '01', unknown: '34' },
};
const AGGREGATED: RefundManner = {
  windowMs: QUARTER_MS,
  done: 'REFUND_SUCCESS',
  processing: 'DEAL',
  tooMuch: 'REFUNDABLE_AMOUNT_NOT_ENOUGH',
  tooLate: 'FAIL',
  notPaid: 'FAIL',
  conflict: 'FAIL',
  query: { processing: 'DEAL', done: 'SUCCESS', closed: 'FAIL', unknown: 'TRADE_NOT_EXIST' },
};
const MANNERS: Partial<Record<Channel, RefundManner>> = {
  WECHAT,
  ALIPAY,
  UNIONPAY,
  EMV: UNIONPAY,
  ECNY: AGGREGATED,
  BESTPAY: AGGREGATED,
  SUNING: AGGREGATED,
};

/** The refunds of all trades. */
export class RefundCounter {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ask({ args }: RefundRequest, trade: Trade | undefined, course: RefundCourse): ChannelAnswer {
    const { refundId, refundFen, channel } = args;
    const manner = mannerOf(channel);
    const known = trade?.refunds.get(refundId);
    if (known) return known.refundFen === refundFen ? this.#again(manner, known) : { code: manner.conflict, refundId };
    if (trade?.state !== 'paid' || trade.paidAt === undefined) return { code: manner.notPaid, refundId };
    if (this.#clock.now() > trade.paidAt + manner.windowMs) return { code: manner.tooLate, refundId };
    if (refundFen > trade.refundableFen) return { code: manner.tooMuch, refundId };
    return this.#accept(manner, trade, refundId, refundFen, course);
  }

  query({ args }: RefundQueryRequest, trade: Trade | undefined): ChannelAnswer {
    const manner = mannerOf(args.channel);
    const refund = trade?.refunds.get(args.refundId);
    if (!refund) return { code: manner.query.unknown, refundId: args.refundId };
    return { code: manner.query[refund.state], ...proof(refund) };
  }

  #again({ done, processing, tellsFundChange }: RefundManner, refund: Refund): ChannelAnswer {
    const code = refund.state === 'done' ? done : processing;
    return { code, ...proof(refund), ...(tellsFundChange ? { fundChange: false } : {}) };
  }

  #accept(
    { done, processing, tellsFundChange }: RefundManner,
    trade: Trade,
    refundId: string,
    refundFen: number,
    course: RefundCourse,
  ): ChannelAnswer {
    const refund: Refund = {
      refundId,
      refundFen,
      channelRefundId: `50300${refundId}`.slice(0, 64),
      state: 'processing',
    };
    trade.refunds.set(refundId, refund);
    if (course.kind === 'at-once') trade.refund(refund);
    if (course.kind === 'closed') refund.state = 'closed';
    if (course.kind === 'later' && course.afterMs !== 'never')
      this.#clock.after(course.afterMs, () => trade.refund(refund));
    const isDone = refund.state === 'done';
    return {
      code: isDone ? done : processing,
      ...proof(refund),
      ...(tellsFundChange ? { fundChange: isDone } : {}),
    };
  }
}

function mannerOf(channel: Channel): RefundManner {
  const manner = MANNERS[channel];
  if (!manner) throw new RangeError(`no refunds with ${channel} here`);
  return manner;
}

function proof({ refundId, refundFen, channelRefundId }: Refund): Omit<ChannelAnswer, 'code'> {
  return { refundId, refundFen, channelRefundId };
}
