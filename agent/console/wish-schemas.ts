import { z } from '@hono/zod-openapi';
import { attemptId } from '../../protocols/backend/fields.ts';
import { IntentArgs } from '../../protocols/backend/intents.ts';
import { CardSaleArgs, CollectArgs, PrintArgs, RefundArgs, ResolveArgs } from '../../protocols/backend/verbs.ts';

// What is wished of an order, and what is answered at once.

export const CollectBody = CollectArgs.extend({ currency: CollectArgs.shape.currency.default('CNY') }).meta({
  id: 'Collect',
  description: 'Ask the counter to collect an order; the next scanned paycode pays it.',
});
export const CardSaleBody = CardSaleArgs.extend({ currency: CardSaleArgs.shape.currency.default('CNY') }).meta({
  id: 'CardSaleBody',
});

export const PaycodeBody = z
  .strictObject({ paycode: z.string().min(1).max(512).describe('a secret that dies in a minute; kept nowhere') })
  .meta({ id: 'TypedPaycode' });

export const BegunBody = z.strictObject({ attemptId }).meta({ id: 'AttemptBegun' });

export const SlipAnswerBody = z
  .strictObject({ seen: z.enum(['on-paper', 'missing']).describe('missing: a marked one is printed') })
  .meta({ id: 'SlipSeen' });

export const ScanBody = z
  .strictObject({
    text: z.string().min(1).max(512).describe('what was typed, without the Enter; kept nowhere'),
    startedAtMs: z.number().nonnegative().optional().describe("the page's own clock"),
    durationMs: z.number().nonnegative().optional().describe('from the first key to the last'),
    keystrokes: z.int().nonnegative().optional(),
  })
  .meta({ id: 'PageScan' });

export const ScanAnswer = z
  .strictObject({
    outcome: z.enum(['begun', 'repeated']).describe('repeated: the same code again in the same moment, left out'),
    attemptId: attemptId.optional(),
  })
  .meta({ id: 'PageScanned' });

export const IntentWish = IntentArgs.meta({
  id: 'IntentWish',
  description: 'Ask for money with a code or a link. A paper that is handed out and a link carry their lines.',
});
export const IntentPaper = z.strictObject({ form: z.enum(['slip', 'delivery']) }).meta({ id: 'IntentPaper' });

export const RefundWish = RefundArgs.pick({ refundId: true, orderId: true, refundFen: true, reason: true }).meta({
  id: 'RefundWish',
  description: "Ask for a refund. `refundId` is your own number, used once; who asks is the token's person.",
});

export const ResolveWish = ResolveArgs.pick({ refundId: true, outcome: true, hold: true, reason: true }).meta({
  id: 'Resolution',
  description: "A manager found out what became of the money. Who says so is the token's person.",
});

export const PrintWish = PrintArgs.pick({ refundId: true }).meta({
  id: 'PrintWish',
  description: 'The slip of the payment, or of one refund, once more: marked as a duplicate.',
});
