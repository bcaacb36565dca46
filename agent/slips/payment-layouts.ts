import type { Config } from '../config.ts';
import type { TillBook } from '../journal/book.ts';
import type { EntryRef } from '../journal/entry.ts';
import type { Order, Slip } from '../journal/records.ts';
import type { Attempt } from '../payment/attempt.ts';
import type { Intent } from '../payment/intent.ts';
import { cardPaymentSlip, type SignedPicture } from './card-payment-slip.ts';
import type { Laid } from './print-form.ts';
import { saleSlip } from './sale-slip.ts';
import { voucherNo } from './slip-texts.ts';
import { merchantReceipt, terminalReceiptSlip } from './terminal-receipt-slip.ts';

export interface PaymentLayoutParts {
  readonly book: TillBook;
  readonly merchant: Config['merchant'];
  /** who settles with the shop, as registered */
  readonly acquirer?: string | undefined;
  readonly paper: 58 | 80;
  /** nothing that is printed is a receipt */
  readonly training: boolean;
  readonly backendNow: () => number;
  /** what the customer signed for a card payment, while this till has it */
  readonly signatureOf?: ((attemptId: string) => SignedPicture | undefined) | undefined;
}

/** As long as those of most channels. */
const UNKNOWN_PAYCODE = '*'.repeat(18);

/** What stands on the slip of a payment, as the journal knows it. */
export class PaymentLayouts {
  readonly #parts: PaymentLayoutParts;

  constructor(parts: PaymentLayoutParts) {
    this.#parts = parts;
  }

  /**
   * Lays out the slip that an order may come to, to nowhere: form and layout remember what was on it. What is not known yet is
   * told by something of the like, and what cannot be laid out is told when it is to be printed.
   */
  rehearse({ orderId, amountFen }: Order): void {
    const slip: Slip = { slipId: orderId, attemptId: orderId, state: 'queued', duplicate: false };
    const payment = {
      attemptId: orderId,
      orderId,
      amountFen,
      channel: 'WECHAT',
      maskedPaycode: UNKNOWN_PAYCODE,
    } as const;
    try {
      this.#wallet({ ...payment, transactionId: orderId }, this.#parts.book.head, slip);
    } catch {
      return;
    }
  }

  /** Throws when form and data do not go together, or nothing is known of the payment. */
  of(slip: Slip): Laid {
    const { book } = this.#parts;
    const { attemptId } = slip;
    const attempt = book.attempts.get(attemptId)?.attempt;
    if (attempt?.card) return this.#card(attempt, slip);
    const entry = book.paidEntry(attemptId);
    const payment: PaidBy | undefined = attempt ?? asPayment(book.intents.get(attemptId));
    if (!payment) throw new RangeError(`nothing is known of attempt ${attemptId}`);
    return this.#wallet(payment, entry, slip);
  }

  #wallet(payment: PaidBy, entry: EntryRef | undefined, slip: Slip): Laid {
    const { merchant, acquirer, paper, training, backendNow, book } = this.#parts;
    const { attemptId, channel, maskedPaycode, orderId, amountFen, paidAt, transactionId, instalments } = payment;
    return saleSlip(
      {
        merchantName: merchant.name,
        merchantNo: merchant.merchantNo,
        terminalNo: merchant.terminalNo,
        operatorNo: merchant.operatorNo,
        channel,
        maskedPaycode,
        orderId,
        attemptId,
        amountFen,
        paidAt: paidAt ?? backendNow(),
        slipId: voucherNo(entry) ?? slip.slipId,
        anchor: (entry ?? book.head).hash.slice(0, 8),
        duplicate: slip.duplicate,
        training,
        transactionId,
        servicePhone: merchant.servicePhone,
        instalments,
        acquirer,
      },
      paper,
    );
  }

  #card(attempt: Attempt, { duplicate, receipt }: Slip): Laid {
    const { merchant, paper, training, backendNow, book, signatureOf } = this.#parts;
    const { hash } = book.paidEntry(attempt.attemptId) ?? book.head;
    const signature = signatureOf?.(attempt.attemptId);
    const receipts = attempt.card?.receipts ?? [];
    const theirs = receipt === undefined ? merchantReceipt(receipts) : receipts[receipt];
    if (theirs) {
      const about = `${attempt.orderId} #${hash.slice(0, 8)}`;
      return terminalReceiptSlip(theirs, { about, signature, paper, marks: { duplicate, training } });
    }
    return cardPaymentSlip(attempt, {
      merchant,
      paper,
      duplicate,
      now: backendNow(),
      anchor: hash.slice(0, 8),
      signature,
    });
  }
}

/** What a slip says of a payment, whoever showed the code to whom. */
type PaidBy = Pick<Attempt, 'attemptId' | 'channel' | 'orderId' | 'amountFen'> &
  Partial<Pick<Attempt, 'maskedPaycode' | 'paidAt' | 'transactionId' | 'instalments'>>;

function asPayment(intent: Intent | undefined): PaidBy | undefined {
  if (!intent?.payment) return undefined;
  const { intentId: attemptId, orderId, amountFen, payment } = intent;
  const { channel, paidAt, transactionId } = payment;
  return { attemptId, orderId, amountFen, channel, paidAt, ...(transactionId === undefined ? {} : { transactionId }) };
}
