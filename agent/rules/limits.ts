import type { OpenHours } from '../../protocols/backend/verbs.ts';
import type { RefundLimits, Settings } from '../payment/terminal-state.ts';
import { minuteOfDay } from './beijing.ts';

/** What payments must keep to; the strictest of the shop's, the backend's and the till's own tightening counts. */
export interface PayLimits {
  /** the most one payment may be, fen */
  readonly maxFen: number;
  /** the most all payments of a Chinese day may come to, fen */
  readonly dayFen: number;
  readonly dayCount: number;
  /** the most all payments of an hour of the clock may come to, fen */
  readonly hourFen: number;
  readonly hourCount: number;
}
export type PayLimitName = keyof PayLimits;
export const PAY_LIMITS = ['maxFen', 'dayFen', 'dayCount', 'hourFen', 'hourCount'] as const satisfies PayLimitName[];

/** The shop's own limits, from its configuration; the backend's are never looser than these. */
export interface OwnLimits extends PayLimits {
  readonly openHours?: OpenHours | undefined;
  readonly refund: RefundLimits;
  /** what holds at most behind an anomaly, a clock or a lease in trouble */
  readonly tightened: Tightened;
}

export interface Tightened {
  readonly maxFen: number;
  readonly refundMaxFen: number;
  readonly refundDayFen: number;
}

/** What the till has tightened by itself. Only a signed command takes it away (product.md 7). */
export interface Automatic extends Tightened {
  /** why, each once, the oldest first */
  readonly causes: readonly string[];
  /** backend time of the first, Unix ms */
  readonly since: number;
}

/** What holds now for payments. */
export function payLimits(own: PayLimits, settings: Settings): PayLimits {
  const no = Number.POSITIVE_INFINITY;
  return {
    maxFen: Math.min(own.maxFen, settings.maxFen ?? no, settings.automatic?.maxFen ?? no),
    dayFen: Math.min(own.dayFen, settings.dayFen ?? no),
    dayCount: Math.min(own.dayCount, settings.dayCount ?? no),
    hourFen: Math.min(own.hourFen, settings.hourFen ?? no),
    hourCount: Math.min(own.hourCount, settings.hourCount ?? no),
  };
}

/** What holds now for refunds, each for itself. */
export function refundLimits(own: RefundLimits, { refund = {}, automatic }: Settings): RefundLimits {
  const no = Number.POSITIVE_INFINITY;
  return {
    maxFen: Math.min(own.maxFen, refund.maxFen ?? no, automatic?.refundMaxFen ?? no),
    dayFen: Math.min(own.dayFen, refund.dayFen ?? no, automatic?.refundDayFen ?? no),
    dayCount: Math.min(own.dayCount, refund.dayCount ?? no),
    windowDays: Math.min(own.windowDays, refund.windowDays ?? no),
  };
}

/** Whether a payment may begin at this time of the day. */
export function isOpenAt(hours: OpenHours | undefined, unixMs: number): boolean {
  return hours === undefined || isOpenMinute(hours, minuteOfDay(unixMs));
}

export function isOpenMinute(hours: OpenHours, minute: number): boolean {
  const [from, to] = [minuteOf(hours.from), minuteOf(hours.to)];
  return from < to ? from <= minute && minute < to : minute >= from || minute < to;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** The same settings with one more cause of tightening; unchanged when it is known already. */
export function tightened(settings: Settings, cause: string, to: Tightened, now: number): Settings {
  const before = settings.automatic;
  if (before?.causes.includes(cause)) return settings;
  const causes = [...(before?.causes ?? []), cause];
  return { ...settings, automatic: { ...(before ?? { ...to, since: now }), causes } };
}
