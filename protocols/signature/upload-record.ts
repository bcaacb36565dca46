import { encodeGb18030 } from '../bytes/gb18030.ts';
import type { Bitmap } from '../escpos/image.ts';
import { encodeJbig } from './jbig-encode.ts';

// The record of a signature upload, 0820 -> 0830 (terminals.md 3.3), as several terminals send it; Q/CUP 009 itself is not
// public. It is handed to the backend in parts and not packed here: DE64 is a MAC under a key that never leaves the terminal
// or the acquirer, and DE2 is a card number that the till never has whole.
//
//   DE4 amount   DE11 trace   DE15 settlement MMDD, unless 0000   DE37 reference   DE41 terminal   DE42 merchant
//   DE55 receipt objects     DE60 "07" batch "800"                DE62 the picture as JBIG

export type ReceiptForm = 'gbk' | 'digits';

/** Objects of DE55: two bytes of tag, one of length (81 and one from 80 on), value. */
const RECEIPT_TAGS = {
  merchantName: { tag: 0xff00, form: 'gbk', max: 40 },
  transactionType: { tag: 0xff01, form: 'gbk', max: 20 },
  operator: { tag: 0xff02, form: 'digits', max: 2 },
  acquirer: { tag: 0xff03, form: 'gbk', max: 22 },
  issuer: { tag: 0xff04, form: 'gbk', max: 22 },
  expiry: { tag: 0xff05, form: 'digits', max: 4 },
  /** YYYYMMDDHHMMSS */
  time: { tag: 0xff06, form: 'digits', max: 14 },
  authorisation: { tag: 0xff07, form: 'gbk', max: 6 },
  organisation: { tag: 0xff09, form: 'gbk', max: 3 },
  currency: { tag: 0xff0a, form: 'gbk', max: 3 },
  /** where the customer wants the receipt sent */
  mobile: { tag: 0xff0b, form: 'digits', max: 12 },
  label: { tag: 0xff30, form: 'gbk', max: 16 },
  preferredName: { tag: 0xff31, form: 'gbk', max: 16 },
  remarks: { tag: 0xff40, form: 'gbk', max: 60 },
  printCount: { tag: 0xff70, form: 'digits', max: 2 },
} as const satisfies Record<string, { tag: number; form: ReceiptForm; max: number }>;

export type ReceiptObject = keyof typeof RECEIPT_TAGS;

export interface SignatureSale {
  readonly amountFen: number;
  /** six digits each */
  readonly trace: string;
  readonly batch: string;
  /** MMDD; absent where the host named none */
  readonly settlementMmdd?: string;
  /** twelve characters */
  readonly referenceNo: string;
  /** eight characters */
  readonly terminalId: string;
  /** fifteen characters */
  readonly merchantId: string;
  readonly receipt: Readonly<Partial<Record<ReceiptObject, string>>>;
}

export interface UploadLimits {
  /** bytes of DE62. LLLVAR holds 999: assumed, and configuration */
  readonly imageBytes: number;
  /** bytes of DE55, likewise */
  readonly receiptBytes: number;
}

export const UPLOAD_LIMITS: UploadLimits = { imageBytes: 999, receiptBytes: 999 };

export interface UploadRecord {
  readonly mti: '0820';
  /** by number of the data element; DE2 and DE64 are filled in by whoever has them */
  readonly fields: {
    readonly '4': string;
    readonly '11': string;
    readonly '15'?: string;
    readonly '37': string;
    readonly '41': string;
    readonly '42': string;
    readonly '55': Uint8Array;
    readonly '60': string;
    readonly '62': Uint8Array;
  };
}

export type UploadRefusal =
  | { readonly refusal: 'image-too-long'; readonly bytes: number }
  | { readonly refusal: 'receipt-too-long'; readonly bytes: number }
  | { readonly refusal: 'bad-field'; readonly field: string };

/** Accepted, also as something that was stored before: the queue is at least once. */
export const UPLOAD_ACCEPTED: readonly string[] = ['00', '94'];

/** An over-long picture is not cut: a signature that is half there is none. The slip is printed instead. */
export function uploadRecord(
  sale: SignatureSale,
  signature: Bitmap,
  limits: UploadLimits = UPLOAD_LIMITS,
): UploadRecord | UploadRefusal {
  const field = badField(sale);
  if (field !== undefined) return { refusal: 'bad-field', field };
  const receipt = receiptObjects(sale.receipt);
  if (typeof receipt === 'string') return { refusal: 'bad-field', field: receipt };
  if (receipt.length > limits.receiptBytes) return { refusal: 'receipt-too-long', bytes: receipt.length };
  const image = encodeJbig(signature);
  if (image.length > limits.imageBytes) return { refusal: 'image-too-long', bytes: image.length };
  const { amountFen, trace, batch, settlementMmdd, referenceNo, terminalId, merchantId } = sale;
  return {
    mti: '0820',
    fields: {
      '4': String(amountFen).padStart(12, '0'),
      '11': trace,
      ...(settlementMmdd !== undefined && settlementMmdd !== '0000' && { '15': settlementMmdd }),
      '37': referenceNo,
      '41': terminalId,
      '42': merchantId,
      '55': receipt,
      '60': `07${batch}800`,
      '62': image,
    },
  };
}

const FORMS = {
  trace: /^\d{6}$/,
  batch: /^\d{6}$/,
  referenceNo: /^[0-9A-Za-z ]{12}$/,
  terminalId: /^[0-9A-Za-z ]{8}$/,
  merchantId: /^[0-9A-Za-z ]{15}$/,
} as const;

/** The first member that has not its form. */
function badField(sale: SignatureSale): string | undefined {
  const { amountFen, settlementMmdd = '0000' } = sale;
  if (!Number.isSafeInteger(amountFen) || amountFen < 0 || amountFen > 999_999_999_999) return 'amountFen';
  if (!/^\d{4}$/.test(settlementMmdd)) return 'settlementMmdd';
  return (Object.keys(FORMS) as (keyof typeof FORMS)[]).find((name) => !FORMS[name].test(sale[name]));
}

/** The objects, or the name of the one that is not as its row says. */
function receiptObjects(receipt: SignatureSale['receipt']): Uint8Array | ReceiptObject {
  const bytes: number[] = [];
  for (const name of Object.keys(RECEIPT_TAGS) as ReceiptObject[]) {
    const text = receipt[name];
    if (text === undefined) continue;
    const { tag, form, max } = RECEIPT_TAGS[name];
    const value = form === 'digits' ? digits(text) : encodeGb18030(text);
    const length = form === 'digits' ? text.length : value?.length;
    if (!value || length === undefined || length > max) return name;
    bytes.push(tag >> 8, tag & 0xff, ...(value.length < 0x80 ? [] : [0x81]), value.length, ...value);
  }
  return Uint8Array.from(bytes);
}

/** Two in a byte, a zero in front of an odd number. */
function digits(text: string): Uint8Array | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const even = text.length % 2 === 0 ? text : `0${text}`;
  return Uint8Array.from({ length: even.length / 2 }, (_, n) => Number.parseInt(even.slice(2 * n, 2 * n + 2), 16));
}
