import { encodeUtf8 } from '../bytes/utf8.ts';
import { encode, join } from './encode.ts';
import { genericProfile, type Paper } from './profile.ts';
import { type Ecc, qrModuleFor, qrModules } from './qr.ts';
import type { Align } from './slip.ts';
import { columnsOf, gbkBytes, printable, type TextWarning } from './text.ts';
import { wrap } from './wrap.ts';

export interface TextStyle {
  readonly align?: Align;
  readonly bold?: boolean;
  /** dots, 0..2 */
  readonly underline?: 0 | 1 | 2;
  readonly reverse?: boolean;
  readonly font?: 'A' | 'B';
  /** 1 or 2: more cannot be told to hanzi on strict printers (FS !) */
  readonly width?: 1 | 2;
  readonly height?: 1 | 2;
}

export type SlipWarning = TextWarning | { readonly symbol: 'qr'; readonly reason: 'too-wide' | 'too-long' };

export interface Laid {
  readonly bytes: Uint8Array;
  readonly warnings: readonly SlipWarning[];
}

type FullStyle = Required<TextStyle>;

const PLAIN: FullStyle = {
  align: 'left',
  bold: false,
  underline: 0,
  reverse: false,
  font: 'A',
  width: 1,
  height: 1,
};
const ALIGN = { left: 0, center: 1, right: 2 } as const;
const ECC = { L: 0x30, M: 0x31, Q: 0x32, H: 0x33 } as const;
const COLUMN_DOTS = 12;

/**
 * Lays out a slip line by line and gives its bytes. Every call ends at the start of a line, so a symbol or a cut never meets
 * data in the line buffer. All text is data: see `printable`.
 */
export class SlipWriter {
  readonly columns: number;
  readonly #dots: number;
  readonly #parts: Uint8Array[] = [];
  readonly #warnings: SlipWarning[] = [];
  #style: FullStyle = PLAIN;

  constructor(paper: Paper) {
    this.#dots = genericProfile(paper).dots;
    this.columns = Math.floor(this.#dots / COLUMN_DOTS);
    // ESC @ sets Chinese mode to the device's default, whatever that is
    this.#parts.push(encode('initialize'), encode('chinese-on'));
  }

  /** Text, wrapped at the paper's width. */
  text(text: string, style: TextStyle = {}): this {
    const columns = Math.floor((this.columns * (style.font === 'B' ? 4 / 3 : 1)) / (style.width ?? 1));
    // white on black wants a margin on both sides
    for (const line of wrap(this.#printable(text), columns))
      this.#line([[style.reverse && columnsOf(line) + 2 <= columns ? ` ${line} ` : line, style]]);
    return this;
  }

  /**
   * Label left, value right; a value that does not fit beside its label goes below it. The caption (one-byte text) stands
   * small beside the label.
   */
  row(label: string, value: string, { caption, bold = false }: { caption?: string; bold?: boolean } = {}): this {
    const [name, content] = [this.#printable(label), this.#printable(value)];
    const small = caption === undefined ? '' : smallCaption(this.#printable(caption));
    const head: [string, TextStyle][] = [
      [name, {}],
      [small, { font: 'B' }],
    ];
    const gap = this.columns - columnsOf(name) - (small.length * 3) / 4 - columnsOf(content);
    if (gap >= 1) {
      this.#line([...head, [' '.repeat(gap), {}], [content, { bold }]]);
      return this;
    }
    this.#line(head);
    for (const line of wrap(content, this.columns)) this.#line([[line, { bold, align: 'right' }]]);
    return this;
  }

  rule(char = '-'): this {
    this.#line([[char.repeat(Math.floor(this.columns / columnsOf(char))), {}]]);
    return this;
  }

  feed(lines = 1): this {
    if (lines === 1) this.#parts.push(encode('line-feed'));
    else this.#parts.push(encode('feed-lines', [lines]));
    return this;
  }

  /** A QR symbol in the middle, as large as `module` dots allow; where it cannot be, its text and a warning. */
  qr(text: string, { module = 6, ecc = 'M' }: { module?: number; ecc?: Ecc } = {}): this {
    const data = encodeUtf8(text);
    const modules = qrModules(data, ecc);
    const size = modules && qrModuleFor(modules, this.#dots, module);
    if (!size) {
      this.#warnings.push({ symbol: 'qr', reason: modules ? 'too-wide' : 'too-long' });
      return this.text(text);
    }
    this.#apply({ ...PLAIN, align: 'center' });
    // the line feed empties any line buffer and is the quiet zone above; symbols are drawn without one
    this.#parts.push(encode('line-feed'), qrCommands(data, size, ecc), encode('line-feed'));
    return this;
  }

  drawer(pin: 2 | 5): this {
    this.#parts.push(encode('drawer', [pin === 2 ? 0 : 1, 50, 250]));
    return this;
  }

  /** Feeds past the tear bar and cuts; a printer without a cutter only feeds. */
  cut(feedLines = 3): this {
    this.#apply(PLAIN);
    this.#parts.push(encode('feed-lines', [feedLines]), encode('feed-cut-partial', [0]));
    return this;
  }

  done(): Laid {
    return { bytes: join(this.#parts), warnings: this.#warnings };
  }

  #printable(text: string): string {
    const { text: safe, warnings } = printable(text);
    this.#warnings.push(...warnings);
    return safe;
  }

  #line(runs: readonly (readonly [text: string, style: TextStyle])[]): void {
    const align = runs[0]?.[1].align ?? 'left';
    for (const [text, style] of runs) {
      if (text === '') continue;
      this.#apply({ ...PLAIN, ...style, align });
      this.#parts.push(gbkBytes(text));
    }
    this.#parts.push(encode('line-feed'));
  }

  /** Emits only what changes. Hanzi have their own size and underline on strict printers, so both are told. */
  #apply(next: FullStyle): void {
    const now = this.#style;
    if (next.align !== now.align) this.#parts.push(encode('align', [ALIGN[next.align]]));
    const resized = next.width !== now.width || next.height !== now.height;
    if (resized) this.#parts.push(encode('size', [((next.width - 1) << 4) | (next.height - 1)]));
    if (resized) this.#parts.push(encode('hanzi-mode', [(next.width === 2 ? 4 : 0) | (next.height === 2 ? 8 : 0)]));
    if (next.underline !== now.underline || (resized && next.underline > 0))
      this.#parts.push(encode('underline', [next.underline]), encode('hanzi-underline', [next.underline]));
    if (next.bold !== now.bold) this.#parts.push(encode('bold', [Number(next.bold)]));
    if (next.reverse !== now.reverse) this.#parts.push(encode('reverse', [Number(next.reverse)]));
    if (next.font !== now.font) this.#parts.push(encode('font', [next.font === 'B' ? 1 : 0]));
    this.#style = next;
  }
}

/** Font B is 9 dots wide: four of it take three columns, so a caption is padded to a multiple of four. */
function smallCaption(text: string): string {
  const spaced = ` ${text}`;
  return spaced.padEnd(Math.ceil(spaced.length / 4) * 4);
}

/** The native QR commands (GS ( k 165, 167, 169, 180, 181): model 2, dots, error correction, data, print. */
export function qrCommands(data: Uint8Array, module: number, ecc: Ecc): Uint8Array {
  return join([
    encode('qr-model', [0x32, 0]),
    encode('qr-module', [module]),
    encode('qr-ecc', [ECC[ecc]]),
    encode('qr-store', [0x30], data),
    encode('qr-print', [0x30]),
  ]);
}
