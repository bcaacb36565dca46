import { LIMITS } from '../document/document.ts';
import { type Page, type Piece, PLAIN, type Style } from '../document/page.ts';
import { encode, join } from './encode.ts';
import { type Bitmap, enlarge } from './image.ts';
import { PrinterBytes } from './printer-bytes.ts';
import type { PrinterProfile } from './profile.ts';
import type { Ecc } from './qr.ts';
import { qrPicture } from './qr-picture.ts';
import { rasterBytes } from './raster.ts';

type QrPiece = Extract<Piece, { kind: 'qr' }>;
type BarcodePiece = Extract<Piece, { kind: 'barcode' }>;

/** The bytes that make a printer of this profile show the page. Every piece ends at the start of a line. */
export function encodePage(page: Page, profile: PrinterProfile): Uint8Array {
  return new PageEncoder(profile).page(page);
}

/** Lines fed before a cut: past the tear bar where no cutter feeds the paper itself. */
export function linesBeforeCut(profile: PrinterProfile): number {
  return profile.headToCutterDots > 0 ? 1 : 4;
}

// ESC @ sets Chinese mode to the device's default, whatever that is
const START = join([encode('initialize'), encode('chinese-on')]);
const LINE_FEED = encode('line-feed');
/** by number of lines */
const FEED = Array.from({ length: LIMITS.spacer + 1 }, (_, n) => (n === 1 ? LINE_FEED : encode('feed-lines', [n])));
const CUT = { full: encode('feed-cut-full', [0]), partial: encode('feed-cut-partial', [0]) };
const ALIGN = { left: encode('align', [0]), center: encode('align', [1]), right: encode('align', [2]) };
const BOLD = [encode('bold', [0]), encode('bold', [1])] as const;
const REVERSE = [encode('reverse', [0]), encode('reverse', [1])] as const;
const FONT = { A: encode('font', [0]), B: encode('font', [1]) };
/** hanzi have their own underline and their own size on strict printers, so both are told */
const UNDERLINE = [0, 1].map((n) => join([encode('underline', [n]), encode('hanzi-underline', [n])]));
/** by width and height */
const SIZE = [1, 2].map((width) =>
  [1, 2].map((height) =>
    join([
      encode('size', [((width - 1) << 4) | (height - 1)]),
      encode('hanzi-mode', [(width === 2 ? 4 : 0) | (height === 2 ? 8 : 0)]),
    ]),
  ),
);
const NOTHING = new Uint8Array();

class PageEncoder {
  readonly #profile: PrinterProfile;
  readonly #bytes = new PrinterBytes();
  #style: Style = PLAIN;
  #align: keyof typeof ALIGN = 'left';

  constructor(profile: PrinterProfile) {
    this.#profile = profile;
    this.#bytes.put(START);
  }

  page({ pieces }: Page): Uint8Array {
    for (const piece of pieces) this.#piece(piece);
    return this.#bytes.done();
  }

