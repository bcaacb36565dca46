/** A one-bit picture: rows from the top, `stride` bytes each, most significant bit left, 1 = black. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly bits: Uint8Array;
}

export function newBitmap(width: number, height: number): Bitmap {
  const stride = Math.ceil(width / 8);
  return { width, height, stride, bits: new Uint8Array(stride * height) };
}

export function dotAt(bitmap: Bitmap, x: number, y: number): boolean {
  return ((bitmap.bits[y * bitmap.stride + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
}

/** Sets a dot; outside the picture nothing happens. */
export function setDot(bitmap: Bitmap, x: number, y: number): void {
  if (x < 0 || y < 0 || x >= bitmap.width || y >= bitmap.height) return;
  const at = y * bitmap.stride + (x >> 3);
  bitmap.bits[at] = (bitmap.bits[at] ?? 0) | (0x80 >> (x & 7));
}

/** Row data (GS v 0, GS ( L) as a bitmap; missing bytes are white. */
export function fromRows(data: Uint8Array, width: number, height: number): Bitmap {
  const bitmap = newBitmap(width, height);
  bitmap.bits.set(data.subarray(0, bitmap.bits.length));
  // bits right of the picture are not dots
  const unused = 8 * bitmap.stride - width;
  if (unused > 0)
    for (let at = bitmap.stride - 1; at < bitmap.bits.length; at += bitmap.stride)
      bitmap.bits[at] = (bitmap.bits[at] ?? 0) & (0xff << unused);
  return bitmap;
}

/** Column data (ESC *, GS *): `bytesPerColumn` bytes from the top for each column. */
export function fromColumns(data: Uint8Array, bytesPerColumn: number): Bitmap {
  const width = Math.floor(data.length / bytesPerColumn);
  const bitmap = newBitmap(width, bytesPerColumn * 8);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < bitmap.height; y++) {
      const byte = data[x * bytesPerColumn + (y >> 3)] ?? 0;
      if (byte & (0x80 >> (y & 7))) setDot(bitmap, x, y);
    }
  }
  return bitmap;
}

/** Each dot made `across` x `down` dots; what lies beyond `maxWidth` is discarded, as the printer does. */
export function enlarge(source: Bitmap, across: number, down: number, maxWidth: number): Bitmap {
  const width = Math.min(source.width * across, maxWidth);
  if (across === 1 && down === 1 && width === source.width) return source;
  const target = newBitmap(width, source.height * down);
  for (let y = 0; y < source.height; y++) {
    const row = target.bits.subarray(y * down * target.stride, (y * down + 1) * target.stride);
    for (let x = 0; x < width; x++)
      if (dotAt(source, Math.floor(x / across), y)) row[x >> 3] = (row[x >> 3] ?? 0) | (0x80 >> (x & 7));
    for (let k = 1; k < down; k++) target.bits.set(row, (y * down + k) * target.stride);
  }
  return target;
}

/** The picture turned clockwise by so many quarters. */
export function turned(source: Bitmap, quarters: 0 | 1 | 2 | 3): Bitmap {
  if (quarters === 0) return source;
  const { width, height } = source;
  const target = quarters === 2 ? newBitmap(width, height) : newBitmap(height, width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (!dotAt(source, x, y)) continue;
      if (quarters === 1) setDot(target, height - 1 - y, x);
      else if (quarters === 2) setDot(target, width - 1 - x, height - 1 - y);
      else setDot(target, y, width - 1 - x);
    }
  return target;
}
