import type { Channel } from '../../protocols/paycode/paycode.ts';

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
}

const TIMEOUTS = { payTimeoutMs: 10_000, queryTimeoutMs: 5_000, reverseTimeoutMs: 10_000 };

/** The channels this agent collects with. A code of any other channel is refused before anything is sent. */
export const POLICIES: Partial<Record<Channel, ChannelPolicy>> = {
  WECHAT: { ...TIMEOUTS, queryDelaysMs: [5_000], repeatLast: true, deadlineMs: 45_000, reverseMinAgeMs: 15_000 },
  ALIPAY: { ...TIMEOUTS, queryDelaysMs: [5_000, 3_000], repeatLast: true, deadlineMs: 60_000, reverseMinAgeMs: 0 },
  UNIONPAY: {
    ...TIMEOUTS,
    queryDelaysMs: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
    repeatLast: false,
    deadlineMs: 90_000,
    reverseMinAgeMs: 0,
  },
};

/** Waits before reverse 2, 3, ...; afterwards every {@link BACKGROUND_REVERSE_MS}, across restarts, until certain. */
export const REVERSE_DELAYS_MS = [2_000, 4_000, 8_000, 16_000, 30_000, 60_000] as const;
export const BACKGROUND_REVERSE_MS = 300_000;

/** A paycode older than this is not sent (payment.md 1.2); also the `exp` of its pay request, counted from the scan. */
export const PAYCODE_LIFE_MS = 50_000;
/** An offered code is remembered by fingerprint this long, to catch a second use without asking anybody. */
export const FINGERPRINT_MEMORY_MS = 600_000;
/** A reversal unsure for this long no longer holds the counter; its order stays blocked and goes on reversing. */
export const COUNTER_FREED_AFTER_MS = 60_000;
