import { z } from 'zod';
import { attemptId, hash, id, millis, text, version } from './fields.ts';
import { DEVICES } from './topics.ts';

// Commands: backend -> agent on cmd/{verb}; answers on res/{id} (field-lessons.md 5.1).

/** Who says so: an Ed25519 signature over `signedText` (signature.ts), by the key of this id. */
export const Signature = z.strictObject({
  kid: z.string().regex(/^[0-9A-Za-z_.-]{1,64}$/),
  /** 64 bytes as base64 */
  value: z.string().regex(/^[0-9A-Za-z+/]{86}==$/),
});

export const CommandEnvelope = z.strictObject({
  v: version,
  id,
  type: z.string().regex(/^[a-z][a-z-]{0,31}$/),
  /** the device it is for, where a till has several that could be meant */
  dev: z.enum(DEVICES).optional(),
  issued: millis,
  /** not begun later than this */
  exp: millis,
  /** not begun later than this many milliseconds behind `issued`; the earlier of the two counts */
  ttl: millis.optional(),
  by: text(64),
  /** canonicalHash(args) */
  hash,
  /** what loosens a rule or gives money back is signed */
  sig: Signature.optional(),
  args: z.record(z.string(), z.json()),
});
export type CommandEnvelope = z.infer<typeof CommandEnvelope>;

/** When a command is too old, backend time: the earlier of `exp` and `ttl`. */
export function expiryOf({ issued, exp, ttl }: Pick<CommandEnvelope, 'issued' | 'exp' | 'ttl'>): number {
  return ttl === undefined ? exp : Math.min(exp, issued + ttl);
}

const COMMAND_ERRORS = [
  'RETAINED_REJECTED',
  'BAD_REQUEST',
  'UNSUPPORTED_VERSION',
  'IDEMPOTENCY_CONFLICT',
  'EXPIRED',
  'UNSUPPORTED',
  /** it loosens a rule or gives money back, and nobody has signed it */
  'SIGNATURE_REQUIRED',
  'SIGNATURE_INVALID',
  'SIGNATURE_KEY_UNKNOWN',
  /** this till knows no key by which it could believe a signature */
  'COMMAND_KEYS_MISSING',
  /** nobody has told the till the time, so it cannot tell whether this is too late */
  'CLOCK_UNTRUSTED',
  /** a command with a higher commandSeq has come before it */
  'STALE',
  'NOT_FOUND',
  'DEVICE_OFFLINE',
  'DEVICE_BUSY',
  /** the order is paid, disputed or still being reversed */
  'ORDER_BLOCKED',
  /** of an order with a hold on the customer's card: nothing else is paid for it */
  'HOLD_STANDS',
  'NO_HOLD',
  'HOLD_EXCEEDED',
  'HOLD_UNNAMED',
  /** this shop or this terminal may not collect now; the message says why and whom to call */
  'MERCHANT_SUSPENDED',
  'TERMINAL_UNREGISTERED',
  'AMOUNT_OVER_LIMIT',
  /** the day or the hour has taken what it may, or it is outside the hours of this till */
  'LIMIT_REACHED',
  /** a person is needed who is not the one that asked */
  'SECOND_PERSON_REQUIRED',
  'REFUND_AMOUNT',
  'REFUND_WINDOW',
  'REFUND_LIMIT',
  'NETWORK_DOWN',
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
