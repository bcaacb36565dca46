import { deflateSync } from 'node:zlib';
import { crc32 } from '../../protocols/bytes/crc.ts';
import type { Bitmap } from '../../protocols/escpos/image.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** 203 dpi in dots per metre, for programs that print the picture in its true size */
const DOTS_PER_METRE = 8000;

/** A one-bit PNG (colour type 0, depth 1): a 576-dot slip has a few KB, where eight bits a dot would need a megabyte. */
export function png(picture: Bitmap): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(picture.width, 0);
  head.writeUInt32BE(picture.height, 4);
  head[8] = 1;
  const size = Buffer.alloc(9);
  size.writeUInt32BE(DOTS_PER_METRE, 0);
  size.writeUInt32BE(DOTS_PER_METRE, 4);
  size[8] = 1;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('pHYs', size),
    chunk('IDAT', deflateSync(scanlines(picture))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Each row after filter type 0; a set bit is white in PNG and black on paper. */
function scanlines({ width, height, stride, bits }: Bitmap): Buffer {
  const rows = Buffer.alloc(height * (stride + 1));
  const unused = 8 * stride - width;
  for (let y = 0; y < height; y++) {
    const at = y * (stride + 1);
    for (let k = 0; k < stride; k++) rows[at + 1 + k] = ~(bits[y * stride + k] ?? 0);
    rows[at + stride] = (rows[at + stride] ?? 0) & (0xff << unused);
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
