import { type Bitmap, dotAt, newBitmap, setDot } from '../escpos/image.ts';

// Windows bitmap of one bit, as pads send it: rows from the bottom, each filled up to four bytes.
//
//   42 4D  <4 size>  00 00 00 00  3E 00 00 00      BM, where the dots begin
//   28 00 00 00  <4 width>  <4 height>  01 00  01 00  00 00 00 00  ...   BITMAPINFOHEADER: planes, bits, no compression
//   00 00 00 00  FF FF FF 00                       two colours, blue first

const FILE_HEAD = 14;
const INFO_HEAD = 40;
const PALETTE_BYTES = 8;
/** Pads have 320 at most. */
const MAX_SIDE = 4096;

export function writeBmp(bitmap: Bitmap): Uint8Array {
  const { width, height, stride, bits } = bitmap;
  const rowBytes = 4 * Math.ceil(width / 32);
  const start = FILE_HEAD + INFO_HEAD + PALETTE_BYTES;
  const bytes = new Uint8Array(start + rowBytes * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, start, true);
  view.setUint32(14, INFO_HEAD, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 1, true);
  view.setUint32(34, rowBytes * height, true);
  // colour 0 is black, colour 1 white: a set bit is paper
  view.setUint32(FILE_HEAD + INFO_HEAD + 4, 0x00ffffff, true);
  for (let y = 0; y < height; y++)
    for (let k = 0; k < rowBytes; k++)
      bytes[start + (height - 1 - y) * rowBytes + k] = k < stride ? ~(bits[y * stride + k] ?? 0) : 0xff;
  return bytes;
}

/** The picture, or `undefined` when the bytes are no whole uncompressed one-bit BMP. */
export function readBmp(bytes: Uint8Array): Bitmap | undefined {
  if (bytes.length < FILE_HEAD + INFO_HEAD + PALETTE_BYTES || bytes[0] !== 0x42 || bytes[1] !== 0x4d) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [start, infoHead] = [view.getUint32(10, true), view.getUint32(14, true)];
  const [width, signedHeight] = [view.getInt32(18, true), view.getInt32(22, true)];
  const isOneBit = view.getUint16(28, true) === 1 && view.getUint32(30, true) === 0;
  const height = Math.abs(signedHeight);
  if (!isOneBit || infoHead < INFO_HEAD || infoHead > 124) return undefined;
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) return undefined;
  const rowBytes = 4 * Math.ceil(width / 32);
  if (start < FILE_HEAD + infoHead + PALETTE_BYTES || start + rowBytes * height > bytes.length) return undefined;
  const rows = { width, height, stride: rowBytes, bits: bytes.subarray(start) };
  return upright(rows, signedHeight > 0, blackBit(view, FILE_HEAD + infoHead));
}

/** A negative height says that the rows begin at the top. */
function upright(rows: Bitmap, fromBottom: boolean, black: boolean): Bitmap {
  const bitmap = newBitmap(rows.width, rows.height);
  for (let y = 0; y < rows.height; y++)
    for (let x = 0; x < rows.width; x++)
      if (dotAt(rows, x, fromBottom ? rows.height - 1 - y : y) === black) setDot(bitmap, x, y);
  return bitmap;
}

/** Whether a set bit is ink: the darker of the two colours is. */
function blackBit(view: DataView, palette: number): boolean {
  const light = (at: number) => view.getUint8(at) + view.getUint8(at + 1) + view.getUint8(at + 2);
  return light(palette + 4) < light(palette);
}
