import type { Document, DocumentData } from '../../protocols/document/document.ts';
import { layout, type Pictures } from '../../protocols/document/layout.ts';
import type { PageWarning } from '../../protocols/document/page.ts';
import { encodePage } from '../../protocols/escpos/encode-page.ts';
import { newBitmap } from '../../protocols/escpos/image.ts';
import { genericProfile, type Paper, type PrinterProfile } from '../../protocols/escpos/profile.ts';
import { BAND_ROWS, rasterBytes } from '../../protocols/escpos/raster.ts';

export interface Laid {
  readonly bytes: Uint8Array;
  /** characters that were replaced, symbols that did not fit */
  readonly warnings: readonly PageWarning[];
}

/** A filled document as the bytes for a printer: of a known profile, or of any with this paper. */
export function printForm(
  document: Document,
  data: DocumentData,
  printer: Paper | PrinterProfile,
  pictures: Pictures = {},
): Laid {
  const profile = typeof printer === 'number' ? genericProfile(printer) : printer;
  const page = layout(document, data, profile, pictures);
  return { bytes: encodePage(page, profile), warnings: page.warnings };
}

/** The longest command that a form can become: one band of a picture as wide as the paper, which no picture exceeds. */
export function longestOf(paper: Paper): Uint8Array {
  const profile = genericProfile(paper);
  return rasterBytes(newBitmap(profile.dots, BAND_ROWS), profile);
}
