import { encodeQR } from 'qr';
import { decodeLatin1 } from '../bytes/latin1.ts';
import { type Bitmap, newBitmap, setDot } from './image.ts';
import { type Ecc, qrMode } from './qr.ts';

const LEVELS = { L: 'low', M: 'medium', Q: 'quartile', H: 'high' } as const;

/** The modules of a QR symbol without quiet zone, one dot each. */
export function qrPicture(data: Uint8Array, ecc: Ecc): Bitmap {
  const mode = qrMode(data);
  const rows = encodeQR(decodeLatin1(data), 'raw', {
    ecc: LEVELS[ecc],
    encoding: mode,
    border: 1,
    ...(mode === 'byte' && { textEncoder: () => data }),
  }).slice(1, -1);
  const picture = newBitmap(rows.length, rows.length);
  rows.forEach((row, y) => {
    row.slice(1, -1).forEach((dark, x) => {
      if (dark) setDot(picture, x, y);
    });
  });
  return picture;
}
