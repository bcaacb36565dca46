import type { Bitmap } from '../../protocols/escpos/image.ts';

/** Black dots of a picture. */
export function inkOfBitmap({ bits }: Bitmap): number {
  let dots = 0;
  for (const byte of bits) for (let bit = byte; bit > 0; bit >>= 1) dots += bit & 1;
  return dots;
}
