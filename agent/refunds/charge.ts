import type { PayChannel } from '../../protocols/backend/fields.ts';

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
