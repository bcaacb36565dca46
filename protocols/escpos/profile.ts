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
  /** what GS I 66 and 67 answer */
  readonly maker: string;
  readonly model: string;
}

const GENERIC = {
  dpi: 203,
  lineSpacing: 30,
  verticalUnits: 203,
  charset: 'gbk',
  chineseAtStart: false,
  processId: true,
  zjSymbols: false,
  maker: 'TILLWIRE',
} as const;

export const PROFILES = {
  'generic-58': { ...GENERIC, name: 'generic-58', paper: 58, dots: 384, model: 'GENERIC-58' },
  'generic-80': { ...GENERIC, name: 'generic-80', paper: 80, dots: 576, model: 'GENERIC-80' },
  // Epson at 203 dpi with a Chinese font (TM-T82, TM-T20): 1/360 inch units are rounded by the 203-dpi mechanism
  'epson-80': { ...GENERIC, name: 'epson-80', paper: 80, dots: 576, maker: 'EPSON', model: 'TM-T82II' },
  'epson-tm-t88v': {
    ...GENERIC,
    name: 'epson-tm-t88v',
    paper: 80,
    dots: 512,
    dpi: 180,
    verticalUnits: 360,
    maker: 'EPSON',
    model: 'TM-T88V',
  },
  'xprinter-80': {
    ...GENERIC,
    name: 'xprinter-80',
    paper: 80,
    dots: 576,
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
    maker: 'ZIJIANG',
    model: 'POS-5890',
  },
} as const satisfies Record<string, PrinterProfile>;

export type ProfileName = keyof typeof PROFILES;

/** The profile of a name, or `undefined`. */
export function profileNamed(name: string): PrinterProfile | undefined {
  return Object.hasOwn(PROFILES, name) ? PROFILES[name as ProfileName] : undefined;
}

export function genericProfile(paper: Paper): PrinterProfile {
  return paper === 58 ? PROFILES['generic-58'] : PROFILES['generic-80'];
}
