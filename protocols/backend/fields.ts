import { z } from 'zod';
import { CHANNELS } from '../paycode/paycode.ts';

// The fields that messages of the contract share; the schemas are the one source for types, checks and the generated
// documents. Times are Unix milliseconds of the backend's clock unless a field says otherwise; money is integer fen.

export const CONTRACT_VERSION = 1;

export const id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9A-Za-z_-]+$/);
/** The channel's out_trade_no: at most 32 characters, unique for ever per merchant (payment.md 2.2). */
export const attemptId = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[0-9A-Za-z_-]+$/);
export const orderId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x21-\x7e]+$/);
export const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** Unix milliseconds, or a number of them */
export const millis = z.int().nonnegative();
/** 0.01 to 100,000,000.00 yuan (amounts.json). */
export const fen = z.int().min(1).max(10_000_000_000);
export const version = z.literal(CONTRACT_VERSION);
export const channel = z.enum(CHANNELS);
/** `CARD`: on the card terminal beside the till. The backend is told of such a payment and never asked for one. */
export const PAY_CHANNELS = [...CHANNELS, 'CARD'] as const;
export type PayChannel = (typeof PAY_CHANNELS)[number];
export const payChannel = z.enum(PAY_CHANNELS);
/** A person who answers for what was done: an account of the shop or of the backend, never a name. */
export const personId = z.string().regex(/^[0-9A-Za-z_.@-]{1,64}$/);
/** The till's own number of one giving back, and the channel's out_refund_no / out_request_no: at most 64 characters. */
export const refundId = id;
export const text = (max: number) => z.string().max(max);

/** A message larger than this is refused unread (field-lessons.md 5.1). */
export const MAX_MESSAGE_BYTES = 65_536;
