import { z } from '@hono/zod-openapi';
import { fen, id, millis, orderId } from '../../protocols/backend/fields.ts';

// What the till holds to, and what a person reports.

const OPEN_TIME = z.string().describe('Beijing time, HH:MM');

export const RuleSheetBody = z
  .strictObject({
    limits: z
      .strictObject({ maxFen: fen, dayFen: fen, dayCount: z.int(), hourFen: fen, hourCount: z.int() })
      .describe('for payments: the strictest of the shop, the backend and the till itself'),
    uses: z
      .array(z.strictObject({ limit: z.string(), used: z.int(), of: z.int(), since: millis }))
      .describe('how far the limits of the day and of the hour are used; at four fifths the backend is told'),
    openHours: z.array(z.strictObject({ from: OPEN_TIME, to: OPEN_TIME })).describe('all must be open; none: always'),
    refund: z.strictObject({
      maxFen: fen,
      dayFen: fen,
      dayCount: z.int(),
      windowDays: z.int().describe('Chinese days after the payment'),
      approvedBy: z.literal('second-person'),
      way: z.literal('original-channel'),
      most: z.literal('what-is-left'),
    }),
    tables: z.record(z.string(), z.int()).describe('versions of the rule tables'),
    tightened: z
      .strictObject({ causes: z.array(z.string()), since: millis })
      .optional()
      .describe('the till has made its own limits stricter; only a signed command takes that away'),
    commandSeq: z.int().optional(),
  })
  .meta({ id: 'RuleSheet', description: 'What the till holds to now.' });

export const ReportWish = z
  .strictObject({ note: z.string().trim().min(1).max(200), orderId: orderId.optional() })
  .meta({ id: 'ReportWish', description: "Something unusual, in a few words; who says so is the token's person." });
export const ReportBody = z.strictObject({ reportId: id, at: millis }).meta({ id: 'Report' });
