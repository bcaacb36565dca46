import { z } from '@hono/zod-openapi';
import { TerminalKey } from '../../protocols/backend/attempt-events.ts';
import { attemptId, fen, millis, orderId } from '../../protocols/backend/fields.ts';
import { CompletePreAuthArgs, PreAuthArgs } from '../../protocols/backend/holds.ts';
import { HOLD_STATES, type HoldState } from '../payment/hold-states.ts';
import { names, words } from './schema-parts.ts';

// Holds on customers' cards (预授权).

export const PreAuthBody = PreAuthArgs.extend({ currency: PreAuthArgs.shape.currency.default('CNY') }).meta({
  id: 'PreAuthorisation',
  description: 'Hold an amount on the customer’s card for an order. Nothing is charged.',
});

export const CompletionBody = CompletePreAuthArgs.omit({ orderId: true })
  .extend({ currency: CompletePreAuthArgs.shape.currency.default('CNY') })
  .meta({ id: 'Completion', description: 'What is charged of the hold; the rest of it is free again.' });

export const HoldBody = z
  .strictObject({
    holdId: attemptId,
    orderId,
    amountFen: fen,
    mostFen: fen.optional().describe('the most that may still be charged of it, while it is held'),
    state: names<HoldState>(HOLD_STATES),
    words,
    since: millis.describe('backend time since which it stands'),
    ageDays: z.int().nonnegative(),
    assumedUntil: millis
      .optional()
      .describe('when the issuer may give it up: an assumption of the configuration, never believed'),
    maskedPan: z.string().optional(),
    key: TerminalKey.optional(),
  })
  .meta({ id: 'Hold', description: 'Money of a customer that is held for an order: none of the shop’s.' });

export const HoldList = z.strictObject({ holds: z.array(HoldBody) }).meta({ id: 'HoldList' });