  #piece(piece: Piece): void {
    switch (piece.kind) {
      case 'line':
        return this.#line(piece);
      case 'feed':
        return this.#feed(piece.lines);
      case 'qr':
        return this.#qr(piece);
      case 'barcode':
        return this.#symbol(barcodeCommands(piece));
      case 'image':
        return this.#image(piece.bitmap, piece.align);
      case 'cut':
        return this.#cut(piece.cut);
      case 'drawer':
        this.#bytes.put(encode('drawer', [piece.pin === 2 ? 0 : 1, 50, 250]));
    }
  }

  #line({ align, runs }: Extract<Piece, { kind: 'line' }>): void {
    this.#aligned(align);
    for (const { text, style } of runs) {
      if (style !== this.#style) this.#styled(style);
      this.#bytes.text(text);
    }
    this.#bytes.put(LINE_FEED);
  }

  #feed(lines: number): void {
    this.#styled(PLAIN);
    this.#bytes.put(FEED[Math.min(lines, LIMITS.spacer)] ?? NOTHING);
  }

  #aligned(align: keyof typeof ALIGN): void {
    if (align === this.#align) return;
    this.#bytes.put(ALIGN[align]);
    this.#align = align;
  }

  /** Emits only what changes. */
  #styled(next: Style): void {
    const now = this.#style;
    const resized = next.width !== now.width || next.height !== now.height;
    if (resized) this.#bytes.put(SIZE[next.width - 1]?.[next.height - 1] ?? NOTHING);
    // FS ! carries the underline of hanzi too and has just cleared it
    if (next.underline !== now.underline || (resized && next.underline > 0))
      this.#bytes.put(UNDERLINE[next.underline] ?? NOTHING);
    if (next.bold !== now.bold) this.#bytes.put(BOLD[next.bold ? 1 : 0]);
    if (next.reverse !== now.reverse) this.#bytes.put(REVERSE[next.reverse ? 1 : 0]);
    if (next.font !== now.font) this.#bytes.put(FONT[next.font]);
    this.#style = next;
  }

  #symbol(commands: Uint8Array): void {
    this.#styled(PLAIN);
    this.#aligned('center');
    this.#bytes.put(commands);
  }

  #qr(piece: QrPiece): void {
    const { data, module, ecc } = piece;
    if (this.#profile.qr === 'native') {
      this.#symbol(NOTHING);
      return putQr(this.#bytes, data, module, ecc);
    }
    if (this.#profile.qr === 'zj') return this.#symbol(zjQrCommands(data, module, ecc));
    this.#image(qrRaster(piece, this.#profile), 'center');
  }

  #image(bitmap: Bitmap, align: keyof typeof ALIGN): void {
    this.#styled(PLAIN);
    this.#aligned(align);
    this.#bytes.put(rasterBytes(bitmap, this.#profile));
  }

  #cut(cut: 'full' | 'partial'): void {
    this.#styled(PLAIN);
    this.#aligned('left');
    this.#feed(linesBeforeCut(this.#profile));
    if (this.#profile.cutter === 'none') return;
    this.#bytes.put(CUT[cut]);
  }
}

const QR_MODEL_2 = encode('qr-model', [0x32, 0]);
const QR_MODULE = Array.from({ length: 17 }, (_, dots) => encode('qr-module', [dots]));
const QR_ECC = {
  L: encode('qr-ecc', [0x30]),
  M: encode('qr-ecc', [0x31]),
  Q: encode('qr-ecc', [0x32]),
  H: encode('qr-ecc', [0x33]),
};
const QR_PRINT = encode('qr-print', [0x30]);

/** The native QR commands (GS ( k 165, 167, 169, 180, 181): model 2, dots, error correction, data, print. */
function putQr(bytes: PrinterBytes, data: Uint8Array, module: number, ecc: Ecc): void {
  bytes.put(QR_MODEL_2);
  bytes.put(QR_MODULE[module] ?? NOTHING);
  bytes.put(QR_ECC[ecc]);
  bytes.put(encode('qr-store', [0x30], data));
  bytes.put(QR_PRINT);
}

export function qrCommands(data: Uint8Array, module: number, ecc: Ecc): Uint8Array {
  const bytes = new PrinterBytes();
  putQr(bytes, data, module, ecc);
  return bytes.done();
}

/** Zijiang's own command: symbol type QR, version chosen by the printer (0). */
function zjQrCommands(data: Uint8Array, module: number, ecc: Ecc): Uint8Array {
  return join([
    encode('zj-symbol-type', [2]),
    encode('zj-symbol', [0, ecc.charCodeAt(0), module, data.length & 0xff, data.length >> 8], data),
  ]);
}

/** The symbol dot by dot, for printers without a command for it. */
export function qrRaster({ data, ecc, module }: QrPiece, profile: PrinterProfile): Bitmap {
  return enlarge(qrPicture(data, ecc), module, module, profile.dots);
}

/** Height, module and text are told every time: some printers forget them after a barcode (receipts.md 1.4). */
function barcodeCommands({ data, module, height, readable }: BarcodePiece): Uint8Array {
  return join([
    encode('barcode-height', [height]),
    encode('barcode-module', [module]),
    encode('barcode-text', [readable ? 2 : 0]),
    encode('barcode-text-font', [0]),
    encode('barcode-code128', [data.length], data),
  ]);
}
