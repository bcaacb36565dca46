import { holdsMoney, type Refund } from './refund.ts';

/** What of a payment can still be given back: what has gone back counts, and all that may still do so. */
export function remainingFen(paidFen: number, orderId: string, refunds: Iterable<Refund>): number {
  let left = paidFen;
  for (const refund of refunds) if (refund.orderId === orderId && holdsMoney(refund)) left -= refund.refundFen;
  return Math.max(0, left);
}
