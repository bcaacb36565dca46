import { type Bitmap, dotAt } from '../escpos/image.ts';

/** The adaptive pixel may stand 127 dots to the left. */
export const LEFT = 127;
/** Neighbours two dots to the right are looked at. */
export const RIGHT = 2;

/** One row, a byte for each dot, with white around it: the neighbourhood of any dot can be read without looking first. */
export type Row = Uint8Array;

export function newRow(width: number): Row {
  return new Uint8Array(LEFT + width + RIGHT);
}

export function rowOf(bitmap: Bitmap, y: number): Row {
  const row = newRow(bitmap.width);
  for (let x = 0; x < bitmap.width; x++) if (dotAt(bitmap, x, y)) row[LEFT + x] = 1;
  return row;
}

export function putRow(row: Row, bitmap: Bitmap, y: number): void {
  const at = y * bitmap.stride;
  for (let x = 0; x < bitmap.width; x++)
    if (row[LEFT + x] === 1) bitmap.bits[at + (x >> 3)] = (bitmap.bits[at + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
}

export function sameRow(one: Row, other: Row): boolean {
  return one.every((dot, at) => dot === other[at]);
}

/** Which dots predict a dot. */
export interface Template {
  readonly twoLines: boolean;
  /** the adaptive pixel so far to the left on the same line; 0: in its place two to the right on the line above */
  readonly adaptive: number;
}

/** The pseudo-pixel that says whether a line is typical (T.82 6.4.1) has the context of figure 14 or 15. */
export function typicalContext({ twoLines }: Pick<Template, 'twoLines'>): number {
  return twoLines ? 0x195 : 0x0e5;
}

/**
 * Walks one row from the left (T.82 6.7.1). `code` is given the context of each dot, its ten neighbours as bits, and says
 * what the dot is.
 *
 *   three lines      9 8 7          two lines
 *                  6 5 4 3 A                9 8 7 6 5 A          A is bit 2, or bit 4
 *                  1 0 ?                  3 2 1 0 ?
 */
export function walkRow(
  row: Row,
  above: Row,
  above2: Row,
  template: Template,
  code: (context: number) => number,
): void {
  if (template.twoLines) walkTwoLines(row, above, template.adaptive, code);
  else walkThreeLines(row, above, above2, template.adaptive, code);
}

function walkThreeLines(row: Row, above: Row, above2: Row, adaptive: number, code: (context: number) => number): void {
  let upper = dot(above2, LEFT);
  let middle = (dot(above, LEFT) << 1) | dot(above, LEFT + 1);
  let own = 0;
  for (let at = LEFT; at < row.length - RIGHT; at++) {
    upper = ((upper << 1) & 0x7) | dot(above2, at + 1);
    middle = ((middle << 1) & 0x1f) | dot(above, at + 2);
    const context = (upper << 7) | (middle << 2) | own;
    row[at] = code(adaptive === 0 ? context : (context & ~0x04) | (dot(row, at - adaptive) << 2));
    own = ((own << 1) & 0x3) | dot(row, at);
  }
}

function walkTwoLines(row: Row, above: Row, adaptive: number, code: (context: number) => number): void {
  let upper = (dot(above, LEFT) << 1) | dot(above, LEFT + 1);
  let own = 0;
  for (let at = LEFT; at < row.length - RIGHT; at++) {
    upper = ((upper << 1) & 0x3f) | dot(above, at + 2);
    const context = (upper << 4) | own;
    row[at] = code(adaptive === 0 ? context : (context & ~0x10) | (dot(row, at - adaptive) << 4));
    own = ((own << 1) & 0xf) | dot(row, at);
  }
}

function dot(row: Row, at: number): number {
  return row[at] ?? 0;
}
