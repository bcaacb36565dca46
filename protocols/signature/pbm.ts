import { type Bitmap, fromRows } from '../escpos/image.ts';

// Netpbm "P4":   50 34 0A 32 34 30 20 38 30 0A  <rows, 1 = black, each filled up to a byte>
//                P4       240      80           one white space behind the height
// Comments run from # to the end of the line.

/** Pads and slips are smaller; a header can promise anything. */
const MAX_SIDE = 65_535;
/** A header with comments is looked for so far. */
const MAX_HEAD = 1024;

export function writePbm({ width, height, bits }: Bitmap): Uint8Array {
  const head = Uint8Array.from(`P4\n${width} ${height}\n`, (char) => char.charCodeAt(0));
  const bytes = new Uint8Array(head.length + bits.length);
  bytes.set(head);
  bytes.set(bits, head.length);
  return bytes;
}

/** The picture, or `undefined` when the bytes are not a whole P4 file. */
export function readPbm(bytes: Uint8Array): Bitmap | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, MAX_HEAD));
  const found = /^P4(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})\s/.exec(head);
  if (!found) return undefined;
  const [width, height] = [Number(found[1]), Number(found[2])];
  const rows = bytes.subarray(found[0].length);
  if (!width || !height || width > MAX_SIDE || height > MAX_SIDE) return undefined;
  const size = Math.ceil(width / 8) * height;
  return rows.length >= size ? fromRows(rows.subarray(0, size), width, height) : undefined;
}
