import type { Charge } from './charge.ts';
import { holdsMoney, type Refund } from './refund.ts';

/** What of a payment can still be given back: what has gone back of it counts, and all that may still do so. */
export function remainingFen(
  { attemptId, amountFen }: Pick<Charge, 'attemptId' | 'amountFen'>,
  refunds: Iterable<Refund>,
): number {
  let left = amountFen;
  for (const refund of refunds) if (refund.attemptId === attemptId && holdsMoney(refund)) left -= refund.refundFen;
  return Math.max(0, left);
}

/** What has certainly gone back of it. */
export function gaveBackFen({ attemptId }: Pick<Charge, 'attemptId'>, refunds: Iterable<Refund>): number {
  let back = 0;
  for (const refund of refunds)
    if (refund.attemptId === attemptId && refund.state === 'REFUNDED') back += refund.refundFen;
  return back;
}
