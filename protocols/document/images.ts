import { fromBase64 } from '../bytes/base64.ts';
import { type Bitmap, fromRows } from '../escpos/image.ts';
import { type DocumentImage, LIMITS } from './document.ts';
import { DocumentError } from './fill.ts';

/** The picture of a document; its size and its bytes must agree. */
export function documentImage(name: string, { width, height, rows }: DocumentImage): Bitmap {
  const isSized = width >= 1 && width <= LIMITS.imageWidth && height >= 1 && height <= LIMITS.imageHeight;
  const bytes = isSized ? fromBase64(rows) : undefined;
  if (!bytes || bytes.length !== Math.ceil(width / 8) * height)
    throw new DocumentError('no-image', `${name}: the rows are not ${width} x ${height} dots in Base64`);
  return fromRows(bytes, width, height);
}
