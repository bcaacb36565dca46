import { spawnSync } from 'node:child_process';
import { type Bitmap, newBitmap, setDot } from '../../protocols/escpos/image.ts';
import { signingGround } from '../../protocols/signature/feature-glyphs.ts';
import { decodeJbig } from '../../protocols/signature/jbig-decode.ts';
import { encodeJbig, FIELD_ENCODING, type JbigEncoding } from '../../protocols/signature/jbig-encode.ts';
import { JBIG_OPTIONS } from '../../protocols/signature/jbig-header.ts';
import { readPbm, writePbm } from '../../protocols/signature/pbm.ts';
import { drawStrokes, type PenPoint } from '../../protocols/signature/strokes.ts';
import type { LCG } from '../seeded.ts';

// jbigkit's pbmtojbg and jbgtopbm as the third party that can contradict us.

function piped(program: string, args: readonly string[], input: Uint8Array): Uint8Array {
  const { status, stdout, stderr } = spawnSync(program, [...args, '-'], { input, maxBuffer: 1 << 24 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.toString()}`);
  return stdout;
}

export function theirJbig(
  bitmap: Bitmap,
  { stripeRows, mx, order, options, resets }: JbigEncoding,
  more: string[] = [],
) {
  const args = ['-q', '-s', stripeRows, '-m', mx, '-o', order, '-p', options].map(String);
  return piped('pbmtojbg', [...args, ...(resets === true ? ['-r'] : []), ...more], writePbm(bitmap));
}

/** What jbgtopbm sees in the bytes; `undefined`: no picture. */
export function theirPicture(jbig: Uint8Array): Bitmap | undefined {
  const { stdout } = spawnSync('jbgtopbm', ['-'], { input: jbig, maxBuffer: 1 << 24 });
  return readPbm(stdout);
}

export interface Comparison {
  readonly sameBytes: boolean;
  readonly weReadTheirs: boolean;
  readonly theyReadOurs: boolean;
}

export const AGREED: Comparison = { sameBytes: true, weReadTheirs: true, theyReadOurs: true };

export function compare(bitmap: Bitmap, encoding: JbigEncoding): Comparison {
  const [theirs, ours] = [theirJbig(bitmap, encoding), encodeJbig(bitmap, encoding)];
  const read = decodeJbig(theirs);
  return {
    sameBytes: Buffer.compare(theirs, ours) === 0,
    weReadTheirs: 'bitmap' in read && sameDots(read.bitmap, bitmap) && read.length === theirs.length,
    theyReadOurs: sameDots(theirPicture(ours), bitmap),
  };
}

export function sameDots(one: Bitmap | undefined, other: Bitmap): boolean {
  return one?.width === other.width && one.height === other.height && Buffer.compare(one.bits, other.bits) === 0;
}

/** Any options that a single layer can have. Stripes of one row are told apart: see the story about them. */
export function anyEncoding(chance: LCG): JbigEncoding {
  const bits = Object.values({ ...JBIG_OPTIONS, VLENGTH: 0, DPPRIV: 0, DPLAST: 0 });
  const options = bits.reduce((sum, bit) => sum + (chance.below(2) === 0 ? bit : 0), 0);
  const encoding = {
    stripeRows: 2 + chance.below(60),
    mx: chance.pick([0, 3, 5, 8, 40, 127]),
    order: chance.pick([0, 3]),
    options,
  };
  return chance.below(4) === 0 ? { ...encoding, resets: true } : encoding;
}

/** Noise of any density; rows that repeat; sometimes a period, which moves the adaptive pixel. */
export function anyPicture(chance: LCG): Bitmap {
  const bitmap = newBitmap(1 + chance.below(260), 1 + chance.below(70));
  const [density, repeats, period] = [chance.below(100), chance.below(80), chance.pick([0, 0, 2 + chance.below(12)])];
  for (let y = 0; y < bitmap.height; y++) {
    const before = (y - 1) * bitmap.stride;
    if (y > 0 && chance.below(100) < repeats) bitmap.bits.copyWithin(y * bitmap.stride, before, before + bitmap.stride);
    else
      for (let x = 0; x < bitmap.width; x++) {
        const isInk = period > 0 && chance.below(20) > 0 ? (x + y) % period === 0 : chance.below(100) < density;
        if (isInk) setDot(bitmap, x, y);
      }
  }
  return bitmap;
}

const PADS = [
  [128, 64],
  [240, 80],
  [240, 120],
  [320, 210],
  [384, 128],
] as const;

/** Loops of a pen over a feature code, on the pads of terminals.md 3.3. */
export function anySignature(chance: LCG): Bitmap {
  const [width, height] = chance.pick(PADS);
  const code = chance.digits(8);
  const bitmap = signingGround(width, height, code) ?? newBitmap(width, height);
  drawStrokes(bitmap, anyStrokes(chance, width, height), 1 + chance.below(4));
  return bitmap;
}

export function anyStrokes(chance: LCG, width: number, height: number): PenPoint[] {
  const points: PenPoint[] = [];
  for (let stroke = 0; stroke < 2 + chance.below(5); stroke++) {
    const [a, b, phase] = [1 + chance.below(5), 1 + chance.below(7), chance.below(628) / 100];
    const [left, top, wide] = [chance.below(width / 2), chance.below(height), width * (0.2 + chance.below(50) / 100)];
    for (let n = 0; n <= 60; n++) {
      const x = left + (wide * n) / 60 + 8 * Math.cos((a * n) / 6);
      const y = top / 2 + height / 4 + (height / 3) * Math.sin((b * n) / 12 + phase);
      points.push({ t: 8 * points.length, x, y, p: 0.5, down: n > 0 });
    }
  }
  return points;
}

export { FIELD_ENCODING };
