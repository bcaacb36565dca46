import type { BarcodeKind } from './barcode.ts';
import type { Bitmap } from './image.ts';
import type { Problem } from './problems.ts';

export type Align = 'left' | 'center' | 'right';
export type Cut = 'full' | 'partial';

export interface CharStyle {
  readonly font: 'A' | 'B';
  readonly bold: boolean;
  /** thickness in dots, 0..2 */
  readonly underline: number;
  readonly reverse: boolean;
  readonly rotated: boolean;
  /** 1..8 */
  readonly width: number;
  readonly height: number;
}

/** One character or a column of picture in a line, placed in dots from the line's start. */
export type Cell =
  | {
      readonly kind: 'char';
      readonly x: number;
      /** dots, spacing included */
      readonly advance: number;
      readonly char: string;
      readonly hanzi: boolean;
      readonly style: CharStyle;
      /** the host's own picture of it (ESC &, FS 2); `char` is then U+FFFD */
      readonly glyph?: Bitmap;
    }
  | { readonly kind: 'image'; readonly x: number; readonly advance: number; readonly bitmap: Bitmap };

/** What the mechanism did, top to bottom. All lengths in dots. */
export type Item =
  | {
      readonly kind: 'line';
      readonly align: Align;
      readonly left: number;
      readonly cells: readonly Cell[];
      readonly upsideDown: boolean;
      readonly ascent: number;
      readonly height: number;
      readonly advance: number;
    }
  | { readonly kind: 'feed'; readonly dots: number }
  | { readonly kind: 'image'; readonly left: number; readonly bitmap: Bitmap }
  | {
      readonly kind: 'qr';
      readonly left: number;
      readonly data: Uint8Array;
      readonly module: number;
      readonly ecc: 'L' | 'M' | 'Q' | 'H';
      /** modules on a side */
      readonly modules: number;
    }
  | {
      readonly kind: 'barcode';
      readonly left: number;
      readonly type: BarcodeKind;
      readonly data: Uint8Array;
      /** what stands under the bars */
      readonly text: string;
      /** widths of bars and spaces in turn, in modules */
      readonly widths: readonly number[];
      readonly module: number;
      readonly height: number;
      readonly textAt: 'none' | 'above' | 'below' | 'both';
      readonly textFont: 'A' | 'B';
    }
  /** page mode: print areas anywhere on a page as wide as the paper */
  | { readonly kind: 'page'; readonly height: number; readonly fields: readonly PageField[] };

/** A print area of page mode, in dots of the page. */
export interface PageField {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 0 left to right, 1 bottom to top, 2 upside down, 3 top to bottom */
  readonly direction: 0 | 1 | 2 | 3;
  /** from the top as the direction has it */
  readonly placed: readonly { readonly top: number; readonly item: Item }[];
}

/** Items in reading order, those on pages too. */
export function flatItems(items: readonly Item[]): Item[] {
  return items.flatMap((item) =>
    item.kind === 'page' ? flatItems(item.fields.flatMap(({ placed }) => placed.map((one) => one.item))) : [item],
  );
}

/** Rows of dots that an item takes on the paper, without the text at a barcode. */
export function rowsOf(item: Item): number {
  switch (item.kind) {
    case 'line':
      return item.advance;
    case 'feed':
      return item.dots;
    case 'image':
      return item.bitmap.height;
    case 'qr':
      return item.modules * item.module;
    case 'barcode':
    case 'page':
      break;
  }
  return item.height;
}

/** One slip: what came out of the printer up to a cut or the end of the stream. */
export interface Slip {
  readonly items: readonly Item[];
  readonly cut: Cut | null;
  /** the drawer connector pin that was pulsed, else null */
  readonly drawer: 2 | 5 | null;
  /** its bytes in the stream: [from, to) */
  readonly from: number;
  readonly to: number;
}

export interface TextRun {
  text: string;
  bold?: true;
  underline?: number;
  reverse?: true;
  font?: 'B';
  width?: number;
  height?: number;
}

export interface SlipLine {
  text: string;
  align: Align;
  runs: TextRun[];
}

/** A slip as people and tests read it: the `slips` of `tillwire-sim render --json` and `tillwire decode escpos`. */
export interface SlipSummary {
  lines: SlipLine[];
  qr: string[];
  barcodes: { type: BarcodeKind; data: string }[];
  images: { width: number; height: number }[];
  cut: Cut | null;
  drawer: 2 | 5 | null;
}

export interface StreamSummary {
  slips: SlipSummary[];
  problems: Problem[];
}
