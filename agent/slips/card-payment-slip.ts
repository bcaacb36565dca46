import type { Bitmap } from '../../protocols/escpos/image.ts';
import type { Config } from '../config.ts';
import type { Attempt } from '../payment/attempt.ts';
import { type CardSlip, cardSlip } from './card-slip.ts';
import type { Laid } from './print-form.ts';

export interface CardPaymentSlip {
  readonly merchant: Config['merchant'];
  readonly paper: 58 | 80;
  readonly duplicate: boolean;
  /** backend time, for a payment that was not told its own */
  readonly now: number;
  /** first 8 digits of the hash of the journal entry that says PAID */
  readonly anchor: string;
  /** what the customer signed on a pad, while this till still has it */
  readonly signature?: SignedPicture | undefined;
}

export interface SignedPicture {
  readonly picture: Bitmap;
  readonly featureCode: string;
}

/** The merchant's copy of a card payment's slip: what the terminal said of it, and the customer's signature. */
export function cardPaymentSlip(attempt: Attempt, slip: CardPaymentSlip): Laid {
  const { merchant, paper, duplicate, now, anchor, signature } = slip;
  const { key = {}, card } = attempt.card?.result ?? {};
  const known = { issuer: card?.name, authNo: key.authorisation, servicePhone: merchant.servicePhone };
  const { kind, ...original } = about(attempt);
  return cardSlip(
    {
      ...known,
      kind,
      ...original,
      copy: 'merchant',
      merchantName: merchant.name,
      merchantNo: merchant.merchantNo,
      terminalNo: key.terminalId ?? merchant.terminalNo,
      operatorNo: merchant.operatorNo,
      orderId: attempt.orderId,
      anchor,
      amountFen: attempt.amountFen,
      paidAt: attempt.paidAt ?? attempt.settledAt ?? now,
      duplicate,
      maskedCardNo: masked(card?.pan ?? attempt.maskedPaycode),
      batchNo: key.batch ?? '',
      voucherNo: key.receipt ?? key.trace ?? '',
      referenceNo: key.rrn ?? '',
      exempt: card?.holderCheck === 'none',
      byCode: attempt.channel !== 'CARD',
      featureCode: signature?.featureCode,
      signature: signature?.picture,
    },
    paper,
  );
}

/** What it is, and what the charge or cancellation of a hold belongs to. */
function about({ card }: Attempt): Pick<CardSlip, 'kind' | 'originalVoucherNo' | 'originalReferenceNo' | 'preAuthNo'> {
  const command = card?.command;
  if (command?.kind === 'preAuth') return { kind: 'preAuth' };
  if (command?.kind !== 'completePreAuth' && command?.kind !== 'cancelPreAuth') return { kind: 'sale' };
  const { receipt, trace, rrn, authorisation } = command.original;
  return {
    kind: command.kind,
    originalVoucherNo: receipt ?? trace,
    originalReferenceNo: rrn,
    preAuthNo: authorisation,
  };
}

/** Some makes say nothing of the card at all. */
function masked(number: string): string {
  return number === '' ? '****' : number;
}
