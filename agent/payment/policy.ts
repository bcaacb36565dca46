import type { PayChannel } from '../../protocols/backend/fields.ts';

/** How an attempt of one channel is asked after and given up (payment.md 2.2; numbers of flow-scenarios.json). Times in ms. */
export interface ChannelPolicy {
  readonly payTimeoutMs: number;
  readonly queryTimeoutMs: number;
  readonly reverseTimeoutMs: number;
  /** waits before query 1, 2, ...; behind the last one `repeatLast` decides between going on and giving up */
  readonly queryDelaysMs: readonly number[];
  readonly repeatLast: boolean;
  /** from PAY_SENT: the last query leaves here at the latest */
  readonly deadlineMs: number;
  /** from PAY_SENT: the channel refuses to reverse earlier */
  readonly reverseMinAgeMs: number;
  /** how long the channel takes a reverse; afterwards only a refund by a person is left ({@link reverseBefore}) */
  readonly reverseWindow: '7 days' | 'same day';
  /** V: numbers from the channel's own documents. M: from memory or by analogy, an assumption to be replaced by configuration */
  readonly evidence: 'V' | 'M';
}

const TIMEOUTS = { payTimeoutMs: 10_000, queryTimeoutMs: 5_000, reverseTimeoutMs: 10_000 };

const WECHAT: ChannelPolicy = {
  ...TIMEOUTS,
  queryDelaysMs: [5_000],
  repeatLast: true,
  deadlineMs: 45_000,
  reverseMinAgeMs: 15_000,
  reverseWindow: '7 days',
  evidence: 'V',
};

const ALIPAY: ChannelPolicy = {
  ...TIMEOUTS,
  queryDelaysMs: [5_000, 3_000],
  repeatLast: true,
  deadlineMs: 60_000,
  reverseMinAgeMs: 0,
  reverseWindow: 'same day',
  evidence: 'V',
};

const UNIONPAY: ChannelPolicy = {
  ...TIMEOUTS,
  queryDelaysMs: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
  repeatLast: false,
  deadlineMs: 90_000,
  reverseMinAgeMs: 0,
  reverseWindow: 'same day',
  evidence: 'V',
};

/** "Alipay (also JD, BestPay, Suning, e-CNY default)" (payment.md 2.2): a decision of this project, no channel's document. */
const LIKE_ALIPAY: ChannelPolicy = { ...ALIPAY, evidence: 'M' };
/** An EMVCo CPM code is a card behind UnionPay's gateway; that it is asked after like a QR consume is an assumption. */
const LIKE_UNIONPAY: ChannelPolicy = { ...UNIONPAY, evidence: 'M' };

/**
 * The channels this agent collects with. A code of any other channel is refused before anything is sent. JD Pay's codes
 * of today are UnionPay's; JD's old ones and QQ Wallet are off in the rule table of protocols/paycode and stay off here.
 */
export const POLICIES: Partial<Record<PayChannel, ChannelPolicy>> = {
  WECHAT,
  ALIPAY,
  UNIONPAY,
  ECNY: LIKE_ALIPAY,
  BESTPAY: LIKE_ALIPAY,
  SUNING: LIKE_ALIPAY,
  EMV: LIKE_UNIONPAY,
};

/** For an open attempt of a channel that has been switched off since: it is carried to its end all the same. */
export function policyToFinish(channel: PayChannel): ChannelPolicy {
  return POLICIES[channel] ?? LIKE_ALIPAY;
}

const DAY_MS = 86_400_000;
/** Beijing time has no summer time. */
const BEIJING_MS = 8 * 3_600_000;
/** What the channels allow past midnight (Alipay cancel: same Beijing day + 15 min). */
const SAME_DAY_BUFFER_MS = 900_000;

/** The backend time (Unix ms) at which the channel stops taking a reverse of a payment begun at `startedAt`. */
export function reverseBefore(policy: ChannelPolicy, startedAt: number): number {
  if (policy.reverseWindow === '7 days') return startedAt + 7 * DAY_MS;
  const midnight = (Math.floor((startedAt + BEIJING_MS) / DAY_MS) + 1) * DAY_MS - BEIJING_MS;
  return midnight + SAME_DAY_BUFFER_MS;
}

/** Waits before reverse 2, 3, ...; afterwards every {@link BACKGROUND_REVERSE_MS}, across restarts, until certain. */
export const REVERSE_DELAYS_MS = [2_000, 4_000, 8_000, 16_000, 30_000, 60_000] as const;
export const BACKGROUND_REVERSE_MS = 300_000;

/** After a refusal by risk control the order is not tried again with the same channel for this long (payment.md 4.6). */
export const RISK_COOL_DOWN_MS = 60_000;

/** A paycode older than this is not sent (payment.md 1.2); also the `exp` of its pay request, counted from the scan. */
export const PAYCODE_LIFE_MS = 50_000;
/** An offered code is remembered by fingerprint this long, to catch a second use without asking anybody. */
export const FINGERPRINT_MEMORY_MS = 600_000;
/** A reversal unsure for this long no longer holds the counter; its order stays blocked and goes on reversing. */
export const COUNTER_FREED_AFTER_MS = 60_000;
