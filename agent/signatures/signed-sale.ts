import { featureCode } from '../../protocols/signature/feature-code.ts';
import type { TransactionKey } from '../../protocols/terminal/messages.ts';
import type { Config } from '../config.ts';
import type { Attempt } from '../payment/attempt.ts';
import type { SignedSale } from './uploads.ts';

// What a card payment says of itself to the signature: the code that is drawn under the ink, and the record that goes up with it.

/** MMDD where the terminal named a date, else `0000` as the acquirers have it. */
function settlementOf({ date = '' }: TransactionKey): string {
  return /^\d{4}$/.test(date) ? date : '0000';
}

/** 交易特征码: of the host's reference where there is one, else of batch and trace; `undefined`: nothing names the payment. */
export function featureCodeOf({ card }: Attempt): string | undefined {
  const key = card?.result?.key ?? {};
  const { rrn, batch, trace = key.receipt } = key;
  const online = rrn === undefined ? undefined : featureCode({ settlementMmdd: settlementOf(key), referenceNo: rrn });
  if (online !== undefined || trace === undefined) return online;
  return featureCode({ batch: sixDigits(batch), trace: sixDigits(trace) });
}

/** `batch` and `trace` are six digits: what names the signature for ever. */
export function signedSale(attempt: Attempt, merchant: Config['merchant'], code: string): SignedSale {
  const { attemptId, orderId, amountFen } = attempt;
  const key = attempt.card?.result?.key ?? {};
  const { authorisation } = key;
  return {
    attemptId,
    orderId,
    amountFen,
    featureCode: code,
    batch: sixDigits(key.batch),
    trace: sixDigits(key.trace ?? key.receipt),
    settlementMmdd: settlementOf(key),
    referenceNo: (key.rrn ?? '').padEnd(12).slice(0, 12),
    terminalId: (key.terminalId ?? merchant.terminalNo).padEnd(8).slice(0, 8),
    merchantId: merchant.merchantNo.padEnd(15).slice(0, 15),
    receipt: {
      merchantName: merchant.name.slice(0, 20),
      transactionType: '消费',
      ...(authorisation === undefined ? {} : { authorisation: authorisation.slice(0, 6) }),
    },
  };
}

/** Zeros in front; a terminal that names no batch has batch 000000. */
function sixDigits(text = ''): string {
  return text.replace(/\D/g, '').padStart(6, '0').slice(-6);
}
