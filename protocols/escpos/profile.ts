import type { Dialect } from './shape.ts';

export type Paper = 58 | 80;

/** What a printer can do and how it measures: data, one row per model or family (receipts.md 1.1, 1.6, 1.7). */
export interface PrinterProfile {
  readonly name: string;
  readonly paper: Paper;
  /** printable width */
  readonly dots: number;
  readonly dpi: number;
  /** dots of ESC 2 */
  readonly lineSpacing: number;
  /** vertical motion units to an inch; 203-dpi clones: one dot */
  readonly verticalUnits: number;
  /** which codes of GB18030 have a glyph */
  readonly charset: 'gb2312' | 'gbk' | 'gb18030-4';
  /** Chinese mode after power on and ESC @ */
  readonly chineseAtStart: boolean;
  /** understands GS ( H and echoes process ids */
  readonly processId: boolean;
  /** the proprietary QR commands of Zijiang and its clones */
  readonly zjSymbols: boolean;
  /** how to have a QR symbol printed: GS ( k, the Zijiang command, or dot by dot */
  readonly qr: 'native' | 'zj' | 'raster';
  /** how to have a picture printed: GS v 0, GS ( L, or ESC * in stripes of 24 dots */
  readonly raster: 'gs-v-0' | 'graphics' | 'columns';
  readonly cutter: 'partial' | 'none';
  /** paper between the print head and the cutter: what GS V 65 and 66 feed before the cut */
  readonly headToCutterDots: number;
  /** dots from one row of an 8-dot column image (ESC * 0, 1) to the next */
  readonly eightDotPitch: 1 | 3;
  readonly quirks: PrinterQuirks;
  /** what GS I 66 and 67 answer */
  readonly maker: string;
  readonly model: string;
}

/** Where a model differs from the manuals. */
export interface PrinterQuirks {
  /** ESC J moves nothing */
  readonly ignoresFeedDots?: true;
  /** ESC \ to the left, and ESC $ after data on the line, move nothing */
  readonly ignoresPositionBack?: true;
  /** one LF right after GS v 0 moves nothing */
  readonly swallowsFeedAfterRaster?: true;
  /** GS V 66 moves nothing */
  readonly ignoresPartialCut?: true;
  /** ESC ( x, FS ( x and GS ( x are unknown: what follows the parenthesis prints as text */
  readonly printsBlocksAsText?: true;
}

/** Which commands printers of the profile know. */
export function dialectOf({ zjSymbols, quirks }: PrinterProfile): Dialect | undefined {
  if (zjSymbols) return 'zj';
  return quirks.printsBlocksAsText ? 'no-blocks' : undefined;
}

const GENERIC = {
  dpi: 203,
  lineSpacing: 30,
  verticalUnits: 203,
  charset: 'gbk',
  chineseAtStart: false,
  processId: true,
  zjSymbols: false,
  qr: 'native',
  raster: 'gs-v-0',
  cutter: 'partial',
  headToCutterDots: 0,
  eightDotPitch: 3,
  quirks: {},
  maker: 'TILLWIRE',
} as const;

/** The cutter of an 80 mm printer stands 10 mm behind the head. */
const WITH_CUTTER = { paper: 80, dots: 576, headToCutterDots: 80 } as const;

export const PROFILES = {
  'generic-58': { ...GENERIC, name: 'generic-58', paper: 58, dots: 384, model: 'GENERIC-58' },
  'generic-80': { ...GENERIC, ...WITH_CUTTER, name: 'generic-80', model: 'GENERIC-80' },
  // Epson at 203 dpi with a Chinese font (TM-T82, TM-T20): 1/360 inch units are rounded by the 203-dpi mechanism
  'epson-80': { ...GENERIC, ...WITH_CUTTER, name: 'epson-80', raster: 'graphics', maker: 'EPSON', model: 'TM-T82II' },
  // the Chinese TM-T70II: GB18030-2022 level 2, four-byte codes included
  'epson-tm-t70ii-ch': {
    ...GENERIC,
    ...WITH_CUTTER,
    name: 'epson-tm-t70ii-ch',
    charset: 'gb18030-4',
    raster: 'graphics',
    maker: 'EPSON',
    model: 'TM-T70II',
  },
  'epson-tm-t88v': {
    ...GENERIC,
    ...WITH_CUTTER,
    name: 'epson-tm-t88v',
    dots: 512,
    dpi: 180,
    verticalUnits: 360,
    raster: 'graphics',
    maker: 'EPSON',
    model: 'TM-T88V',
  },
  'xprinter-80': {
    ...GENERIC,
    ...WITH_CUTTER,
    name: 'xprinter-80',
    chineseAtStart: true,
    processId: false,
    maker: 'XPRINTER',
    model: 'XP-80',
  },
  'zj-5890': {
    ...GENERIC,
    name: 'zj-5890',
    paper: 58,
    dots: 384,
    chineseAtStart: true,
    processId: false,
    zjSymbols: true,
    qr: 'zj',
    cutter: 'none',
    maker: 'ZIJIANG',
    model: 'POS-5890',
  },
  // the oldest 58 mm clones: GB2312 only, no symbols of their own
  'clone-58-gb2312': {
    ...GENERIC,
    name: 'clone-58-gb2312',
    paper: 58,
    dots: 384,
    charset: 'gb2312',
    chineseAtStart: true,
    processId: false,
    qr: 'raster',
    raster: 'columns',
    cutter: 'none',
    quirks: { printsBlocksAsText: true },
    maker: 'CLONE',
    model: '58',
  },
  // Netum NT-5890K, as measured on the device by the escpost project (2026-07-26)
  'nt-5890k': {
    ...GENERIC,
    name: 'nt-5890k',
    paper: 58,
    dots: 384,
    processId: false,
    cutter: 'none',
    eightDotPitch: 1,
    quirks: {
      ignoresFeedDots: true,
      ignoresPositionBack: true,
      swallowsFeedAfterRaster: true,
      ignoresPartialCut: true,
    },
    maker: 'NETUM',
    model: 'NT-5890K',
  },
} as const satisfies Record<string, PrinterProfile>;

export type ProfileName = keyof typeof PROFILES;

/** The profile of a name, or `undefined`. */
export function profileNamed(name: string): PrinterProfile | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(PROFILES, key) ? PROFILES[key as ProfileName] : undefined;
}

export function genericProfile(paper: Paper): PrinterProfile {
  return paper === 58 ? PROFILES['generic-58'] : PROFILES['generic-80'];
}
