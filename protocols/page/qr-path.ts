import { encodeQR } from 'qr';

/** A QR code as one SVG path of squares of 1, and the sides of the whole. `quietZone`: light modules around it. */
export function qrPath(text: string, quietZone: number): { readonly size: number; readonly path: string } {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return { size: rows.length, path };
}
