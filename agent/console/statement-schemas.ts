import { z } from '@hono/zod-openapi';
import { millis } from '../../protocols/backend/fields.ts';
import { type DifferenceType, MEANINGS } from '../statements/differences.ts';
import { words } from './schema-parts.ts';

// What the calls about statements take and give.

const channel = z.enum(['WECHAT', 'ALIPAY', 'UNIONPAY']);
const kind = z.enum(['PAYMENT', 'REFUND']);
const beijing = z.string().describe('Beijing time, YYYY-MM-DD hh:mm:ss');
const day = z.string().describe('Beijing time, YYYY-MM-DD');
const key = z.string().min(1).max(200).describe('channel, P or R, number of the payment or refund');
const types = z.enum(Object.keys(MEANINGS) as [DifferenceType, ...DifferenceType[]]);

export const StatementQuery = z.object({
  name: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^/\\\p{Cc}]+$/u)
    .describe('the name of the file, without folders'),
});
export const StatementFile = z.any().openapi({ type: 'string', format: 'binary' });

export const FindingBody = z
  .strictObject({
    key,
    type: types,
    of: channel,
    kind,
    urgency: z.enum(['none', 'high', 'medium', 'low']),
    /** what it is, and what a person does now */
    what: words,
    orderId: z.string().optional(),
    amountFen: z.int().optional().describe('a refund is negative'),
    timeLocal: beijing.optional(),
    transactionId: z.string().optional(),
    localFen: z.int().optional(),
    channelFen: z.int().optional(),
    expectedFen: z.int().optional(),
    was: z.string().optional(),
    becomes: z.string().optional(),
    channel: z.string().optional().describe("the channel's state of it"),
  })
  .meta({ id: 'StatementFinding', description: 'One payment or refund that does not plainly agree.' });

export const ReconciliationBody = z
  .strictObject({
    ok: z.boolean().describe('nothing that a person must look at'),
    channel,
    day: day.optional(),
    file: z.string(),
    sha256: z.string(),
    rows: z.int(),
    otherTerminals: z.int().describe('rows of other terminals of the merchant: left alone'),
    matched: z.int().describe('payments and refunds on which both sides agree'),
    localFen: z.int().describe('what the journal says came in less what went back'),
    channelFen: z.int().describe('what the statement says, before fees'),
    feeFen: z.int(),
    netFen: z.int(),
    findings: z.array(FindingBody),
    more: z.int().describe('findings that are not in the list'),
  })
  .meta({ id: 'Reconciliation', description: "A channel's statement against the journal." });

export const CarriedBody = z
  .strictObject({
    key,
    of: channel,
    kind,
    orderId: z.string().optional(),
    amountFen: z.int(),
    timeLocal: beijing,
    since: millis,
    ageDays: z.int().describe('days since the payment'),
    lookedIn: z.array(z.string()).describe('days of the statements in which it is not'),
    overdue: z.boolean().describe('it should have been in one of them'),
    wanted: day.optional().describe('the day beside, whose statement nobody has chosen yet: it is not overdue before'),
    end: z
      .strictObject({
        kind: z.enum(['matched', 'void', 'cleared']),
        at: millis,
        day: day.optional(),
        personId: z.string().optional(),
        note: z.string().optional(),
      })
      .optional(),
  })
  .meta({ id: 'Carried', description: 'A payment close to midnight that waits for the statement of another day.' });

export const ReconciliationsBody = z
  .strictObject({
    carried: z.array(CarriedBody),
    days: z.array(
      z.strictObject({
        channel,
        day: day.optional(),
        sha256: z.string(),
        rows: z.int(),
        ok: z.boolean(),
        differences: z.int(),
        personId: z.string(),
        at: millis,
      }),
    ),
  })
  .meta({ id: 'Reconciliations', description: 'What people have held against the journal so far.' });

export const ClearWish = z
  .strictObject({ key, note: z.string().trim().min(1).max(200).describe('what became of it, and how that is known') })
  .meta({ id: 'ClearWish', description: 'Clears something that is carried.' });

const line = (most: number) => z.string().max(most);

export const ReconcileSlipWish = z
  .strictObject({
    ok: z.boolean(),
    rows: z.array(z.strictObject({ name: line(40), here: line(20), there: line(20) })).max(32),
    findings: z.array(z.strictObject({ text: line(160) })).max(64),
  })
  .meta({ id: 'ReconcileSlip', description: 'What `tillwire reconcile` found, as it is to stand on paper.' });
