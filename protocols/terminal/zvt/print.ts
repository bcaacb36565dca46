import { decodeBcd } from '../../bytes/bcd.ts';
import type { Align, Block, CutBlock, Size } from '../../document/document.ts';
import type { Message } from './apdu.ts';
import { objectsOf } from './bmp-list.ts';
import { type Charset, charsetOf, DEFAULT_CHARSET, decodeText } from './charset.ts';
import { findTlv, type TlvObject } from './tlv.ts';

// Receipts come from the terminal line by line or as a block:
//
//   06 D1 14 | 40 | 2A2A204B415353454E5343484E495454202A2A      centred "** KASSENSCHNITT **"
//   06 D1 01 | 81                                               the end of this receipt
//   06 D3 .. | 06 .. { 1F07 01, 1F37 01, 14 02, 25 { 09 40, 07 .., 07 .., 09 00, 07 .. } }
//
// Attribute: 80 reserved; FF n feeds; any other with b8 set ends the receipt; else 01xx nnnn centred, x1x double width,
// xx1 double height, nnnn blanks of indent.

export interface PrintLine {
  readonly text: string;
  readonly align: Align;
  readonly size: Size;
}

/** What one 06 D1 or one pair 09, 07 says. */
export type PrintStep =
  | { readonly kind: 'line'; readonly line: PrintLine }
  | { readonly kind: 'feed'; readonly lines: number }
  | { readonly kind: 'end' };

/** Tag 1F07. */
export type ReceiptType = 'merchant' | 'customer' | 'administration' | 'end-of-day' | 'journal' | 'reconciliation';
const RECEIPT_TYPES: Readonly<Record<number, ReceiptType>> = {
  1: 'merchant',
  2: 'customer',
  3: 'administration',
  4: 'end-of-day',
  5: 'journal',
  6: 'reconciliation',
};

export interface ReceiptBlock {
  readonly type: ReceiptType | undefined;
  /** tag 1F37: it has a line to sign on; it must be printed */
  readonly needsSignature: boolean;
  readonly mustPrint: boolean;
  readonly steps: readonly PrintStep[];
  readonly qr: readonly string[];
}

const RESERVED = 0x80;
const FEED = 0xff;
/** A receipt of more lines than this is none: 20 m of paper. */
const MAX_FEED = 99;

/** Of 06 D1. `lines` behind FF are BCD. */
export function printLine({ head }: Message<'printLine'>, charset: Charset = DEFAULT_CHARSET): PrintStep {
  const attribute = head.attribute?.[0] ?? 0;
  return step(attribute, head.text ?? new Uint8Array(), charset);
}

function step(attribute: number, text: Uint8Array, charset: Charset): PrintStep {
  if (attribute === FEED) return { kind: 'feed', lines: feeds(text) };
  if (attribute > RESERVED) return { kind: 'end' };
  return { kind: 'line', line: styled(attribute === RESERVED ? 0 : attribute, decodeText(text, charset)) };
}

function feeds(count: Uint8Array): number {
  return Math.min(MAX_FEED, decodeBcd(count.subarray(0, 1)) ?? count[0] ?? 1);
}

const SIZES: readonly Size[] = ['normal', 'tall', 'wide', 'large'];

function styled(attribute: number, text: string): PrintLine {
  const size = SIZES[(attribute & 0x30) >> 4] ?? 'normal';
  const isCentred = (attribute & 0x40) !== 0;
  return { text: isCentred ? text : ' '.repeat(attribute & 0x0f) + text, align: isCentred ? 'center' : 'left', size };
}

/** Of 06 D3. */
export function receiptBlock({ fields }: Message<'printBlock'>): ReceiptBlock {
  const objects = objectsOf(fields);
  const flags = findTlv(objects, '1F37')?.value[0] ?? 0;
  return {
    type: RECEIPT_TYPES[findTlv(objects, '1F07')?.value[0] ?? 0],
    needsSignature: (flags & 0x02) !== 0,
    mustPrint: (flags & 0x80) !== 0,
    steps: blockSteps(objects),
    qr: objects.filter(({ tag }) => tag === 'E3').flatMap(qrText),
  };
}

/** Which characters the texts of a message are made of. */
export function charsetIn(objects: readonly TlvObject[]): Charset {
  const direct =
    findTlv(objects, '14')?.value[0] ??
    objects.map(({ children }) => findTlv(children ?? [], '14')?.value[0]).find((code) => code !== undefined);
  return (direct === undefined ? undefined : charsetOf(direct)) ?? DEFAULT_CHARSET;
}

/** An attribute holds until the next one. */
function blockSteps(objects: readonly TlvObject[]): PrintStep[] {
  const charset = charsetIn(objects);
  const steps: PrintStep[] = [];
  let attribute = 0;
  for (const { tag, value } of objects.flatMap((object) => (object.tag === '25' ? (object.children ?? []) : []))) {
    if (tag === '07') steps.push(step(attribute, value, charset));
    if (tag !== '09') continue;
    attribute = value[0] ?? 0;
    // the end of the receipt has no text behind it
    if (attribute > RESERVED && attribute !== FEED) steps.push({ kind: 'end' });
  }
  return steps;
}

/** Tag 1F2E: 09 to 0C are QR codes of error correction L, M, Q, H. */
function qrText({ children = [] }: TlvObject): string[] {
  const kind = findTlv(children, '1F2E')?.value[0] ?? 0;
  const data = findTlv(children, '1F2F')?.value ?? findTlv(children, '07')?.value;
  return kind >= 0x09 && kind <= 0x0c && data ? [decodeText(data, 'UTF-8')] : [];
}

/** What was printed, as blocks of a document. */
export function receiptBlocks(steps: readonly PrintStep[], qr: readonly string[] = []): readonly Block[] {
  const cut: CutBlock = { type: 'cut', style: 'partial' };
  const last = steps.at(-1);
  const body = last?.kind === 'end' ? steps.slice(0, -1) : steps;
  return [
    ...body.map(blockOf),
    ...qr.map((text): Block => ({ type: 'qr', text })),
    ...(last?.kind === 'end' ? [cut] : []),
  ];
}

function blockOf(one: PrintStep): Block {
  if (one.kind === 'feed') return { type: 'spacer', lines: one.lines };
  if (one.kind === 'end') return { type: 'rule' };
  // two braces would be a placeholder
  const { text, align, size } = one.line;
  return { type: 'text', text: text === '' ? ' ' : text.replaceAll('{{', '{ {'), align, size };
}
