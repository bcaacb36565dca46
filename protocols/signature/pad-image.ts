import type { Bitmap } from '../escpos/image.ts';
import { readBmp, writeBmp } from './bmp.ts';
import { readPbm, writePbm } from './pbm.ts';

// What a pad sends behind B2: a BMP, or a word and a PBM (terminals.md 3.5).
//
//   56 58 38 32 30 2D 45 53 49 47 4E  50 34 0A 31 36 20 38 0A ...
//   "VX820-ESIGN"                     P4       16 x 8

const PAD_IMAGE_FORMATS = ['bmp', 'pbm'] as const;
export type PadImageFormat = (typeof PAD_IMAGE_FORMATS)[number];

const WORD = Uint8Array.from('VX820-ESIGN', (char) => char.charCodeAt(0));

export interface PadImage {
  readonly format: PadImageFormat;
  readonly bitmap: Bitmap;
}

export function writePadImage({ format, bitmap }: PadImage): Uint8Array {
  if (format === 'bmp') return writeBmp(bitmap);
  const picture = writePbm(bitmap);
  const bytes = new Uint8Array(WORD.length + picture.length);
  bytes.set(WORD);
  bytes.set(picture, WORD.length);
  return bytes;
}

export function readPadImage(bytes: Uint8Array): PadImage | undefined {
  const hasWord = WORD.every((byte, at) => bytes[at] === byte);
  const bitmap = hasWord ? readPbm(bytes.subarray(WORD.length)) : readBmp(bytes);
  return bitmap && { format: hasWord ? 'pbm' : 'bmp', bitmap };
}
