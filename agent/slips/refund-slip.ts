import type { Config } from '../config.ts';
import type { TillBook } from '../journal/book.ts';
import type { Refund } from '../refunds/refund.ts';
import type { Printable } from './printable.ts';
import { voucherNo } from './slip-texts.ts';

/** The print job of a refund: one name for life, so that it is printed once however often it is asked for. */
export function refundJobId(refundId: string): string {
  return `refund-${refundId}`;
}

/** The refund's slip (退货): what went back, of which payment, and who allowed it. */
export function refundSlip(refund: Refund, book: TillBook, merchant: Config['merchant']): Printable {
  const { refundId, attemptId, orderId, channel, refundFen, transactionId, approvedBy, settledAt, requestedAt } =
    refund;
  const original = [...book.slips.values()].find((slip) => slip.attemptId === attemptId && !slip.duplicate);
  return {
    kind: 'reversal',
    slip: {
      merchantName: merchant.name,
      merchantNo: merchant.merchantNo,
      terminalNo: merchant.terminalNo,
      operatorNo: merchant.operatorNo,
      servicePhone: merchant.servicePhone,
      channel,
      maskedPaycode: book.attempts.get(attemptId)?.attempt.maskedPaycode ?? '',
      orderId,
      attemptId,
      transactionId,
      amountFen: refundFen,
      paidAt: settledAt ?? requestedAt,
      slipId: refundJobId(refundId).slice(0, 64),
      anchor: book.head.hash.slice(0, 8),
    },
    reversal: {
      kind: 'refund',
      refundId,
      originalSlipId: voucherNo(book.paidEntry(attemptId)) ?? original?.slipId,
      originalPaidAt: book.charge(orderId)?.paidAt,
      approvedBy,
    },
  };
}
