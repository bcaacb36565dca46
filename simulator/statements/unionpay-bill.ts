import { encodeGb18030 } from '../../protocols/bytes/gb18030.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import { type BillTerms, beijing, entriesOf, feeOf } from './bill.ts';

/** Bytes of the 41 fields, in order (UnionPay's ZM file). */
const WIDTHS = [
  3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13,
  8, 32, 13, 13, 12, 2, 1, 131,
] as const;

/** `INN<yymmdd>00ZM_<merchant>`: the rows have no year, the name has. */
export function unionPayBillName({ day, merchantId }: BillTerms): string {
  return `INN${day.slice(2).replaceAll('-', '')}00ZM_${merchantId}`;
}

/** One fixed-width line of GBK for each transaction, a space between two fields, CRLF. */
export function unionPayBill(ledger: readonly LedgerEntry[], terms: BillTerms): Uint8Array {
  const lines = entriesOf(ledger, ['UNIONPAY', 'EMV'], terms.day).map((entry) => line(entry, terms));
  return Uint8Array.from(lines.flatMap((one) => [...one, 0x0d, 0x0a]));
}

function line(entry: LedgerEntry, terms: BillTerms): Uint8Array {
  const fields = fieldsOf(entry, terms);
  const record = new Uint8Array(607).fill(0x20);
  let at = 0;
  for (const [number, width] of WIDTHS.entries()) {
    record.set(encodeGb18030(fields[number + 1] ?? '').subarray(0, width), at);
    at += width + 1;
  }
  return record;
}

/** Only the fields that say something, by their number in the specification. */
function fieldsOf(entry: LedgerEntry, terms: BillTerms): Readonly<Record<number, string>> {
  const { kind, amountFen, transactionId, attemptId, refundId, at } = entry;
  const isCharge = kind === 'charge';
  const fee = feeOf(entry, terms.feeRateBp);
  const time = beijing(at).replace(/\D/g, '').slice(4);
  // our transaction numbers are longer than a 查询流水号
  const queryId = transactionId.slice(-21);
  const settled = (isCharge ? amountFen : -amountFen) - fee;
  return {
    1: isCharge ? 'S22' : kind === 'refund' ? 'S30' : 'S99',
    2: '00000000000',
    3: '00010000',
    4: transactionId.slice(-6),
    5: time,
    6: '626360******3672',
    7: String(amountFen).padStart(12, '0'),
    8: '5411',
    9: '07',
    10: isCharge ? queryId : `9${queryId.slice(1)}`,
    12: refundId ?? attemptId,
    13: '01',
    16: signed(-fee),
    17: signed(settled),
    18: '0001',
    20: isCharge ? '01' : kind === 'refund' ? '04' : '99',
    21: '00',
    22: '000000',
    23: '01',
    26: '0',
    27: isCharge ? '' : queryId,
    28: terms.merchantId,
    31: terms.shopName,
    32: signed(0),
    33: signed(settled),
    34: terms.terminalNo,
    36: signed(0),
    37: signed(0),
  };
}

/** C: to the merchant. D: out of the merchant's money. */
function signed(fen: number): string {
  return `${fen < 0 ? 'D' : 'C'}${String(Math.abs(fen)).padStart(12, '0')}`;
}
