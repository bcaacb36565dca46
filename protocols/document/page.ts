import type { Bitmap } from '../escpos/image.ts';
import type { Ecc } from '../escpos/qr.ts';
import type { TextWarning } from '../escpos/text.ts';
import type { Align } from './document.ts';

export interface Style {
  readonly font: 'A' | 'B';
  /** 1 or 2: more cannot be told to hanzi on strict printers (FS !) */
  readonly width: 1 | 2;
  readonly height: 1 | 2;
  readonly bold: boolean;
  /** dots */
  readonly underline: 0 | 1;
  readonly reverse: boolean;
}

export const PLAIN: Style = { font: 'A', width: 1, height: 1, bold: false, underline: 0, reverse: false };

/** Characters of one style beside each other; only what the printer's set has. */
export interface Run {
  readonly text: string;
  readonly style: Style;
}

/** What the paper shows, top to bottom: the one layout that printer bytes, picture and text are made of. */
export type Piece =
  | { readonly kind: 'line'; readonly align: Align; readonly runs: readonly Run[] }
  | { readonly kind: 'feed'; readonly lines: number }
  | {
      readonly kind: 'qr';
      readonly data: Uint8Array;
      readonly ecc: Ecc;
      /** modules on a side, dots of one module */
      readonly modules: number;
      readonly module: number;
    }
  | {
      readonly kind: 'barcode';
      /** as GS k 73 carries it: {B and the characters */
      readonly data: Uint8Array;
      readonly module: number;
      /** dots */
      readonly height: number;
      readonly readable: boolean;
    }
  | { readonly kind: 'image'; readonly align: Align; readonly bitmap: Bitmap }
  | { readonly kind: 'cut'; readonly cut: 'full' | 'partial' }
  | { readonly kind: 'drawer'; readonly pin: 2 | 5 };

export type PageWarning =
  | TextWarning
  | { readonly symbol: 'qr' | 'barcode'; readonly reason: 'too-wide' | 'too-long' | 'not-ascii' }
  | { readonly image: string; readonly reason: 'too-wide' };

export interface Page {
  readonly pieces: readonly Piece[];
  readonly warnings: readonly PageWarning[];
}
