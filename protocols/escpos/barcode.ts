import { decodeLatin1 } from '../bytes/latin1.ts';
import { code93Widths } from './code93.ts';
import { codewords128, gs1Codewords, text128, WIDTHS_128 } from './code128.ts';

// Bars and spaces of the one-dimensional barcodes, as widths in modules (a wide element is 2.5 modules: GS w, thick bars).

const BARCODE_KINDS = [
  'UPC-A',
  'UPC-E',
  'EAN13',
  'EAN8',
  'CODE39',
  'ITF',
  'CODABAR',
  'CODE93',
  'CODE128',
  'GS1-128',
  'DATABAR',
  'PDF417',
  'MAXICODE',
  'COMPOSITE',
  'AZTEC',
  'DATAMATRIX',
] as const;
export type BarcodeKind = (typeof BARCODE_KINDS)[number];

export interface Bars {
  /** bar, space, bar, ... in modules; empty when this project does not draw the kind */
  readonly widths: readonly number[];
  /** what stands below the bars */
  readonly text: string;
}

/** The bars of `data` as the command carries it, or `undefined` when this kind cannot hold it. */
export function bars(kind: BarcodeKind, data: Uint8Array, auto = false): Bars | undefined {
  const text = decodeLatin1(data);
  switch (kind) {
    case 'EAN13':
      return ean(text, 13);
    case 'EAN8':
      return ean(text, 8);
    case 'UPC-A':
      return upcA(text);
    case 'CODE39':
      return code39(text);
    case 'ITF':
      return interleaved(text);
    case 'CODABAR':
      return codabar(text);
    case 'CODE128':
      return code128(data, auto);
    case 'UPC-E':
      return upcE(text);
    case 'CODE93':
      return code93(text);
    case 'GS1-128':
      return gs1128(text);
    case 'DATABAR':
    case 'PDF417':
    case 'MAXICODE':
    case 'COMPOSITE':
    case 'AZTEC':
    case 'DATAMATRIX':
      break;
  }
  return data.length > 0 ? { widths: [], text } : undefined;
}

function code128(data: Uint8Array, auto: boolean): Bars | undefined {
  const words = codewords128(data, auto);
  return words && { widths: words.flatMap((word) => digits(WIDTHS_128[word] ?? '')), text: text128(data, auto) };
}

const digits = (text: string) => [...text].map(Number);
/** 0 narrow, 1 wide */
const elements = (pattern: string) => [...pattern].map((bit) => (bit === '1' ? 2.5 : 1));

const LEFT = ['3211', '2221', '2122', '1411', '1132', '1231', '1114', '1312', '1213', '3112'];
const PARITY = ['000000', '001011', '001101', '001110', '010011', '011001', '011100', '010101', '010110', '011010'];

