import { z } from 'zod';
import { attemptId, fen, millis, orderId, payChannel, text } from './fields.ts';

// What the backend is told of an attempt, and what proves it.

export const ATTEMPT_STATES = [
  'CREATED',
  'SUBMITTED',
  'USER_PAYING',
  'UNKNOWN',
  'REVERSING',
  'PAID',
  'FAILED',
  'REVERSED',
  'NEEDS_MANUAL_CHECK',
] as const;
export type AttemptStateName = (typeof ATTEMPT_STATES)[number];

/** One question to the backend and what came of it; milliseconds since the pay request left. */
const AttemptExchange = z.strictObject({
  /** `restart`: a new process took over; times may begin anew there */
  op: z.enum(['pay', 'query', 'reverse', 'restart']),
  n: z.int().nonnegative(),
  asked: z.int(),
  answered: z.int().optional(),
  /** the channel's code, NO_ANSWER or NOT_SENT */
  code: text(64).optional(),
});

export const AttemptEvidence = z.strictObject({
  /** wall clock of the till when the pay request left, Unix ms */
  startedAt: millis,
  exchanges: z.array(AttemptExchange).max(16),
  /** exchanges left out of the middle */
  leftOut: z.int().nonnegative(),
  /** the channel took no reverse any more when one was due */
  windowClosed: z.boolean().optional(),
  /** what the channel says was paid */
  paidFen: fen.optional(),
});

const TERMINAL_OUTCOMES = ['approved', 'declined', 'cancelled', 'unknown'] as const;
/** What names a transaction at the card terminal, in its own words. */
export const TerminalKey = z.strictObject({
  receipt: text(32).optional(),
  trace: text(32).optional(),
  terminalId: text(32).optional(),
  /** the terminal's own clock */
  date: text(32).optional(),
  time: text(32).optional(),
  authorisation: text(32).optional(),
  rrn: text(32).optional(),
  batch: text(32).optional(),
});

/** An attempt that was made on the card terminal beside the till. */
export const CardEvidence = z.strictObject({
  protocol: text(32),
  /** the till's own name of the command, on disk before its first byte */
  reference: text(64),
  outcome: z.enum(TERMINAL_OUTCOMES).optional(),
  /** how that is known: its own answer, its answer to the question what happened last, or why nobody knows */
  by: text(32).optional(),
  key: TerminalKey.optional(),
  /** what the terminal says; anything but the amount asked for needs a person */
  amountFen: z.int().nonnegative().optional(),
  maskedPan: text(32).optional(),
  /** of a charge of a hold: with PAID it is charged, with FAILED it stands as before */
  holdId: attemptId.optional(),
});

/** The card terminal spoke of a transaction that no command waited for. Kept as evidence, never applied. */
export const TerminalLateEvent = z.strictObject({
  type: z.literal('terminal-late'),
  protocol: text(32),
  outcome: z.enum(TERMINAL_OUTCOMES),
  by: text(32),
  key: TerminalKey,
  code: text(64).optional(),
  amountFen: z.int().nonnegative().optional(),
  /** the attempt that was under way, or that the answer is about: whose it is nobody knows */
  attemptId: attemptId.optional(),
});

/** An attempt reached a new state. Final states are results: never dropped. */
export const AttemptEvent = z.strictObject({
  type: z.literal('attempt'),
  attemptId,
  orderId,
  amountFen: fen,
  channel: payChannel,
  state: z.enum(ATTEMPT_STATES),
  category: text(32),
  code: text(64).optional(),
  transactionId: text(64).optional(),
  refunded: z.boolean().optional(),
  /** the channel said SUCCESS after a reverse was sent: that money must be back */
  successAfterReverse: z.boolean().optional(),
  /** the channel said SUCCESS although the attempt had ended without money: a person must look */
  lateSuccess: z.boolean().optional(),
  /** what a person needs who has to find out: with NEEDS_MANUAL_CHECK and with `lateSuccess` */
  evidence: AttemptEvidence.optional(),
  card: CardEvidence.optional(),
  /** durations of the scan path in milliseconds, on the monotonic clock */
  timings: z.strictObject({ scanToPublishMs: z.number().optional(), scanToPaidMs: z.number().optional() }).optional(),
});
