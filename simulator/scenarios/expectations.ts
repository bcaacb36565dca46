import { z } from 'zod';
import { DEVICES, REQUEST_OPS } from '../../protocols/backend/topics.ts';
import { OrderName, Yuan } from './terms.ts';

// What must be true, in words of the shop. An expectation that is left out is not looked at.

const Count = z
  .union([
    z.int().nonnegative(),
    z.strictObject({ atLeast: z.int().nonnegative().optional(), atMost: z.int().nonnegative().optional() }),
  ])
  .describe('a number, or {"atLeast": 1}, {"atMost": 3}');
export type Count = z.infer<typeof Count>;

const words = z.array(z.string().min(1).max(120)).min(1).max(20);

const OrderExpectation = z.strictObject({
  state: z
    .string()
    .optional()
    .describe('the state of its newest attempt, as the backend was told: PAID, REVERSED, ...'),
  attempts: Count.optional(),
  charges: Count.optional().describe("in the acquirer's ledger"),
  reversals: Count.optional(),
  net: Yuan.optional().describe('what the shop has of it in the end'),
  refunded: Yuan.optional(),
  intent: z.string().optional().describe('the state of its newest code: WAITING, PAID, CLOSED, DISPUTED, ...'),
  refund: z.string().optional().describe('the state of its newest refund'),
  till: z.string().optional().describe("the order in the till's own book: OPEN, IN_PAYMENT, PAID, DISPUTED, ..."),
  category: z.string().optional().describe('what the newest attempt ended as: CODE_EXPIRED, ...'),
});
export type OrderExpectation = z.infer<typeof OrderExpectation>;

const SlipExpectation = z.strictObject({
  count: Count.optional().describe('papers that were cut off'),
  has: words.optional().describe('stand on the papers, spaces left out'),
  hasNot: words.optional(),
  marked: Count.optional().describe('papers that say 重打印 or 补打: a copy'),
  qr: Count.optional().describe('QR codes on the papers'),
  qrSays: z.enum(['attempt', 'code', 'link']).optional().describe('the last QR: attempt id, code to pay, link'),
});
export type SlipExpectation = z.infer<typeof SlipExpectation>;

const TerminalExpectation = z
  .strictObject({
    sales: Count.optional().describe('that stand'),
    refunds: Count.optional(),
    reversed: Count.optional().describe('sales that were taken back'),
    declined: Count.optional().describe('by the host, or by the red key'),
    total: Yuan.optional().describe('what stands in its memory: what came minus what went back'),
  })
  .describe("the card terminal's own memory");
export type TerminalExpectation = z.infer<typeof TerminalExpectation>;

const JournalExpectation = z.strictObject({
  has: z
    .record(z.string().regex(/^[A-Z_]+$/), Count)
    .optional()
    .describe('entries by type, such as {"BOOT": 2}'),
  broken: z.boolean().optional().describe('its chain is broken, because the story broke it; else it must be whole'),
});
export type JournalExpectation = z.infer<typeof JournalExpectation>;

export const Expectations = z
  .strictObject({
    orders: z.record(OrderName, OrderExpectation).optional(),
    clerkSaw: words.optional().describe('in this order: categories, reasons, or words of the sentences'),
    clerkNeverSaw: words.optional(),
    slips: SlipExpectation.optional(),
    terminal: TerminalExpectation.optional(),
    signatures: Count.optional().describe('that the acquirer keeps'),
    requests: z.partialRecord(z.enum(REQUEST_OPS), Count).optional().describe('that reached the backend'),
    results: words.optional().describe("codes of the till's answers to commands of the backend, in this order"),
    backendTold: words.optional().describe('events of the till, in this order, such as "A PAID" or "slip sent"'),
    refusedScans: words.optional().describe('reasons the backend was told, in this order'),
    devices: z.partialRecord(z.enum(DEVICES), z.enum(['online', 'offline'])).optional(),
    online: z.boolean().optional().describe('the till is connected with the backend'),
    journal: JournalExpectation.optional(),
    log: words.optional().describe('codes or words in the log of the agent'),
    frames: z
      .strictObject({ printer: z.array(z.string().regex(/^([0-9a-f]{2})+$/)).max(8) })
      .optional()
      .describe('bytes that reached the device, as hex'),
  })
  .describe('all of it must be so');
export type Expectations = z.infer<typeof Expectations>;
