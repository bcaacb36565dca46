import { z } from 'zod';
import { attemptId, fen, hash, id, millis, orderId, text, version } from './fields.ts';

// Commands: backend -> agent on cmd/{verb}; answers on res/{id} (field-lessons.md 5.1).

/** Ask the counter to collect an order; the next scanned paycode pays it. */
export const CollectArgs = z.strictObject({
  orderId,
  amountFen: fen,
  currency: z.literal('CNY'),
  title: text(128).optional(),
});
export type CollectArgs = z.infer<typeof CollectArgs>;

export const CommandEnvelope = z.strictObject({
  v: version,
  id,
  type: z.string().regex(/^[a-z][a-z-]{0,31}$/),
  issued: millis,
  exp: millis,
  by: text(64),
  /** canonicalHash(args) */
  hash,
  args: z.record(z.string(), z.json()),
});
export type CommandEnvelope = z.infer<typeof CommandEnvelope>;

export const COMMAND_ERRORS = [
  'RETAINED_REJECTED',
  'BAD_REQUEST',
  'UNSUPPORTED_VERSION',
  'IDEMPOTENCY_CONFLICT',
  'EXPIRED',
  'UNSUPPORTED',
  'DEVICE_OFFLINE',
  'DEVICE_BUSY',
  /** the order is paid, disputed or still being reversed */
  'ORDER_BLOCKED',
  /** this shop or this terminal may not collect now; the message says why and whom to call */
  'MERCHANT_SUSPENDED',
  'TERMINAL_UNREGISTERED',
  'AMOUNT_OVER_LIMIT',
  'JOURNAL_UNAVAILABLE',
] as const;
export type CommandError = (typeof COMMAND_ERRORS)[number];

/** `res/{id}`. `failed` only when non-execution is proved; otherwise `unknown`, later a second final with `resolves`. */
export const CommandResult = z.strictObject({
  v: version,
  id,
  phase: z.enum(['accepted', 'progress', 'final']),
  status: z.enum(['ok', 'declined', 'cancelled', 'failed', 'unknown']),
  /** a {@link COMMAND_ERRORS} code, or the clerk's category of the outcome */
  code: text(32),
  message: text(256).optional(),
  clerk: z.strictObject({ zh: text(200), en: text(200), action: text(32) }).optional(),
  data: z.record(z.string(), z.json()).optional(),
  attempt: attemptId.optional(),
  recovered: z.boolean().optional(),
  replayed: z.boolean().optional(),
  resolves: z.boolean().optional(),
  boot: id,
  ts: millis,
});
export type CommandResult = z.infer<typeof CommandResult>;
