import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { Attempt } from '../payment/attempt.ts';
import type { Intent, Payment } from '../payment/intent.ts';

/** Money the shop has for an order: what a refund may give back, and through which channel. */
export interface Charge {
  readonly orderId: string;
  readonly attemptId: string;
  readonly channel: PayChannel;
  readonly amountFen: number;
  readonly transactionId?: string;
  /** backend time, Unix ms; unknown when the channel did not say */
  readonly paidAt?: number;
  /** backend time until which a reverse that was sent may still be carried out: until then nothing is given back */
  readonly reverseUntil?: number;
}

/** An intent is the channel's out_trade_no like an attempt: a refund names it the same way. */
export function intentCharge(
  { orderId, intentId, amountFen }: Intent,
  { channel, transactionId, paidAt }: Payment,
): Charge {
  const known = transactionId === undefined ? {} : { transactionId };
  return { orderId, attemptId: intentId, channel, amountFen, paidAt, ...known };
}

/** What was charged by the terminal goes back there, whatever the customer showed it. */
export function chargeOf(attempt: Attempt): Charge {
  const { orderId, attemptId, channel, amountFen, transactionId, paidAt, card } = attempt;
  return {
    orderId,
    attemptId,
    channel: card ? 'CARD' : channel,
    amountFen,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(paidAt === undefined ? {} : { paidAt }),
  };
}
