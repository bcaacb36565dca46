import { z } from 'zod';
import { SIGNALS, type SignalName } from '../../protocols/backend/till-events.ts';
import { minuteOfDay } from './beijing.ts';

// What a risk desk may want to look at (payment.md 6, 003-6), as a table. A signal is sent; it refuses nobody. Thresholds are
// decisions of this project: the backend replaces them with the rule table `signals`.

/** Something that happened at the till. */
export interface Happened {
  readonly kind: 'invalid-code' | 'over-limit' | 'paid' | 'refund-asked' | 'asked-password';
  /** backend time, Unix ms */
  readonly at: number;
  readonly attemptId?: string;
  readonly refundId?: string;
  readonly amountFen?: number;
  /** the backend's fingerprint of who paid */
  readonly payer?: string;
  /** of a payment whose customer was asked for a password: it ended reversed */
  readonly reversed?: boolean;
}

export interface Threshold {
  readonly windowMs: number;
  readonly atLeast: number;
}
export type Thresholds = Readonly<Record<SignalName, Threshold>>;

const MINUTE = 60_000;

export const THRESHOLDS: Thresholds = {
  MANY_INVALID_CODES: { windowMs: 10 * MINUTE, atLeast: 8 },
  SAME_PAYER: { windowMs: 60 * MINUTE, atLeast: 5 },
  ROUND_AMOUNTS: { windowMs: 60 * MINUTE, atLeast: 6 },
  NIGHT_HOURS: { windowMs: 60 * MINUTE, atLeast: 5 },
  OVER_LIMIT_TRIES: { windowMs: 30 * MINUTE, atLeast: 3 },
  MANY_REFUNDS: { windowMs: 60 * MINUTE, atLeast: 10 },
};

/** The rule table `signals` of the backend. */
const ThresholdRow = z.strictObject({
  windowMs: z.int().min(MINUTE).max(86_400_000),
  atLeast: z.int().min(2).max(1_000),
});
export const ThresholdTable = z.record(z.enum(SIGNALS), ThresholdRow);
/** The shop's own, in its configuration: those that are named take the place of {@link THRESHOLDS}. */
export const OwnThresholds = z.partialRecord(z.enum(SIGNALS), ThresholdRow);

interface Row {
  /** counted as one of these; with words: only together with others of the same words */
  readonly counts: (happened: Happened) => boolean | string;
  /** behind it the till tightens its own limits: smaller payments, nobody refused */
  readonly tightens: boolean;
}

/** 100 yuan */
const ROUND_FEN = 10_000;
/** small change is often round */
const ROUND_FROM_FEN = 50_000;
/** until five in the morning, minutes */
const NIGHT_ENDS = 300;

const ROWS: Readonly<Record<SignalName, Row>> = {
  MANY_INVALID_CODES: { counts: ({ kind }) => kind === 'invalid-code', tightens: false },
  SAME_PAYER: { counts: ({ kind, payer }) => (kind === 'paid' && payer) || false, tightens: true },
  ROUND_AMOUNTS: {
    counts: ({ kind, amountFen = 0 }) => kind === 'paid' && amountFen >= ROUND_FROM_FEN && amountFen % ROUND_FEN === 0,
    tightens: false,
  },
  NIGHT_HOURS: { counts: ({ kind, at }) => kind === 'paid' && minuteOfDay(at) < NIGHT_ENDS, tightens: false },
  OVER_LIMIT_TRIES: { counts: ({ kind }) => kind === 'over-limit', tightens: true },
  MANY_REFUNDS: { counts: ({ kind }) => kind === 'refund-asked', tightens: true },
};

export interface Signal {
  readonly signal: SignalName;
  readonly count: number;
  readonly windowMs: number;
  readonly attemptIds: readonly string[];
  readonly tightens: boolean;
}

/** The signals that the newest of `happened` completes. `told`: backend time at which each was sent last. */
export function signalsOf(
  happened: readonly Happened[],
  thresholds: Thresholds,
  told: (signal: SignalName) => number | undefined,
): Signal[] {
  const newest = happened.at(-1);
  if (!newest) return [];
  return SIGNALS.flatMap((signal) => {
    const { windowMs, atLeast } = thresholds[signal];
    const { counts, tightens } = ROWS[signal];
    const key = counts(newest);
    if (key === false || newest.at - (told(signal) ?? Number.NEGATIVE_INFINITY) < windowMs) return [];
    const alike = happened.filter((one) => newest.at - one.at < windowMs && counts(one) === key);
    const attemptIds = alike.flatMap(({ attemptId }) => attemptId ?? []).slice(-16);
    return alike.length >= atLeast ? [{ signal, count: alike.length, windowMs, attemptIds, tightens }] : [];
  });
}

/** The longest memory that any threshold needs, ms. */
export function memoryOf(thresholds: Thresholds): number {
  return Math.max(ALERT.windowMs, ...Object.values(thresholds).map(({ windowMs }) => windowMs));
}

/** Of the customers who were asked for a password, so many were reversed: the channel, the network or the till is ill (004-15). */
export const ALERT = { windowMs: 15 * MINUTE, atLeast: 5, share: 0.5 } as const;

export interface Alert {
  readonly windowMs: number;
  readonly asked: number;
  readonly reversed: number;
}

export function alertOf(happened: readonly Happened[], told: number | undefined): Alert | undefined {
  const newest = happened.at(-1);
  if (newest?.kind !== 'asked-password' || newest.at - (told ?? Number.NEGATIVE_INFINITY) < ALERT.windowMs)
    return undefined;
  const asked = happened.filter(({ kind, at }) => kind === 'asked-password' && newest.at - at < ALERT.windowMs);
  const reversed = asked.filter((one) => one.reversed === true).length;
  if (asked.length < ALERT.atLeast || reversed < asked.length * ALERT.share) return undefined;
  return { windowMs: ALERT.windowMs, asked: asked.length, reversed };
}
