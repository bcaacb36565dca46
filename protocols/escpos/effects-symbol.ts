import { decodeLatin1 } from '../bytes/latin1.ts';
import { decodeUtf8 } from '../bytes/utf8.ts';
import { type BarcodeKind, bars, barsWidth } from './barcode.ts';
import { type Command, digit, type Effect, first, lineIsFree, notDrawn } from './effect.ts';
import { CELLS } from './modes.ts';
import type { Paper } from './paper.ts';
import { qrModules } from './qr.ts';

export function qrPrint(paper: Paper, command: Command): void {
  const { module, ecc } = paper.modes.qr;
  const { qr: data } = paper.stores;
  if (!lineIsFree(paper, command)) return;
  if (!data || data.length === 0) return paper.report('symbol-without-data', command.offset, 'QR');
  const modules = qrModules(data, ecc);
  if (modules === undefined) return paper.report('symbol-too-long', command.offset, `${data.length} bytes`);
  const width = modules * module;
  if (width > paper.areaWidth) return paper.report('symbol-too-wide', command.offset, `QR of ${width} dots`);
  paper.place({ kind: 'qr', left: paper.indent(width), data, module, ecc, modules }, width);
}

const ECC = ['L', 'M', 'Q', 'H'] as const;

export function qrEcc(paper: Paper, command: Command): void {
  const ecc = ECC[first(command) - 0x30];
  if (!ecc) return paper.report('bad-operand', command.offset, 'QR error correction');
  paper.modes.qr = { ...paper.modes.qr, ecc };
}

export function qrModule(paper: Paper, command: Command): void {
  const module = first(command);
  if (module < 1 || module > 16) return paper.report('bad-operand', command.offset, 'QR module');
  paper.modes.qr = { ...paper.modes.qr, module };
}

/** Zijiang's own QR command: version, ECC letter or number, dots, bytes; printed at once. */
export function zjSymbol(paper: Paper, command: Command): void {
  const [, level = 0, module = 0] = command.operands;
  const ecc = ECC.find((letter, k) => letter.charCodeAt(0) === level || k === level - 1 || k === level - 0x30) ?? 'L';
  const kept = { modes: paper.modes.qr, data: paper.stores.qr };
  paper.modes.qr = { module: Math.max(1, Math.min(16, module)), ecc };
  paper.stores.qr = command.data;
  qrPrint(paper, command);
  paper.modes.qr = kept.modes;
  paper.stores.qr = kept.data;
}

const TEXT_AT = ['none', 'above', 'below', 'both'] as const;

export function barcode(type: BarcodeKind, auto = false): Effect {
  return (paper, command) => {
    if (!lineIsFree(paper, command)) return;
    const symbol = bars(type, command.data, auto);
    if (!symbol)
      return paper.report('barcode-invalid', command.offset, `${type} ${decodeLatin1(command.data).slice(0, 40)}`);
    if (symbol.widths.length === 0) paper.report('not-drawn', command.offset, type);
    const { height, module, text, font } = paper.modes.barcode;
    const width = barsWidth(symbol.widths, module);
    if (width > paper.areaWidth) return paper.report('symbol-too-wide', command.offset, `${type} of ${width} dots`);
    const textAt = TEXT_AT[text] ?? 'none';
    const rows = textAt === 'none' ? 0 : (textAt === 'both' ? 2 : 1) * CELLS[font].height;
    paper.place(
      {
        kind: 'barcode',
        left: paper.indent(width),
        type,
        data: command.data,
        text: symbol.text,
        widths: symbol.widths,
        module,
        height,
        textAt,
        textFont: font,
      },
      height + rows,
    );
  };
}

/** cn of GS ( k for the two-dimensional symbols that are read but not drawn */
const SYMBOLS: Readonly<Record<number, BarcodeKind>> = {
  48: 'PDF417',
  50: 'MAXICODE',
  51: 'DATABAR',
  52: 'COMPOSITE',
  53: 'AZTEC',
  54: 'DATAMATRIX',
};

/** fn 80 stores, fn 81 prints; the others set sizes. */
export function symbol(paper: Paper, command: Command): void {
  const [cn = 0, fn = 0] = command.data;
  const type = SYMBOLS[cn];
  if (!type) return notDrawn(paper, command, 0);
  if (fn === 80) paper.stores.symbols.set(cn, command.data.subarray(3));
  if (fn !== 81 || !lineIsFree(paper, command)) return;
  const data = paper.stores.symbols.get(cn);
  if (!data || data.length === 0) return paper.report('symbol-without-data', command.offset, type);
  paper.report('not-drawn', command.offset, type);
  const text = payloadText(data);
  const { height, module } = paper.modes.barcode;
  paper.place(
    { kind: 'barcode', left: 0, type, data, text, widths: [], module, height, textAt: 'none', textFont: 'A' },
    height,
  );
}

export function barcodeSetting(key: 'height' | 'module' | 'text', least: number, most: number): Effect {
  return (paper, command) => {
    const value = key === 'text' ? digit(first(command)) : first(command);
    if (value < least || value > most) return paper.report('bad-operand', command.offset, `barcode ${key}`);
    paper.modes.barcode = { ...paper.modes.barcode, [key]: value };
  };
}

/** What a phone shows after reading the symbol: UTF-8, or Latin-1 when it is not UTF-8. */
export function payloadText(data: Uint8Array): string {
  return decodeUtf8(data) ?? decodeLatin1(data);
}
