import { encodeUtf8 } from '../bytes/utf8.ts';
import { bars, barsWidth } from '../escpos/barcode.ts';
import { type Bitmap, enlarge } from '../escpos/image.ts';
import type { PrinterProfile } from '../escpos/profile.ts';
import { QUIET_MODULES, qrModules } from '../escpos/qr.ts';
import { printable } from '../escpos/text.ts';
import {
  besideEachOther,
  type Cell,
  COLUMN_DOTS,
  type Column,
  labelAndValue,
  shares,
  tableColumns,
} from './columns.ts';
import {
  type BarcodeBlock,
  type Block,
  type CellBlock,
  type ColumnsBlock,
  type Document,
  type DocumentData,
  type ImageBlock,
  LIMITS,
  type QrBlock,
  type SignatureBlock,
  type Size,
  type TableBlock,
  type TextBlock,
} from './document.ts';
import { DocumentError, fillText, holds, listAt } from './fill.ts';
import { documentImage } from './images.ts';
import { type Page, type PageWarning, type Piece, PLAIN, type Style } from './page.ts';
import { wrapped } from './wrapped.ts';

/** Pictures that come with the data, by name: a captured signature. */
export type Pictures = Readonly<Record<string, Bitmap>>;

export type PaperShape = Pick<PrinterProfile, 'dots' | 'charset'>;

/** A document with its data on paper of this shape. Throws {@link DocumentError} when the two do not go together. */
export function layout(document: Document, data: DocumentData, paper: PaperShape, pictures: Pictures = {}): Page {
  return new Layout(document, data, paper, pictures).page();
}

const SIZES: Readonly<Record<Size, Style>> = {
  small: { ...PLAIN, font: 'B' },
  normal: PLAIN,
  tall: { ...PLAIN, height: 2 },
  wide: { ...PLAIN, width: 2 },
  large: { ...PLAIN, width: 2, height: 2 },
};
const BOLD: Readonly<Record<Size, Style>> = {
  small: { ...SIZES.small, bold: true },
  normal: { ...SIZES.normal, bold: true },
  tall: { ...SIZES.tall, bold: true },
  wide: { ...SIZES.wide, bold: true },
  large: { ...SIZES.large, bold: true },
};

const RULES = { dashed: '-', solid: '_', double: '=' } as const;
/** Fewer columns have no room for a second language beside the first. */
const CAPTION_COLUMNS = 42;
const DOTS_PER_MM = 8;
/** Modules narrower than 3 dots (0.375 mm) are read badly from thermal paper. */
const QR_MODULE = { least: 3, most: 16 };

interface Laid {
  readonly paper: PaperShape;
  readonly words: readonly string[];
  readonly pieces: readonly Piece[];
  readonly warnings: readonly PageWarning[];
}

/** Each block as it came out last. A form of the backend's is forgotten with its document. */
const laidLast = new WeakMap<Block, Laid>();

class Layout {
  readonly #document: Document;
  readonly #data: DocumentData;
  readonly #paper: PaperShape;
  readonly #pictures: Pictures;
  readonly #columns: number;
  readonly #pieces: Piece[] = [];
  readonly #warnings: PageWarning[] = [];

  constructor(document: Document, data: DocumentData, paper: PaperShape, pictures: Pictures) {
    this.#document = document;
    this.#data = data;
    this.#paper = paper;
    this.#pictures = pictures;
    this.#columns = Math.floor(paper.dots / COLUMN_DOTS);
  }

