import { useMemo } from 'preact/hooks';
import { encodeUtf8 } from '../../../protocols/bytes/utf8.ts';
import { bars } from '../../../protocols/escpos/barcode.ts';
import { qrPath } from '../../../protocols/page/qr-path.ts';

const QUIET_ZONE = 2;

/** A QR code as one path, dark on white in every theme: scanners read nothing else. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => qrPath(text, QUIET_ZONE), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** The same digits as CODE128, as wallets show them above the QR. */
export function Barcode({ text }: { readonly text: string }) {
  const { width, path } = useMemo(() => barred(text), [text]);
  if (width === 0) return null;
  return (
    <svg
      class="barcode"
      viewBox={`0 0 ${width} 10`}
      preserveAspectRatio="none"
      aria-hidden="true"
      shape-rendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}

function barred(text: string): { readonly width: number; readonly path: string } {
  const widths = /^\d+$/.test(text) ? (bars('CODE128', encodeUtf8(text), true)?.widths ?? []) : [];
  let x = 0;
  let path = '';
  widths.forEach((width, k) => {
    if (k % 2 === 0) path += `M${x} 0h${width}v10h-${width}z`;
    x += width;
  });
  return { width: x, path };
}
