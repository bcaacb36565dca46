import { decodeGb18030 } from '../bytes/gb18030.ts';
import { decodeLatin1 } from '../bytes/latin1.ts';
import { type OnRow, StatementFault, type StatementReader, type StatementRow } from './row.ts';
import { statementTime } from './values.ts';

// UnionPay ZM file (payment.md §5.3): INN<yymmdd>00ZM_<merchant>, one transaction a line of fixed-width bytes (GBK), CRLF.
//
//   S22 00000000000 00010000    000123 1120152501 626360******3672    000000010000 ...
//
// One space stands between two fields in the official demo, none in other files that were seen: the record's length tells.
// Widths count bytes, not characters.

/** The 41 fields and their bytes (`UnionField` of lyonliyang/demo). */
export const UNIONPAY_LAYOUT = [
  ['txnCode', 3],
  ['agentInst', 11],
  ['sendInst', 11],
  ['traceNo', 6],
  ['txnTime', 10],
  ['maskedAcct', 19],
  ['amount', 12],
  ['mcc', 4],
  ['termType', 2],
  ['queryId', 21],
  ['payTypeOld', 2],
  ['orderId', 32],
  ['cardType', 2],
  ['origTrace', 6],
  ['origTime', 10],
  ['merFee', 13],
  ['settleAmt', 13],
  ['payType', 4],
  ['groupMer', 15],
  ['txnType', 2],
  ['txnSubType', 2],
  ['bizType', 6],
  ['acctType', 2],
  ['billType', 4],
  ['billNo', 32],
  ['interactMode', 1],
  ['origQueryId', 21],
  ['merId', 15],
  ['splitMode', 1],
  ['subMerId', 15],
  ['subMerAbbr', 32],
  ['splitAmt', 13],
  ['netAmt', 13],
  ['termId', 8],
  ['merReserved', 32],
  ['discountAmt', 13],
  ['invoiceAmt', 13],
  ['instalFee', 12],
  ['instalCount', 2],
  ['txnMedium', 1],
  ['reserved', 131],
] as const;

export type UnionPayField = (typeof UNIONPAY_LAYOUT)[number][0];

/** Bytes of a record without its end. The last field is 125 bytes and six separators, which one kind of file leaves out. */
export const UNIONPAY_LENGTHS = { singleSpace: 607, noSeparatorTailKept: 567, noSeparatorTailSplit: 561 } as const;

/** Offset and bytes of every field, with and without a separator. */
const PLACES = { 0: placesOf(0), 1: placesOf(1) } as const;

function placesOf(gap: number): Readonly<Record<UnionPayField, readonly [from: number, bytes: number]>> {
  let from = 0;
  const places = UNIONPAY_LAYOUT.map(([name, bytes]) => {
    const place = [name, [from, bytes]] as const;
    from += bytes + gap;
    return place;
  });
  return Object.fromEntries(places) as Record<UnionPayField, readonly [number, number]>;
}

/** S22 is verified, S30 from memory; other codes are told apart by 交易类型: 01 consume, 04 refund, 31 and 99 revoke. */
const KIND_OF_CODE = new Map<string, StatementRow['kind']>([
  ['S22', 'PAYMENT'],
  ['S30', 'REFUND'],
]);
const KIND_OF_TYPE = new Map<string, StatementRow['kind']>([
  ['01', 'PAYMENT'],
  ['04', 'REFUND'],
  ['31', 'REVERSAL'],
  ['99', 'REVERSAL'],
]);

