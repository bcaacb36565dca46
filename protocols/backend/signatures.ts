import { z } from 'zod';
import { attemptId, fen, millis, orderId, version } from './fields.ts';

// A customer's signature on its way to the acquirer (0820, terminals.md 3.3). The backend packs and signs the record: the MAC's
// key lives in the terminal or at the acquirer. At least once, keyed by batch and trace.

const digits = (count: number) => z.string().regex(new RegExp(`^\\d{${count}}$`));
const base64 = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/);

export const SignatureUpload = z.strictObject({
  v: version,
  attemptId,
  orderId,
  amountFen: fen,
  /** with `trace` the key of the upload: the same key is the same signature */
  batch: digits(6),
  trace: digits(6),
  /** 特征码: stands in the picture under the ink */
  featureCode: z.string().regex(/^[0-9A-F]{8}$/),
  /** the nth time that it is sent, from 1 */
  attempt: z.int().min(1).max(99),
  /** data elements of the 0820 message by number, but for DE2 and DE64; 55 and 62 (JBIG) in Base64 */
  record: z.strictObject({
    mti: z.literal('0820'),
    fields: z.strictObject({
      '4': digits(12),
      '11': digits(6),
      '15': digits(4).optional(),
      '37': z.string().length(12),
      '41': z.string().length(8),
      '42': z.string().length(15),
      '55': base64(4096),
      '60': z.string().regex(/^07\d{6}800$/),
      '62': base64(8192),
    }),
  }),
  ts: millis,
});
export type SignatureUpload = z.infer<typeof SignatureUpload>;

/** What the acquirer said: DE39 of the 0830. 00 stored, 94 was stored before; anything else is a refusal. */
export const SignatureAck = z.strictObject({
  v: version,
  batch: digits(6),
  trace: digits(6),
  code: z.string().regex(/^[0-9A-Z]{2}$/),
  ts: millis,
});
export type SignatureAck = z.infer<typeof SignatureAck>;
