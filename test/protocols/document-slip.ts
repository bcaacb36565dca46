import type { Block, DocumentData, DocumentImage } from '../../protocols/document/document.ts';
import { layout } from '../../protocols/document/layout.ts';
import type { Page } from '../../protocols/document/page.ts';
import { encodePage } from '../../protocols/escpos/encode-page.ts';
import { genericProfile, type Paper, type PrinterProfile } from '../../protocols/escpos/profile.ts';

export const profileOf = (paper: Paper | PrinterProfile): PrinterProfile =>
  typeof paper === 'number' ? genericProfile(paper) : paper;

export function pageOf(
  blocks: readonly Block[],
  paper: Paper | PrinterProfile,
  data: DocumentData = {},
  images: Record<string, DocumentImage> = {},
): Page {
  return layout({ v: 1, blocks, images }, data, profileOf(paper));
}

/** Blocks as the bytes of a printer. */
export function slipBytes(
  blocks: readonly Block[],
  paper: Paper | PrinterProfile,
  data: DocumentData = {},
): Uint8Array {
  return encodePage(pageOf(blocks, paper, data), profileOf(paper));
}
