import { z } from 'zod';
import { LINK_DIALECTS, type LinkDialect, type LinkDialectName } from '../../../protocols/terminal/link/dialects.ts';

// What a configuration may say of a terminal of the Link family: any part of its dialect, replaced. A make that is public to
// nobody needs no new program, and what it does not say stays that of the known dialect.

const two = z.string().regex(/^[0-9A-Z]{2}$/, 'two characters');
const ms = z.int().min(100).max(600_000);

export const LinkDialectConfig = z.strictObject({
  title: z.string().min(1).max(80).optional(),
  baudRate: z.int().min(300).max(4_000_000).optional(),
  times: z.strictObject({ ackMs: ms, sends: z.int().min(1).max(5), answerMs: ms, longestMs: ms }).optional(),
  transactions: z
    .strictObject({
      sale: two,
      void: two.exactOptional(),
      refund: two.exactOptional(),
      settle: two.exactOptional(),
      inquiry: two.exactOptional(),
      preAuth: two.exactOptional(),
      completePreAuth: two.exactOptional(),
      cancelPreAuth: two.exactOptional(),
    })
    .optional(),
  /** where the till's own reference travels */
  reference: z
    .union([z.strictObject({ field: two, length: z.int().min(1).max(40) }), z.strictObject({ ecn: z.literal(12) })])
    .optional(),
  constant: z
    .strictObject({
      sale: z
        .array(z.tuple([two, z.string().max(40)]))
        .max(8)
        .exactOptional(),
      settle: z
        .array(z.tuple([two, z.string().max(40)]))
        .max(8)
        .exactOptional(),
    })
    .optional(),
  responseIn: z.enum(['resp', 'version']).optional(),
  /** any other code is unknown */
  outcomes: z.record(two, z.enum(['approved', 'declined', 'cancelled'])).optional(),
  /** only what the bank says in writing: such an answer proves that nothing was charged */
  inquiryFoundNothing: z.array(two).max(20).optional(),
  maxAmount: z.int().min(1).max(999_999_999_999).optional(),
});

/** The named dialect with what the configuration says instead. */
export function linkDialect(name: LinkDialectName, config: z.infer<typeof LinkDialectConfig>): LinkDialect {
  const said = Object.entries(config).filter(([, value]) => value !== undefined);
  return { ...LINK_DIALECTS[name], ...(Object.fromEntries(said) as Partial<LinkDialect>) };
}
