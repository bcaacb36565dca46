import { z } from '@hono/zod-openapi';
import { ATTEMPT_STATES, TerminalKey } from '../../protocols/backend/attempt-events.ts';
import { attemptId, fen, id, millis, orderId, payChannel, personId, refundId } from '../../protocols/backend/fields.ts';
import { IntentView, RiskNotice } from '../../protocols/backend/intents.ts';
import { REFUND_STATES } from '../../protocols/backend/refunds.ts';
import { Instalments } from '../../protocols/backend/replies.ts';
import { LATE_WHAT } from '../payment/late-money.ts';
import { ORDER_STATES, type OrderState } from '../payment/order-states.ts';
import { HoldBody } from './hold-schemas.ts';
import { names, words } from './schema-parts.ts';

// An order and what belongs to it: attempts, codes that were shown, refunds, slips.

export const OrderBody = z
  .strictObject({
    orderId,
    amountFen: fen,
    title: z.string().optional(),
    state: names<OrderState>(ORDER_STATES),
    attemptId: attemptId.optional().describe('the newest attempt to be paid'),
    intentId: attemptId.optional().describe('the newest code that was shown for it'),
  })
  .meta({ id: 'Order', description: 'What is to be paid for. At most one of its attempts is ever paid.' });

export const LateMoneyBody = z
  .strictObject({
    attemptId: attemptId.describe('attempt or code: the number under which the channel has it'),
    what: z
      .enum(LATE_WHAT)
      .optional()
      .describe('no payment: money that went back after all, or a hold on a card; absent: a payment'),
    channel: payChannel.optional(),
    amountFen: fen,
    transactionId: z.string().optional().describe('the channel’s number'),
    key: TerminalKey.optional().describe('how the card terminal names it'),
    paidAt: millis.optional(),
  })
  .meta({
    id: 'LateMoney',
    description: 'Money that turned up for a payment that had ended without any: a person looks for it.',
  });

export const ClerkBody = z
  .strictObject({
    zh: z.string(),
    en: z.string(),
    action: z.string(),
    todo: words.optional().describe('what to do now, as a sentence'),
    sound: z.string().optional().describe('success, wait, fail, fail-short, alarm'),
  })
  .meta({ id: 'Clerk', description: 'What the person at the counter is told, and what to do now.' });

export const CardBody = z
  .strictObject({
    protocol: z.string(),
    outcome: z.enum(['approved', 'declined', 'cancelled', 'unknown']).optional(),
    by: z.string().optional().describe('how that is known, or why it is not'),
    text: z.string().optional().describe("the terminal's own words"),
    key: TerminalKey.optional(),
  })
  .meta({ id: 'CardTransaction', description: 'What the card terminal said of an attempt that was made on it.' });

export const AttemptBody = z
  .strictObject({
    attemptId,
    orderId,
    amountFen: fen,
    channel: payChannel,
    maskedPaycode: z.string().describe('first 2 and last 4; the code itself is kept nowhere'),
    state: z.enum(ATTEMPT_STATES),
    category: z.string(),
    clerk: ClerkBody,
    code: z.string().optional().describe("the channel's last code"),
    transactionId: z.string().optional(),
    paidAt: millis.optional(),
    instalments: Instalments.optional().describe('the customer pays so; the shop has the whole amount'),
    riskNotice: RiskNotice.optional().describe('what the wallet warns of, and what the clerk says to it'),
    startedAt: millis.describe('wall clock of the till'),
    source: z.enum(['manual', 'page-wedge']).optional().describe('typed by hand, or by a gun into the page'),
    card: CardBody.optional(),
  })
  .meta({ id: 'Attempt', description: 'One try to be paid.' });

export const SlipBody = z
  .strictObject({
    slipId: id,
    attemptId,
    state: z.enum(['queued', 'sending', 'sent', 'unknown', 'cleared']),
    duplicate: z.boolean(),
    proof: z.enum(['confirmed', 'processed', 'sent', 'clerk']).optional().describe('what the claim rests on'),
  })
  .meta({ id: 'Slip', description: 'A print job and how far its evidence goes.' });

export const PrintJobBody = z
  .strictObject({ jobId: id })
  .meta({ id: 'PrintJob', description: 'A paper that was asked for.' });

export const AttemptWithSlips = AttemptBody.extend({ slips: z.array(SlipBody) }).meta({ id: 'AttemptWithSlips' });

export const IntentBody = IntentView.meta({
  id: 'Intent',
  description: 'A code or a link for an exact amount, and everything needed to draw the screen.',
});

export const RefundBody = z
  .strictObject({
    refundId,
    orderId,
    attemptId,
    channel: payChannel,
    amountFen: fen.describe('what was paid'),
    refundFen: fen.describe('what goes back'),
    reason: z.string(),
    state: z.enum(REFUND_STATES),
    clerk: ClerkBody,
    requestedBy: personId,
    requestedAt: millis,
    approvedBy: personId.optional(),
    code: z.string().optional().describe("the channel's last code"),
    channelRefundId: z.string().optional(),
    settledAt: millis.optional(),
    resolvedBy: personId.optional(),
  })
  .meta({ id: 'Refund', description: 'Money of one payment that goes back to where it came from.' });

export const OrderWithAttempt = z
  .strictObject({
    order: OrderBody,
    attempt: AttemptWithSlips.optional(),
    intent: IntentBody.optional(),
    refunds: z.array(RefundBody).optional(),
    hold: HoldBody.optional().describe('the newest hold on the customer’s card'),
    late: z.array(LateMoneyBody).optional().describe('money that nobody expected, and nobody has looked at yet'),
    remainingFen: z.int().nonnegative().optional().describe('what of the payment can still be given back'),
  })
  .meta({ id: 'OrderWithAttempt' });

export const OrderParams = z.object({ orderId });
export const AttemptParams = z.object({ attemptId });
export const IntentParams = z.object({ intentId: attemptId });
export const RefundParams = z.object({ refundId });
export const SlipParams = z.object({ slipId: id });
