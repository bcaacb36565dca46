import { z } from 'zod';
import { hash, millis, payChannel, personId, text } from './fields.ts';
import { StandingHolds } from './holds.ts';

// What a shift (X) or business day (Z) came to when a person closed it. Money is fen.

const count = z.int().nonnegative();
const sum = z.int().nonnegative();

const sums = {
  count,
  /** order amounts: what a coupon of the channel took off the payer is the channel's business */
  salesFen: sum,
  refundCount: count,
  refundFen: sum,
  /** off the price by the shop itself */
  discountFen: sum,
  /** by the contract's rate; the statement has the last word. Fees of refunds come back */
  feeFen: z.int().optional(),
  /** sales less refunds less fees */
  netFen: z.int(),
};

/**
 * A shift or business day was closed. A result: told until the backend keeps it. The backend can hold it against the events that it
 * has: those numbered `events.from` to `events.to` are in it, and no others.
 */
export const ClosingEvent = z.strictObject({
  type: z.literal('closing'),
  period: z.enum(['shift', 'day']),
  /** rises by one for every shift and every business day of this till */
  number: z.int().positive(),
  from: millis,
  until: millis,
  /** of the shop (IANA) */
  timeZone: text(64),
  openedBy: personId.optional(),
  closedBy: personId,
  rows: z.array(z.strictObject({ channel: payChannel, ...sums })).max(16),
  total: z.strictObject(sums),
  /** payments that were taken back; not over yet; money that a person must look at */
  reversed: count,
  open: count,
  needsCheck: count,
  /** money of customers that is held, and none of the shop's; missing: none stands */
  holds: StandingHolds.optional(),
  /** the newest journal entry that is in it */
  journal: z.strictObject({ seq: count, hash: hash.or(z.literal('')) }),
  /** the first and last event that is in it; missing: nothing was told meanwhile */
  events: z.strictObject({ from: z.int().positive(), to: z.int().positive() }).optional(),
});
export type ClosingEvent = z.infer<typeof ClosingEvent>;
