import { type Bitmap, dotAt } from '../../protocols/escpos/image.ts';
import type { PrinterProfile } from '../../protocols/escpos/profile.ts';
import { drawSlips } from '../render/draw.ts';
import { type RenderedStream, renderStream } from '../render/stream.ts';

/** What a test may ask of a slip; everything that is named must be so. */
export interface SlipWish {
  /** stands in its text; several: all of them */
  readonly text?: string | RegExp | readonly (string | RegExp)[];
  /** one of its QR codes says so, as a phone reads it (also when it was sent as a picture) */
  readonly qr?: string | RegExp;
  readonly barcode?: string | RegExp;
  /** cut off behind it */
  readonly cut?: boolean;
  /** the drawer was opened with it */
  readonly drawer?: boolean;
  /** how the paper looks */
  readonly picture?: PictureWish;
}

export interface PictureWish {
  /** dots down, at least */
  readonly atLeastRows?: number;
  /** part of the dots that are black, 0 to 1: a slip without ink is none */
  readonly ink?: { readonly from?: number; readonly to?: number };
  /** exactly this picture: what {@link Slip.png} gave once */
  readonly png?: Uint8Array;
}

/** The paper as dots. */
export interface SlipPicture {
  readonly width: number;
  readonly height: number;
  isBlack(x: number, y: number): boolean;
  /** part of the dots that are black */
  readonly ink: number;
}

/** One slip that came out of the printer, in every form; each is made when it is asked for. */
export class Slip {
  /** what reached the printer for it */
  readonly bytes: Uint8Array;
  readonly #dots: number;
  readonly #stream: RenderedStream;

  constructor(bytes: Uint8Array, profile: PrinterProfile) {
    this.bytes = bytes;
    this.#dots = profile.dots;
    this.#stream = renderStream(bytes, profile);
  }

  get text(): string {
    return this.#stream.text();
  }

  get qr(): readonly string[] {
    return this.#summary?.qr ?? [];
  }

  get barcodes(): readonly string[] {
    return (this.#summary?.barcodes ?? []).map(({ data }) => data);
  }

  get isCut(): boolean {
    return (this.#summary?.cut ?? null) !== null;
  }

  get openedDrawer(): boolean {
    return (this.#summary?.drawer ?? null) !== null;
  }

  get picture(): SlipPicture {
    return new DotPicture(drawSlips(this.#stream.decoded.slips, this.#dots));
  }

  png(): Uint8Array {
    return this.#stream.png();
  }

  /** What is not as it should be; empty: it is the slip that was meant. */
  differences(wish: SlipWish): string[] {
    const wrong: string[] = [];
    for (const text of [wish.text ?? []].flat())
      if (!says([this.text], text)) wrong.push(`its text does not have ${String(text)}`);
    if (wish.qr !== undefined && !says(this.qr, wish.qr))
      wrong.push(`no QR code says ${String(wish.qr)}; there are: ${JSON.stringify(this.qr)}`);
    if (wish.barcode !== undefined && !says(this.barcodes, wish.barcode))
      wrong.push(`no bar code says ${String(wish.barcode)}; there are: ${JSON.stringify(this.barcodes)}`);
    if (wish.cut !== undefined && wish.cut !== this.isCut) wrong.push(this.isCut ? 'it was cut' : 'it was not cut');
    if (wish.drawer !== undefined && wish.drawer !== this.openedDrawer)
      wrong.push(this.openedDrawer ? 'the drawer was opened' : 'the drawer was not opened');
    return [...wrong, ...this.#lookDifferences(wish.picture ?? {})];
  }

  #lookDifferences({ atLeastRows = 0, ink, png }: PictureWish): string[] {
    const wrong: string[] = [];
    const { height, ink: black } = this.picture;
    if (height < atLeastRows) wrong.push(`it is ${height} dots long, not ${atLeastRows}`);
    const { from = 0, to = 1 } = ink ?? {};
    if (black < from || black > to)
      wrong.push(`${(100 * black).toFixed(1)} % of it is black, not ${100 * from} to ${100 * to} %`);
    if (png && !sameBytes(png, this.png())) wrong.push('it looks different from the picture');
    return wrong;
  }

  get #summary() {
    return this.#stream.summary().slips[0];
  }
}

class DotPicture implements SlipPicture {
  readonly #bitmap: Bitmap;

  constructor(bitmap: Bitmap) {
    this.#bitmap = bitmap;
  }

  get width(): number {
    return this.#bitmap.width;
  }

  get height(): number {
    return this.#bitmap.height;
  }

  isBlack(x: number, y: number): boolean {
    return dotAt(this.#bitmap, x, y);
  }

  get ink(): number {
    let black = 0;
    for (let y = 0; y < this.height; y += 1)
      for (let x = 0; x < this.width; x += 1) black += this.isBlack(x, y) ? 1 : 0;
    return black / Math.max(1, this.width * this.height);
  }
}

export function says(texts: readonly string[], wanted: string | RegExp): boolean {
  return texts.some((text) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)));
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
