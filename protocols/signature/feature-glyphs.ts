import { type Bitmap, newBitmap, setDot } from '../escpos/image.ts';
import { FEATURE_CODE } from './feature-code.ts';

// The sixteen characters of a feature code, drawn for this project in 7 x 9 dots; each stands in a cell of 13 x 13, the size
// that terminals use (terminals.md 3.2).

const CELL = 13;

const GLYPHS: Readonly<Record<string, readonly string[]>> = {
  '0': ['.#####.', '##...##', '##..###', '##.####', '##.#.##', '####.##', '###..##', '##...##', '.#####.'],
  '1': ['...##..', '..###..', '.####..', '...##..', '...##..', '...##..', '...##..', '...##..', '.######'],
  '2': ['.#####.', '##...##', '.....##', '....##.', '...##..', '..##...', '.##....', '##.....', '#######'],
  '3': ['.#####.', '##...##', '.....##', '.....##', '..####.', '.....##', '.....##', '##...##', '.#####.'],
  '4': ['....##.', '...###.', '..####.', '.##.##.', '##..##.', '#######', '....##.', '....##.', '....##.'],
  '5': ['#######', '##.....', '##.....', '######.', '.....##', '.....##', '.....##', '##...##', '.#####.'],
  '6': ['..####.', '.##....', '##.....', '######.', '##...##', '##...##', '##...##', '##...##', '.#####.'],
  '7': ['#######', '.....##', '.....##', '....##.', '...##..', '..##...', '..##...', '..##...', '..##...'],
  '8': ['.#####.', '##...##', '##...##', '##...##', '.#####.', '##...##', '##...##', '##...##', '.#####.'],
  '9': ['.#####.', '##...##', '##...##', '##...##', '.######', '.....##', '.....##', '....##.', '.####..'],
  A: ['..###..', '.##.##.', '##...##', '##...##', '##...##', '#######', '##...##', '##...##', '##...##'],
  B: ['######.', '##...##', '##...##', '##...##', '######.', '##...##', '##...##', '##...##', '######.'],
  C: ['.#####.', '##...##', '##.....', '##.....', '##.....', '##.....', '##.....', '##...##', '.#####.'],
  D: ['#####..', '##..##.', '##...##', '##...##', '##...##', '##...##', '##...##', '##..##.', '#####..'],
  E: ['#######', '##.....', '##.....', '##.....', '#####..', '##.....', '##.....', '##.....', '#######'],
  F: ['#######', '##.....', '##.....', '##.....', '#####..', '##.....', '##.....', '##.....', '##.....'],
};

/** The code in the middle of a white picture, in one row or, where that is too wide, in several. False: it does not fit. */
export function drawFeatureCode(bitmap: Bitmap, code: string): boolean {
  const perRow = Math.min(code.length, Math.floor(bitmap.width / CELL));
  if (!FEATURE_CODE.test(code) || perRow === 0) return false;
  const rows = Math.ceil(code.length / perRow);
  if (rows * CELL > bitmap.height) return false;
  const left = Math.floor((bitmap.width - perRow * CELL) / 2);
  const top = Math.floor((bitmap.height - rows * CELL) / 2);
  for (let n = 0; n < code.length; n++)
    drawGlyph(bitmap, code.charAt(n), left + (n % perRow) * CELL, top + Math.floor(n / perRow) * CELL);
  return true;
}

function drawGlyph(bitmap: Bitmap, char: string, left: number, top: number): void {
  for (const [y, line] of (GLYPHS[char] ?? []).entries())
    for (let x = 0; x < line.length; x++) if (line[x] === '#') setDot(bitmap, left + 3 + x, top + 2 + y);
}

/** A white picture with the code in it: what a customer signs on. */
export function signingGround(width: number, height: number, code: string): Bitmap | undefined {
  const bitmap = newBitmap(width, height);
  return drawFeatureCode(bitmap, code) ? bitmap : undefined;
}