  page(): Page {
    this.#document.blocks.forEach((block, k) => {
      if (block.when !== undefined && !holds(this.#data, block.when)) return;
      try {
        this.#block(block);
      } catch (error) {
        if (error instanceof DocumentError) error.message += ` (block ${k + 1}, ${block.type})`;
        throw error;
      }
      if (this.#pieces.length > LIMITS.lines) throw new DocumentError('too-long', `more than ${LIMITS.lines} lines`);
    });
    return { pieces: this.#pieces, warnings: this.#warnings };
  }

  #block(block: Block): void {
    switch (block.type) {
      case 'text':
        return this.#asBefore(block, [fillText(block.text, this.#data)], (words) => this.#text(block, words));
      case 'columns':
        return this.#asBefore(block, this.#words(block), (words) => this.#cells(block, words));
      case 'table':
        return this.#table(block);
      case 'rule': {
        const text = RULES[block.style ?? 'dashed'].repeat(this.#columns);
        this.#pieces.push({ kind: 'line', align: 'left', runs: [{ text, style: PLAIN }] });
        return;
      }
      case 'qr':
        return this.#qr(block);
      case 'barcode':
        return this.#barcode(block);
      case 'image':
        return this.#image(block);
      case 'signature':
        return this.#signature(block);
      case 'spacer':
        this.#pieces.push({ kind: 'feed', lines: block.lines ?? 1 });
        return;
      case 'cut':
        this.#pieces.push({ kind: 'cut', cut: block.style ?? 'partial' });
        return;
      case 'drawer':
        this.#pieces.push({ kind: 'drawer', pin: block.pin ?? 2 });
    }
  }

  /** Most of a slip stood on the slip before it, too: the same words on the same paper are the same lines. */
  #asBefore(block: Block, words: readonly string[], lay: (words: readonly string[]) => void): void {
    const last = laidLast.get(block);
    if (last?.paper === this.#paper && last.words.every((word, k) => word === words[k])) {
      this.#lines(last.pieces);
      return this.#warn(last.warnings);
    }
    const [pieces, warnings] = [this.#pieces.length, this.#warnings.length];
    lay(words);
    laidLast.set(block, {
      paper: this.#paper,
      words,
      pieces: this.#pieces.slice(pieces),
      warnings: this.#warnings.slice(warnings),
    });
  }

  #safe(filled: string): { text: string; columns: number } {
    const safe = printable(filled, this.#paper.charset);
    if (safe.warnings.length > 0) this.#warn(safe.warnings);
    return safe;
  }

  #warn(warnings: readonly PageWarning[]): void {
    for (const warning of warnings) if (this.#warnings.length < LIMITS.text) this.#warnings.push(warning);
  }

  #text(block: TextBlock, [filled = '']: readonly string[]): void {
    const { text, columns } = this.#safe(filled);
    const align = block.align ?? 'left';
    const style = styleOf(block);
    // four small letters take three columns; hanzi have no small size
    const isSmall = style.font === 'B' && columns === text.length;
    const room = Math.floor((this.#columns * (isSmall ? 4 / 3 : 1)) / style.width);
    for (const line of wrapped(text, columns, room)) {
      // white on black wants a margin on both sides
      const shown = style.reverse && line.columns + 2 <= room ? ` ${line.text} ` : line.text;
      this.#pieces.push({ kind: 'line', align, runs: [{ text: shown, style }] });
    }
  }

  /** Of each cell its text, and its caption where the paper has room for one. */
  #words({ cells }: ColumnsBlock): string[] {
    const words: string[] = [];
    for (const { text, caption } of cells) {
      words.push(fillText(text, this.#data));
      if (this.#captioned(caption)) words.push(fillText(caption, this.#data));
    }
    return words;
  }

  #captioned(caption: string | undefined): caption is string {
    return caption !== undefined && this.#columns >= CAPTION_COLUMNS;
  }

  #cells({ cells }: ColumnsBlock, words: readonly string[]): void {
    let at = 0;
    const next = () => words[at++] ?? '';
    const filled = cells.map((cell) => this.#cell(cell, next(), this.#captioned(cell.caption) ? next() : undefined));
    const [label, value] = filled;
    const isPair = filled.length === 2 && cells.every(({ share }) => share === undefined);
    if (isPair && label && value) return this.#lines(labelAndValue(label, value, this.#columns));
    const widths = shares(
      cells.map(({ share }) => share ?? 1),
      this.#columns,
    );
    this.#lines(besideEachOther(filled, widths));
  }

  #cell({ bold, size = 'normal', align }: Omit<CellBlock, 'text'>, filled: string, caption?: string): Cell {
    const { text, columns } = this.#safe(filled);
    return {
      text,
      columns,
      style: (bold ? BOLD : SIZES)[size],
      align,
      caption: caption === undefined ? undefined : this.#safe(caption),
    };
  }

  #table({ each, columns }: TableBlock): void {
    const rows = listAt(this.#data, each).map((row) =>
      columns.map(({ text, align }) => this.#cell({ align }, fillText(text, row))),
    );
    const titles = columns.map(({ title = '', align }) =>
      this.#cell({ align, bold: true }, fillText(title, this.#data)),
    );
    const widths = tableColumns(
      columns.map(({ share }) => share),
      [titles, ...rows],
      this.#columns,
    );
    if (columns.some(({ title }) => title !== undefined)) this.#lines(besideEachOther(titles, widths));
    for (const cells of rows) this.#row(columns, widths, cells);
  }

  #row(columns: TableBlock['columns'], widths: readonly Column[], cells: readonly Cell[]): void {
    const fitting = cells.map((cell, k) => {
      if (!columns[k]?.above || cell.columns <= (widths[k]?.width ?? 0)) return cell;
      for (const line of wrapped(cell.text, cell.columns, this.#columns))
        this.#pieces.push({ kind: 'line', align: 'left', runs: [{ text: line.text, style: PLAIN }] });
      return { ...cell, text: '', columns: 0 };
    });
    this.#lines(besideEachOther(fitting, widths));
  }

  #lines(lines: readonly Piece[]): void {
    for (const line of lines) this.#pieces.push(line);
  }

  /** As large as wanted where the paper has room for it and its quiet zone; else its text and a warning. */
  #qr({ text, mm = 25, ecc = 'M' }: QrBlock): void {
    const filled = fillText(text, this.#data);
    const data = encodeUtf8(filled);
    const modules = qrModules(data, ecc);
    const module = modules === undefined ? 0 : this.#qrModule(modules, mm);
    if (modules === undefined || module < QR_MODULE.least) {
      this.#warnings.push({ symbol: 'qr', reason: modules === undefined ? 'too-long' : 'too-wide' });
      return this.#plain(filled);
    }
    this.#symbol({ kind: 'qr', data, ecc, modules, module });
  }

  #qrModule(modules: number, mm: number): number {
    const wanted = Math.ceil((mm * DOTS_PER_MM) / modules);
    const most = Math.floor(this.#paper.dots / (modules + 2 * QUIET_MODULES));
    return Math.min(Math.max(wanted, QR_MODULE.least), most, QR_MODULE.most);
  }

  #barcode({ text, height = 64, readable = true }: BarcodeBlock): void {
    const filled = fillText(text, this.#data);
    const data = code128Data(filled);
    const widths = data && bars('CODE128', data)?.widths;
    const module = widths ? [3, 2].find((dots) => barsWidth(widths, dots) + 20 * dots <= this.#paper.dots) : undefined;
    if (!data || !widths || module === undefined) {
      this.#warnings.push({ symbol: 'barcode', reason: widths ? 'too-wide' : 'not-ascii' });
      return this.#plain(filled);
    }
    this.#symbol({ kind: 'barcode', data, module, height, readable });
  }

  /** The empty line above and below is the quiet zone: printers add none. */
  #symbol(piece: Piece): void {
    if (this.#pieces.at(-1)?.kind !== 'feed') this.#pieces.push({ kind: 'feed', lines: 1 });
    this.#pieces.push(piece, { kind: 'feed', lines: 1 });
  }

  #plain(text: string): void {
    const safe = printable(text, this.#paper.charset);
    this.#warn(safe.warnings);
    for (const line of wrapped(safe.text, safe.columns, this.#columns))
      this.#pieces.push({ kind: 'line', align: 'left', runs: [{ text: line.text, style: PLAIN }] });
  }

  #image({ name, align = 'center' }: ImageBlock): void {
    const bitmap = this.#picture(name);
    if (!bitmap) throw new DocumentError('no-image', name);
    this.#pieces.push({ kind: 'image', align, bitmap: this.#narrowed(name, bitmap) });
  }

  #picture(name: string): Bitmap | undefined {
    if (Object.hasOwn(this.#pictures, name)) return this.#pictures[name];
    const { images } = this.#document;
    const image = images && Object.hasOwn(images, name) ? images[name] : undefined;
    return image && documentImage(name, image);
  }

  /** What is wider than the paper loses its right side, as it would on the printer. */
  #narrowed(image: string, bitmap: Bitmap): Bitmap {
    if (bitmap.width <= this.#paper.dots) return bitmap;
    this.#warnings.push({ image, reason: 'too-wide' });
    return enlarge(bitmap, 1, 1, this.#paper.dots);
  }

  #signature({ name, lines = 4, code }: SignatureBlock): void {
    const bitmap = this.#picture(name);
    if (bitmap) this.#pieces.push({ kind: 'image', align: 'center', bitmap: this.#narrowed(name, bitmap) });
    else this.#pieces.push({ kind: 'feed', lines });
    this.#block({ type: 'rule', style: 'solid' });
    if (code !== undefined) this.#block({ type: 'text', text: code, align: 'right', size: 'small' });
  }
}

function styleOf({ size = 'normal', bold = false, underline = false, reverse = false }: TextBlock): Style {
  const base = (bold ? BOLD : SIZES)[size];
  return underline || reverse ? { ...base, underline: underline ? 1 : 0, reverse } : base;
}

/** ASCII text for GS k 73 in set B; a brace is written twice. */
function code128Data(text: string): Uint8Array | undefined {
  if (!/^[ -~]{1,48}$/.test(text)) return undefined;
  return encodeUtf8(`{B${text.replaceAll('{', '{{')}`);
}
