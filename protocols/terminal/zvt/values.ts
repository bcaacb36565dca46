import { bcdDigits, decodeBcd } from '../../bytes/bcd.ts';
import { toHex } from '../../bytes/hex.ts';
import { type Field, objectsOf, valueOf } from './bmp-list.ts';
import { decodeText } from './charset.ts';
import { findTlv } from './tlv.ts';

// What the data fields of a result mean. Numbers that are compared but never counted (trace, receipt) stay digits.

/** BMP 8A; 02 and 2E were seen with their names, the others are from memory. */
const CARD_TYPES: Readonly<Record<number, string>> = {
  0x02: 'ec-Card',
  0x05: 'girocard',
  0x06: 'Mastercard',
  0x08: 'American Express',
  0x0a: 'VISA',
  0x0b: 'VISA Electron',
  0x0c: 'Diners',
  0x0d: 'V PAY',
  0x0e: 'JCB',
  0x2e: 'Maestro',
};

export interface ResultValues {
  readonly resultCode?: number;
  /** minor units */
  readonly amount?: number;
  /** ISO 4217, e.g. 978 */
  readonly currency?: number;
  readonly trace?: string;
  readonly originalTrace?: string;
  readonly receipt?: string;
  readonly turnover?: string;
  /** HHMMSS and MMDD, the terminal's own clock */
  readonly time?: string;
  readonly date?: string;
  readonly expiry?: string;
  readonly cardSequence?: string;
  readonly terminalId?: string;
  readonly merchantId?: string;
  readonly authorisation?: string;
  readonly additionalText?: string;
  readonly cardType?: string;
  readonly cardName?: string;
  /** with the digits that the terminal masked as `*` */
  readonly pan?: string;
  readonly applicationId?: string;
  readonly cardTechnology?: number;
  readonly holderCheck?: number;
  /** 1F73 */
  readonly messageId?: number;
  /** 1F1F */
  readonly receiptSync?: string;
}

/** The meanings of the fields that are there. */
export function resultValues(fields: readonly Field[]): ResultValues {
  const objects = objectsOf(fields);
  const bytes = (bmp: Parameters<typeof valueOf>[1]) => valueOf(fields, bmp);
  const tag = (...path: readonly string[]) => findTlv(objects, ...path)?.value;
  return defined({
    resultCode: bytes('27')?.[0],
    amount: number(bytes('04')),
    currency: number(bytes('49')),
    trace: digits(bytes('0B')),
    originalTrace: digits(bytes('37')),
    receipt: digits(bytes('87')),
    turnover: digits(bytes('88')),
    time: digits(bytes('0C')),
    date: digits(bytes('0D')),
    expiry: digits(bytes('0E')),
    cardSequence: digits(bytes('17')),
    terminalId: digits(bytes('29')),
    merchantId: text(bytes('2A'))?.trimEnd(),
    authorisation: ended(bytes('3B')),
    additionalText: text(bytes('3C')),
    cardType: CARD_TYPES[bytes('8A')?.[0] ?? -1],
    cardName: ended(bytes('8B')),
    pan: pan(bytes('22')),
    applicationId: hex(tag('60', '43')),
    cardTechnology: (tag('2F', '1F12') ?? tag('1F12'))?.[0],
    holderCheck: (tag('2F', '1F10') ?? tag('1F10'))?.[0],
    messageId: number(tag('1F73')),
    receiptSync: digits(tag('1F1F')),
  });
}

type Loose<T> = { [K in keyof T]: T[K] | undefined };

function defined(values: Loose<ResultValues>): ResultValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const number = (bytes: Uint8Array | undefined) => bytes && decodeBcd(bytes);
const digits = (bytes: Uint8Array | undefined) => bytes && bcdDigits(bytes);
const hex = (bytes: Uint8Array | undefined) => bytes && toHex(bytes).toUpperCase();
const text = (bytes: Uint8Array | undefined) => bytes && decodeText(bytes);

/** Filled up with NUL. */
function ended(bytes: Uint8Array | undefined): string | undefined {
  return bytes && decodeText(bytes).replace(/[\0 ]+$/, '');
}

/** E is a digit that the terminal keeps to itself, F fills up, D separates the card's other data: that is nobody's business. */
function pan(bytes: Uint8Array | undefined): string | undefined {
  return bytes && (toHex(bytes).split(/[df]/)[0] ?? '').replaceAll('e', '*');
}
