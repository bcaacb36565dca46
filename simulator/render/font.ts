import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { gbkCharacter } from '../../protocols/bytes/gb18030.ts';
import type { Bitmap } from '../../protocols/escpos/image.ts';

/** The glyphs of the simulated printer (file formats: simulator/assets/font/README.md). */
export interface ReceiptFont {
  /** 24x24; `undefined` when the font has no such character */
  hanzi(char: string): Bitmap | undefined;
  /** 12x24 or 9x17 */
  latin(char: string, font: 'A' | 'B'): Bitmap | undefined;
}

const HANZI_BYTES = 72;

let loaded: ReceiptFont | undefined;

/** Read at first use and kept: about 1.6 MB. */
export function receiptFont(): ReceiptFont {
  loaded ??= load(assetFolder());
  return loaded;
}

function load(folder: string): ReceiptFont {
  const gbk = brotliDecompressSync(readFileSync(join(folder, 'gbk-24-wqm.bin.br')));
  const order = hanziOrder();
  const tables = {
    A: latinTable(readFileSync(join(folder, 'latin-12x24-wqm.bin')), 12, 24),
    B: latinTable(readFileSync(join(folder, 'latin-9x17-wqm.bin')), 9, 17),
  };
  return {
    hanzi(char) {
      const at = order.get(char);
      if (at === undefined) return undefined;
      return { width: 24, height: 24, stride: 3, bits: gbk.subarray(at * HANZI_BYTES, (at + 1) * HANZI_BYTES) };
    },
    latin: (char, font) => tables[font].get(char),
  };
}

/** Codes that came to GBK with GB18030-2005; the font file has no record for them. */
const LATER_CODES: readonly (readonly [first: number, last: number])[] = [
  [0xa2e3, 0xa2e3],
  [0xa3a0, 0xa3a0],
  [0xa6d9, 0xa6df],
  [0xa6ec, 0xa6ed],
  [0xa6f3, 0xa6f3],
  [0xa8bc, 0xa8bc],
  [0xa8bf, 0xa8bf],
  [0xa989, 0xa995],
  [0xfe50, 0xfea0],
];

/** Which glyph record belongs to which character: the two-byte codes in order, without holes and private use. */
function hanziOrder(): Map<string, number> {
  const order = new Map<string, number>();
  let count = 0;
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const char = gbkCharacter(lead, trail);
      const code = (lead << 8) | trail;
      if (char === undefined || (char >= '\ue000' && char <= '\uf8ff')) continue;
      if (LATER_CODES.some(([first, last]) => code >= first && code <= last)) continue;
      order.set(char, count);
      count++;
    }
  }
  return order;
}

function latinTable(file: Buffer, width: number, height: number): Map<string, Bitmap> {
  const count = file.readUInt16BE(0);
  const stride = Math.ceil(width / 8);
  const table = new Map<string, Bitmap>();
  for (let k = 0; k < count; k++) {
    const start = 2 + 2 * count + k * stride * height;
    const char = String.fromCharCode(file.readUInt16BE(2 + 2 * k));
    table.set(char, { width, height, stride, bits: file.subarray(start, start + stride * height) });
  }
  return table;
}

/** simulator/assets/font beside the sources, also when this file runs from dist/simulator/render. */
function assetFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const fromSource = join(here, '..', 'assets', 'font');
  const fromBuild = join(here, '..', '..', '..', 'simulator', 'assets', 'font');
  return here.includes(join('dist', 'simulator')) ? fromBuild : fromSource;
}
