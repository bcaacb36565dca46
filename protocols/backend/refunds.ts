import { z } from 'zod';
import { attemptId, channel, fen, millis, orderId, payChannel, personId, refundId, text } from './fields.ts';

// Money that goes back: what is asked at `req/refund` and `req/refund-query`, and what the till tells of it.

/** What must be the same in every message about one refund. `amountFen` is what was paid, `refundFen` what goes back. */
const refundTerms = {
  refundId,
  amountFen: fen,
  refundFen: fen,
  currency: z.literal('CNY'),
  channel,
};

/**
 * Give money of a paid attempt back to where it came from. Idempotent by `refundId`: repeated, the channel moves nothing a
 * second time. A copy of one message (same `requestId`, QoS 1) gets the answer of the first and is not passed on: otherwise it
 * could be carried out behind a no that the till has told. The backend refuses it past `exp`.
 */
export const RefundRequestArgs = z.strictObject({
  ...refundTerms,
  /** the channel's own number of the payment, when the till knows it */
  transactionId: text(64).optional(),
  reason: text(80).optional(),
});

/** What became of a refund that was asked for. */
export const RefundQueryArgs = z.strictObject(refundTerms);

export const REFUND_STATES = [
  /** waits for a second person */
  'REQUESTED',
  /** approved and on disk; from now on the money may be back or not */
  'PROCESSING',
  /** final: the money went back */
  'REFUNDED',
  /** final: certainly nothing moved */
  'REJECTED',
  /** final for the till; a person finds out */
  'NEEDS_MANUAL_CHECK',
] as const;
export type RefundStateName = (typeof REFUND_STATES)[number];

/** A refund reached a new state. */
export const RefundEvent = z.strictObject({
  type: z.literal('refund'),
  refundId,
  orderId,
  attemptId,
  channel: payChannel,
  refundFen: fen,
  state: z.enum(REFUND_STATES),
  category: text(32),
  /** the channel's last code */
  code: text(64).optional(),
  channelRefundId: text(64).optional(),
  reason: text(80).optional(),
  requestedBy: personId,
  approvedBy: personId.optional(),
  /** what of the payment can still be given back, counting this refund and all that are under way */
  remainingFen: z.int().nonnegative(),
  /** how often it was asked for, and asked after */
  sends: z.int().nonnegative(),
  queries: z.int().nonnegative(),
  /** backend time at which it was asked for */
  requestedAt: millis,
});

export const RESOLUTIONS = ['paid', 'refunded', 'unpaid'] as const;
/** A person found out what the till could not, and says so. */
export const ResolutionEvent = z.strictObject({
  type: z.literal('resolution'),
  orderId,
  /** the attempts and intents whose money was in doubt */
  about: z.array(attemptId).max(8),
  /** set: the doubt was about this refund, not about the payment */
  refundId: refundId.optional(),
  outcome: z.enum(RESOLUTIONS),
  /** what the person found out about the order's hold */
  hold: z.enum(['stands', 'gone']).optional(),
  personId,
  reason: text(200),
});
