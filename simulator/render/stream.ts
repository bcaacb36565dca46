import { type Decoded, decodeEscpos } from '../../protocols/escpos/decode.ts';
import type { PrinterProfile } from '../../protocols/escpos/profile.ts';
import type { StreamSummary } from '../../protocols/escpos/slip.ts';
import { slipText, summarise } from '../../protocols/escpos/summary.ts';
import { drawSlips } from './draw.ts';
import { qrTexts } from './picture-codes.ts';
import { png } from './png.ts';

/** A printer's byte stream in every form a person or a test asks for; each is made when it is asked for. */
export interface RenderedStream {
  readonly decoded: Decoded;
  summary(): StreamSummary;
  text(): string;
  png(): Uint8Array;
}

export function renderStream(bytes: Uint8Array, profile: PrinterProfile): RenderedStream {
  const decoded = decodeEscpos(bytes, profile);
  return {
    decoded,
    summary: () => readSummary(decoded, profile.dots),
    text: () => decoded.slips.map((slip) => slipText(slip, profile.dots)).join(''),
    png: () => png(drawSlips(decoded.slips, profile.dots)),
  };
}

/** With the QR codes that were sent as pictures, as a phone reads them. */
export function readSummary(decoded: Decoded, dots: number): StreamSummary {
  const summary = summarise(decoded);
  const texts = qrTexts(decoded.slips, dots);
  return { ...summary, slips: summary.slips.map((slip, k) => ({ ...slip, qr: texts[k] ?? slip.qr })) };
}
