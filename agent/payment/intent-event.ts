import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { IntentEvent } from '../../protocols/backend/intents.ts';
import { type Intent, isIntentFinal } from './intent.ts';

/** What the backend is told of an intent. */
export function intentEvent(intent: Intent): IntentEvent {
  const { intentId, orderId, amountFen, state, reason, payment, task, secondPayment, exchanges } = intent;
  return {
    type: 'intent',
    intentId,
    orderId,
    amountFen,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...payment,
    ...(task === undefined ? {} : { task }),
    ...(secondPayment === undefined ? {} : { secondPayment }),
    ...(task === undefined ? {} : { evidence: { exchanges: [...exchanges.kept], leftOut: exchanges.leftOut } }),
  };
}

/** What results and the local API show of it, an `IntentView`: everything needed to draw the screen. */
export function intentView(intent: Intent): NonNullable<CommandResult['data']> {
  const { intentId, orderId, amountFen, title, lines, discountFen, deliveryId, channel, forms, ttlMs } = intent;
  const { state, createdAt, expiresAt, codeText, shareUrl, riskNotice, reason, payment, task, closeReason } = intent;
  return JSON.parse(
    JSON.stringify({
      intentId,
      orderId,
      amountFen,
      currency: 'CNY',
      title,
      lines,
      discountFen,
      deliveryId,
      channel,
      forms,
      ttlMs,
      state,
      closing: closeReason !== undefined && !isIntentFinal(intent),
      createdAt,
      expiresAt,
      codeText,
      shareUrl,
      riskNotice,
      reason,
      paidFen: payment?.paidFen,
      paidAt: payment?.paidAt,
      paidBy: payment?.channel,
      transactionId: payment?.transactionId,
      task,
    }),
  ) as NonNullable<CommandResult['data']>;
}