/** Day (`20YY-MM-DD`) and merchant of a file's name; `undefined` for another name. */
export function unionPayFile(name: string): { readonly day: string; readonly merchantId: string } | undefined {
  const match = /(?:^|\/)INN(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{2}ZME?_(\w{1,15})/.exec(name);
  const [, year = '', month = '', day = '', merchantId = ''] = match ?? [];
  return match ? { day: `20${year}-${month}-${day}`, merchantId } : undefined;
}

/** Whether a first line can be one of a ZM file. */
export function isUnionPayLine(line: Uint8Array): boolean {
  return gapOf(line) !== undefined && /^[A-Z]\d{2}$/.test(decodeLatin1(line.subarray(0, 3)));
}

function gapOf({ length }: Uint8Array): 0 | 1 | undefined {
  if (length === UNIONPAY_LENGTHS.singleSpace) return 1;
  const bare: readonly number[] = [UNIONPAY_LENGTHS.noSeparatorTailKept, UNIONPAY_LENGTHS.noSeparatorTailSplit];
  return bare.includes(length) ? 0 : undefined;
}

/** Lines of a ZM file as bytes, without their ends. The file's name tells the year. */
export class UnionPayStatement implements StatementReader<Uint8Array> {
  readonly #onRow: OnRow;
  readonly #file: { readonly day: string; readonly merchantId: string };

  constructor(fileName: string, onRow: OnRow) {
    const file = unionPayFile(fileName);
    if (!file)
      throw new StatementFault('DATE', 'the rows have no year: the file must keep its name INN<yymmdd>00ZM_<merchant>');
    this.#file = file;
    this.#onRow = onRow;
  }

  push(line: Uint8Array): void {
    if (line.length === 0) return;
    const gap = gapOf(line);
    if (gap === undefined) throw new StatementFault('ROW', `a record of ${line.length} bytes`);
    const row = rowOf(fieldReader(line, gap), this.#file.day);
    if (row.merchantId !== this.#file.merchantId)
      throw new StatementFault(
        'MERCHANT',
        `a row of merchant ${row.merchantId} in the file of ${this.#file.merchantId}`,
      );
    this.#onRow(row);
  }

  /** A ZM file says nothing about itself: every row is held against its own sums instead. */
  end(): void {}
}

type Fields = (name: UnionPayField) => string;

function fieldReader(line: Uint8Array, gap: 0 | 1): Fields {
  const places = PLACES[gap];
  return (name) => {
    const [from, bytes] = places[name];
    const field = line.subarray(from, from + bytes);
    const text = name === 'subMerAbbr' ? decodeGb18030(field) : decodeLatin1(field);
    if (text === undefined) throw new StatementFault('TEXT_ENCODING', 'a name that is not GBK');
    return text.trim();
  };
}

function rowOf(of: Fields, day: string): StatementRow {
  const kind = KIND_OF_CODE.get(of('txnCode')) ?? KIND_OF_TYPE.get(of('txnType'));
  if (!kind) throw new StatementFault('ROW', `unknown transaction ${of('txnCode')} of type ${of('txnType')}`);
  const isPayment = kind === 'PAYMENT';
  const amount = digits(of('amount'));
  const amountFen = isPayment || amount === 0 ? amount : -amount;
  const feeFen = -signed(of('merFee')) || 0;
  const settleFen = signed(of('settleAmt'));
  if (amountFen - feeFen !== settleFen)
    throw new StatementFault('AMOUNT', `${amountFen} less the fee ${feeFen} is not the settled ${settleFen} fen`);
  return {
    channel: 'UNIONPAY',
    kind,
    status: 'SUCCESS',
    timeLocal: timeOf(of('txnTime'), day),
    merchantId: of('merId'),
    subMerchantId: of('subMerId') || null,
    terminalNo: of('termId') || null,
    // a revocation carries the order's own number (from memory), a refund one of its own
    attemptId: kind === 'REFUND' ? null : of('orderId') || null,
    channelTxnId: isPayment ? of('queryId') : of('origQueryId'),
    refundId: isPayment ? null : of('orderId') || null,
    channelRefundId: isPayment ? null : of('queryId'),
    amountFen,
    settleFen,
    channelDiscountFen: signed(of('discountAmt')),
    feeFen,
    rate: null,
    title: of('subMerAbbr') || null,
  };
}

function digits(text: string): number {
  if (!/^\d{12}$/.test(text)) throw new StatementFault('AMOUNT', `"${text}" is not twelve digits of fen`);
  return Number(text);
}

/** `C000000009940`: C to the merchant, D out of the merchant's money. */
function signed(text: string): number {
  const fen = digits(text.slice(1));
  if (text[0] !== 'C' && text[0] !== 'D') throw new StatementFault('AMOUNT', `"${text}" has neither C nor D`);
  return text[0] === 'D' && fen !== 0 ? -fen : fen;
}

/** `MMDDhhmmss` has no year: the file's, and at New Year the one beside it. */
function timeOf(text: string, day: string): string {
  const [, month = '', date = '', hour = '', minute = '', second = ''] = /^(..)(..)(..)(..)(..)$/.exec(text) ?? [];
  const fileYear = Number(day.slice(0, 4));
  const fileMonth = day.slice(5, 7);
  const year =
    fileMonth === '01' && month === '12'
      ? fileYear - 1
      : fileMonth === '12' && month === '01'
        ? fileYear + 1
        : fileYear;
  return statementTime(`${year}-${month}-${date} ${hour}:${minute}:${second}`);
}
