import { useMemo } from 'preact/hooks';
import { qrPath } from '../../../protocols/page/qr-path.ts';

/** Light modules around the code that readers need (ISO/IEC 18004: four). */
const QUIET_ZONE = 4;

/** A QR code as one path, dark on white in every theme: phones read nothing else. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => qrPath(text, QUIET_ZONE), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
