import type { Bitmap } from './image.ts';
import type { PrinterProfile } from './profile.ts';
import type { Ecc } from './qr.ts';
import type { Align } from './slip.ts';

/** Character cells in dots: font A, font B and hanzi (receipts.md 1.1). */
export const CELLS = {
  A: { width: 12, height: 24, descent: 5 },
  B: { width: 9, height: 17, descent: 4 },
  hanzi: { width: 24, height: 24, descent: 5 },
} as const;

/** Everything ESC @ puts back to its first value. */
export interface Modes {
  align: Align;
  font: 'A' | 'B';
  bold: boolean;
  doubleStrike: boolean;
  reverse: boolean;
  rotated: boolean;
  upsideDown: boolean;
  /** size and underline of one-byte characters and, apart from them, of hanzi */
  ank: { width: number; height: number; underline: number };
  hanzi: { width: number; height: number; underline: number };
  /** ESC ! or ESC - set the one-byte style last, and nothing did the same for hanzi */
  hanziLagsBehind: boolean;
  spacing: number;
  hanziSpacing: { left: number; right: number };
  chinese: boolean;
  /** FS C 1, on Japanese models: two-byte codes are Shift_JIS, whatever FS & says */
  shiftJis: boolean;
  /** ESC R */
  international: number;
  /** ESC %: codes that were defined with ESC & print what was defined */
  userCharacters: boolean;
  codePage: number;
  /** dots */
  lineSpacing: number;
  leftMargin: number;
  printWidth: number;
  /** dots of one motion unit */
  unitX: number;
  unitY: number;
  /** columns */
  tabs: readonly number[];
  barcode: { height: number; module: number; text: number; font: 'A' | 'B' };
  qr: { module: number; ecc: Ecc };
}

export interface StoredGraphics {
  readonly data: Uint8Array;
  /** dots */
  readonly width: number;
  readonly height: number;
  /** printed dots of one */
  readonly across: number;
  readonly down: number;
}

/** What survives ESC @: stored symbols and pictures. */
export interface Stores {
  qr: Uint8Array | undefined;
  graphics: StoredGraphics | undefined;
  download: Bitmap | undefined;
  /** pictures kept by name: `nv 1` (FS q), `nv AB` and `dl AB` (GS ( L) */
  readonly images: Map<string, Bitmap>;
  /** by cn of GS ( k */
  readonly symbols: Map<number, Uint8Array>;
  /** by code; ESC @ forgets them */
  readonly characters: Map<number, Bitmap>;
  readonly hanzi: Map<number, Bitmap>;
}

export function firstModes(profile: PrinterProfile): Modes {
  return {
    align: 'left',
    font: 'A',
    bold: false,
    doubleStrike: false,
    reverse: false,
    rotated: false,
    upsideDown: false,
    ank: { width: 1, height: 1, underline: 0 },
    hanzi: { width: 1, height: 1, underline: 0 },
    hanziLagsBehind: false,
    spacing: 0,
    hanziSpacing: { left: 0, right: 0 },
    chinese: profile.chineseAtStart,
    shiftJis: false,
    international: 0,
    userCharacters: false,
    codePage: 0,
    lineSpacing: profile.lineSpacing,
    leftMargin: 0,
    printWidth: profile.dots,
    unitX: 1,
    unitY: profile.dpi / profile.verticalUnits,
    tabs: Array.from({ length: 32 }, (_, k) => 8 * (k + 1)),
    barcode: { height: 162, module: 3, text: 0, font: 'A' },
    qr: { module: 3, ecc: 'L' },
  };
}
