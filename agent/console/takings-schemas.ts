import { z } from '@hono/zod-openapi';
import { millis, payChannel } from '../../protocols/backend/fields.ts';
import { StandingHolds } from '../../protocols/backend/holds.ts';
import { number } from './schema-parts.ts';

// What shifts and business days came to.

const sums = {
  count: z.int(),
  salesFen: z.int().describe('order amounts, whatever the payer had off by the channel'),
  refundCount: z.int(),
  refundFen: z.int(),
  discountFen: z.int().describe('off the price by the shop itself'),
  feeFen: z.int().optional().describe("by the contract's rate; the channel's statement has the last word"),
  netFen: z.int().describe('sales less refunds less fees'),
};

export const TakingsParams = z.object({ kind: z.enum(['shift', 'day']) });
export const PeriodParams = z.object({ number: number(1, 1_000_000) });

export const TakingsBody = z
  .strictObject({
    kind: z.enum(['shift', 'day', 'date']),
    number: z.int().optional().describe('rises with every shift and every business day'),
    from: millis,
    until: millis,
    timeZone: z.string(),
    openedBy: z.string().optional(),
    closedBy: z.string().optional(),
    rows: z.array(z.strictObject({ channel: payChannel, ...sums })),
    total: z.strictObject(sums),
    byHour: z.array(z.strictObject({ hour: z.int().min(0).max(23), count: z.int(), salesFen: z.int() })),
    reversed: z.int(),
    open: z.int().describe('payments and refunds that are not over'),
    needsCheck: z.int().describe('money that a person must look at'),
    holds: StandingHolds.optional().describe('held on customers’ cards, in none of the sums; the oldest by name'),
    journal: z.strictObject({ seq: z.int(), hash: z.string() }).describe('the newest entry that is counted'),
    events: z
      .strictObject({ from: z.int(), to: z.int() })
      .optional()
      .describe('the first and last event for the backend that is counted'),
  })
  .meta({ id: 'Takings', description: 'What a shift (X) or business day (Z) came to, by channel.' });
