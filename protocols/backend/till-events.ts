import { z } from 'zod';
import { attemptId, channel, hash, id, millis, orderId, personId, text } from './fields.ts';

// What the backend is told of the till itself and of the people at it.

/**
 * A slip's claim and its evidence: `sent` all bytes left, `unknown` the link was lost before that could be known, `cleared`
 * the printer forgot it on demand: it did not come out whole.
 */
export const SlipEvent = z.strictObject({
  type: z.literal('slip'),
  slipId: id,
  attemptId,
  state: z.enum(['sent', 'unknown', 'cleared']),
  /** a reprint, marked as such on the paper */
  duplicate: z.boolean().optional(),
  /** what the claim rests on; see the journal's Slip */
  proof: z.enum(['confirmed', 'processed', 'sent', 'clerk']).optional(),
  paidToPrintedMs: z.number().optional(),
});

/** Something was scanned that is not a paycode, or at the wrong moment. Carries no text of it. */
export const ScanRefusedEvent = z.strictObject({
  type: z.literal('scan-refused'),
  reason: text(32),
  channel: channel.optional(),
  length: z.int().nonnegative(),
});

/** The till's wall clock can no longer be believed, or can again (more than 120 s off, or never compared). */
export const ClockEvent = z.strictObject({
  type: z.literal('clock'),
  trusted: z.boolean(),
  /** ahead (+) or behind (-) of the backend */
  errorMs: z.int().optional(),
});

/** What the till holds to has changed, by a command or by itself. */
export const SettingsEvent = z.strictObject({
  type: z.literal('settings'),
  /** canonicalHash of all settings */
  hash,
  /** the command that changed them */
  commandId: id.optional(),
  commandSeq: z.int().nonnegative().optional(),
  /** why the till has tightened them by itself */
  cause: text(48).optional(),
});

/** A limit is nearly used up (four fifths), or a payment was refused by it. Told once per limit and period. */
export const LimitEvent = z.strictObject({
  type: z.literal('limit'),
  limit: text(16),
  level: z.enum(['warn', 'reached']),
  /** fen or payments, as the limit counts */
  used: z.int().nonnegative(),
  of: z.int().nonnegative(),
  /** backend time, beginning of the day or hour that is counted */
  since: millis,
});

export const SIGNALS = [
  'MANY_INVALID_CODES',
  'SAME_PAYER',
  'ROUND_AMOUNTS',
  'NIGHT_HOURS',
  'OVER_LIMIT_TRIES',
  'MANY_REFUNDS',
] as const;
export type SignalName = (typeof SIGNALS)[number];

/** Something that a risk desk may want to look at. Never a verdict: nobody is refused because of it. */
export const SignalEvent = z.strictObject({
  type: z.literal('signal'),
  signal: z.enum(SIGNALS),
  count: z.int().positive(),
  /** in which so many happened, ms */
  windowMs: millis,
  attemptIds: z.array(attemptId).max(16).optional(),
});

/** For whoever watches many tills: something is wrong that no single payment shows. */
export const AlertEvent = z.strictObject({
  type: z.literal('alert'),
  alert: z.enum(['REVERSALS_AFTER_USER_PAYING']),
  windowMs: millis,
  /** customers asked for a password, and how many of these payments were reversed */
  asked: z.int().positive(),
  reversed: z.int().nonnegative(),
});

/** A person at the till reports something unusual, in words of his own (masked). */
export const ReportEvent = z.strictObject({
  type: z.literal('report'),
  note: text(200).min(1),
  personId,
  orderId: orderId.optional(),
  /** backend time */
  at: millis,
});

/**
 * What this till found out about its own terminal, or what it wants to know of it. `asks`: the time for which the backend's
 * word was given is over; the word stands until another command comes.
 */
export const TerminalEvent = z.strictObject({
  type: z.literal('terminal'),
  /** as the clerk sees it */
  state: text(32),
  reasonCode: text(48).optional(),
  /** as the clerk reads it: what the till found itself has a number of its own */
  referenceNo: text(40).optional(),
  /** reasons found at the till itself */
  found: z.array(text(48)).max(8),
  /** who has locked or unlocked it, or checked its place */
  personId: personId.optional(),
  asks: z.enum(['UNTIL_PASSED', 'LEASE_ENDED']).optional(),
  /** of the command that is asked about */
  commandSeq: z.int().nonnegative().optional(),
});

/** A person at the till says that a notice was read. The first one counts. */
export const NoticeAckEvent = z.strictObject({
  type: z.literal('notice-ack'),
  noticeId: id,
  personId,
  /** backend time */
  at: millis,
});