/** GS1 General Specifications 5.2: the last digit makes the weighted sum a multiple of ten. */
function checkDigit(body: string): number {
  let sum = 0;
  for (let i = body.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += weight * Number(body.charAt(i));
  return (10 - (sum % 10)) % 10;
}

function withCheck(text: string, length: number): string | undefined {
  if (!/^\d+$/.test(text) || (text.length !== length && text.length !== length - 1)) return undefined;
  return text.slice(0, length - 1) + checkDigit(text.slice(0, length - 1));
}

function ean(text: string, length: 8 | 13): Bars | undefined {
  const number = withCheck(text, length);
  if (number === undefined) return undefined;
  const parity = length === 13 ? (PARITY[Number(number.charAt(0))] ?? '') : '0000';
  const body = length === 13 ? number.slice(1) : number;
  const half = body.length / 2;
  const left = digits(body.slice(0, half)).flatMap((digit, k) => {
    const widths = digits(LEFT[digit] ?? '');
    return parity.charAt(k) === '1' ? widths.reverse() : widths;
  });
  const right = digits(body.slice(half)).flatMap((digit) => digits(LEFT[digit] ?? ''));
  return { widths: [1, 1, 1, ...left, 1, 1, 1, 1, 1, ...right, 1, 1, 1], text: number };
}

function upcA(text: string): Bars | undefined {
  const number = withCheck(text, 12);
  const symbol = number === undefined ? undefined : ean(`0${number}`, 13);
  return symbol && { widths: symbol.widths, text: symbol.text.slice(1) };
}

/** UPC-E stands for a UPC-A number with zeros in the middle; all lengths that GS k takes are brought to six digits. */
function upcE(text: string): Bars | undefined {
  if (!/^(\d{6,8}|\d{11,12})$/.test(text)) return undefined;
  const six = text.length > 8 ? shortened(text) : text.length === 6 ? text : text.slice(1, 7);
  if (six === undefined || (text.length > 6 && !/^[01]/.test(text))) return undefined;
  const system = text.length > 6 ? text.charAt(0) : '0';
  const check = checkDigit(system + lengthened(six));
  const parity = UPC_E_PARITY[check] ?? '';
  const body = digits(six).flatMap((digit, k) => {
    const widths = digits(LEFT[digit] ?? '');
    return (parity.charAt(k) === '1') !== (system === '1') ? widths.reverse() : widths;
  });
  return { widths: [1, 1, 1, ...body, 1, 1, 1, 1, 1, 1], text: `${system}${six}${check}` };
}

/** 1: the mirrored pattern, for number system 0 (GS1 General Specifications 5.2.1.4) */
const UPC_E_PARITY = '111000 110100 110010 110001 101100 100110 100011 101010 101001 100101'.split(' ');

function lengthened(six: string): string {
  const last = six.charAt(5);
  if (last <= '2') return `${six.slice(0, 2)}${last}0000${six.slice(2, 5)}`;
  if (last === '3') return `${six.slice(0, 3)}00000${six.slice(3, 5)}`;
  if (last === '4') return `${six.slice(0, 4)}00000${six.charAt(4)}`;
  return `${six.slice(0, 5)}0000${last}`;
}

function shortened(upc: string): string | undefined {
  const body = upc.slice(1, 11);
  const candidates = [
    `${body.slice(0, 2)}${body.slice(7)}${body.charAt(2)}`,
    `${body.slice(0, 3)}${body.slice(8)}3`,
    `${body.slice(0, 4)}${body.slice(9)}4`,
    `${body.slice(0, 5)}${body.slice(9)}`,
  ];
  return candidates.find((six) => lengthened(six) === body);
}

function code93(text: string): Bars | undefined {
  const widths = code93Widths(text);
  return widths && { widths, text };
}

function gs1128(text: string): Bars | undefined {
  const words = gs1Codewords(text);
  return words && { widths: words.flatMap((word) => digits(WIDTHS_128[word] ?? '')), text };
}

const CODE39: Record<string, string> = Object.fromEntries(
  (
    '0000110100 1100100001 2001100001 3101100000 4000110001 5100110000 6001110000 7000100101 8100100100 9001100100 ' +
    'A100001001 B001001001 C101001000 D000011001 E100011000 F001011000 G000001101 H100001100 I001001100 J000011100 ' +
    'K100000011 L001000011 M101000010 N000010011 O100010010 P001010010 Q000000111 R100000110 S001000110 T000010110 ' +
    'U110000001 V011000001 W111000000 X010010001 Y110010000 Z011010000 -010000101 .110000100 $010101000 /010100010 ' +
    '+010001010 %000101010 *010010100'
  )
    .split(' ')
    .map((entry) => [entry.charAt(0), entry.slice(1)]),
);
CODE39[' '] = '011000100';

function code39(text: string): Bars | undefined {
  const inner = text.replace(/^\*|\*$/g, '');
  if (inner === '' || [...inner].some((char) => char === '*' || !(char in CODE39))) return undefined;
  const widths = [...`*${inner}*`].flatMap((char) => [...elements(CODE39[char] ?? ''), 1]);
  return { widths: widths.slice(0, -1), text: `*${inner}*` };
}

const ITF = ['00110', '10001', '01001', '11000', '00101', '10100', '01100', '00011', '10010', '01010'];

function interleaved(text: string): Bars | undefined {
  if (!/^(\d\d)+$/.test(text)) return undefined;
  const widths = [1, 1, 1, 1];
  for (let i = 0; i < text.length; i += 2) {
    const bar = elements(ITF[Number(text.charAt(i))] ?? '');
    const space = elements(ITF[Number(text.charAt(i + 1))] ?? '');
    bar.forEach((width, k) => {
      widths.push(width, space[k] ?? 1);
    });
  }
  return { widths: [...widths, 2.5, 1, 1], text };
}

const CODABAR: Record<string, string> = Object.fromEntries(
  (
    '00000011 10000110 20001001 31100000 40010010 51000010 60100001 70100100 80110000 91001000 -0001100 $0011000 ' +
    ':1000101 /1010001 .1010100 +0010101 A0011010 B0101001 C0001011 D0001110'
  )
    .split(' ')
    .map((entry) => [entry.charAt(0), entry.slice(1)]),
);

function codabar(text: string): Bars | undefined {
  const upper = text.toUpperCase();
  if (!/^[A-D][0-9\-$:/.+]+[A-D]$/.test(upper)) return undefined;
  const widths = [...upper].flatMap((char) => [...elements(CODABAR[char] ?? ''), 1]);
  return { widths: widths.slice(0, -1), text };
}

/** Dots from the first to the last bar. */
export function barsWidth(widths: readonly number[], module: number): number {
  let dots = 0;
  for (const width of widths) dots += Math.round(width * module);
  return dots;
}
