import { z } from 'zod';
import { attemptId, channel, fen, hash, id, millis, refundId, text, version } from './fields.ts';
import { intentAnswer, RiskNotice } from './intents.ts';
import { CHANNEL_OPS, REQUEST_OPS } from './topics.ts';

// Replies: backend -> agent, rep/{requestId}.

const replyHead = { v: version, requestId: id, attemptId, payloadHash: hash, ts: millis };

/** The customer pays by instalments (分期): the shop has the whole amount all the same. */
export const Instalments = z.strictObject({
  count: z.int().min(2).max(60),
  /** what the customer pays each time, and for paying so; in fen, as far as the channel says it */
  eachFen: fen.optional(),
  feeFen: z.int().nonnegative().optional(),
});
export type Instalments = z.infer<typeof Instalments>;

/** The channel answered: its own code, untranslated. What the code means is the agent's table, not the backend's. */
export const AnsweredReply = z.strictObject({
  ...replyHead,
  op: z.enum(CHANNEL_OPS),
  status: z.literal('answered'),
  channel,
  code: text(64).min(1),
  /** the channel's own words (err_code_des, sub_msg); shown masked */
  message: text(256).optional(),
  transactionId: text(64).optional(),
  paidFen: fen.optional(),
  paidAt: millis.optional(),
  /** reverse: the money had been taken and went back (Alipay action=refund) */
  refunded: z.boolean().optional(),
  /** who paid, as a fingerprint under a key that no till has: the same payer again can be seen, who it is cannot */
  payer: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/)
    .optional(),
  /** what the customer has chosen in the wallet */
  instalments: Instalments.optional(),
  /** what may worry the customer while the wallet asks, and does not stop the payment */
  riskNotice: RiskNotice.optional(),
  /** reverse: call again (Alipay retry_flag=Y) */
  retry: z.boolean().optional(),
  /** refund, refund-query: the refund that this speaks of */
  refundId: refundId.optional(),
  refundFen: fen.optional(),
  /** the channel's own number of the refund */
  channelRefundId: text(64).optional(),
  /** refund: false when this very call moved nothing (Alipay fund_change=N) */
  fundChange: z.boolean().optional(),
});

/** What the backend knows of an intent; who says PAID says how much and when. */
export const IntentReply = z
  .strictObject({ ...replyHead, op: z.literal('intent'), status: z.literal('intent'), ...intentAnswer })
  .refine(({ state, ...paid }) => state !== 'PAID' || (paid.paidFen && paid.paidAt && paid.channel), {
    error: 'PAID needs paidFen, paidAt and channel',
  });

export const REFUSALS = [
  'BAD_REQUEST',
  'UNSUPPORTED_VERSION',
  'RETAINED_REJECTED',
  'EXPIRED',
  'DUPLICATE_ORDER',
  'ATTEMPT_CLOSED',
  'UNSUPPORTED_CHANNEL',
] as const;

/** The backend itself refused and asked nobody: proof that this message moved no money. */
export const RefusedReply = z.strictObject({
  ...replyHead,
  op: z.enum(REQUEST_OPS),
  status: z.literal('refused'),
  refusal: z.enum(REFUSALS),
  message: text(256).optional(),
});

export const Reply = z.discriminatedUnion('status', [AnsweredReply, IntentReply, RefusedReply]);
export type AnsweredReply = z.infer<typeof AnsweredReply>;
export type IntentReply = z.infer<typeof IntentReply>;
export type RefusedReply = z.infer<typeof RefusedReply>;
export type Reply = z.infer<typeof Reply>;
