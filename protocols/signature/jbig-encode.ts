import type { Bitmap } from '../escpos/image.ts';
import { AdaptivePixel, nearestAdaptive } from './adaptive-pixel.ts';
import { JBIG_OPTIONS, type JbigHeader, long, writeJbigHeader } from './jbig-header.ts';
import { LEFT, newRow, type Row, rowOf, sameRow, typicalContext, walkRow } from './jbig-rows.ts';
import { MARKERS } from './jbig-segments.ts';
import { QmEncoder } from './qm-encoder.ts';
import { newContexts } from './qm-states.ts';

export interface JbigEncoding extends Pick<JbigHeader, 'stripeRows' | 'mx' | 'order' | 'options'> {
  /** forget everything after each stripe (SDRST) */
  readonly resets?: boolean;
  /** a comment segment behind the header */
  readonly comment?: Uint8Array;
}

/** What signatures are uploaded as: `pbmtojbg -s 7` (terminals.md 3.4). */
export const FIELD_ENCODING: JbigEncoding = { stripeRows: 7, mx: 8, order: 0x03, options: 0x1c };

/** Longest side of a picture, in dots: colour pads have 320, a slip 576. */
const MAX_JBIG_SIDE = 0xffff;

/** One bi-level image entity: header, then each stripe coded, `FF 02` or `FF 03` behind it (T.82 6.2). */
export function encodeJbig(bitmap: Bitmap, encoding: JbigEncoding = FIELD_ENCODING): Uint8Array {
  const { width, height } = bitmap;
  if (![width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_JBIG_SIDE))
    throw new RangeError(`a picture of ${width} x ${height} dots cannot be encoded`);
  const { stripeRows, order, options, resets = false, comment } = encoding;
  // a range without any place in it is none
  const mx = encoding.mx < nearestAdaptive((options & JBIG_OPTIONS.LRLTWO) !== 0) ? 0 : encoding.mx;
  const bytes = writeJbigHeader({ width, height, stripeRows, mx, my: 0, order, options });
  if (comment) bytes.push(0xff, MARKERS.COMMENT, ...long(comment.length), ...comment);
  const stripes = new StripeEncoder(bitmap, encoding);
  for (let y = 0; y < height; y += stripeRows) {
    for (const byte of stripes.encode(y, Math.min(height, y + stripeRows))) bytes.push(byte);
    bytes.push(0xff, resets ? MARKERS.SDRST : MARKERS.SDNORM);
    if (resets) stripes.reset();
  }
  return Uint8Array.from(bytes);
}

class StripeEncoder {
  readonly #bitmap: Bitmap;
  readonly #mx: number;
  readonly #twoLines: boolean;
  readonly #predictsTypical: boolean;
  #contexts = newContexts();
  #above: Row;
  #above2: Row;
  #wasTypical = false;
  #adaptive = 0;

  constructor(bitmap: Bitmap, { options, mx }: JbigEncoding) {
    this.#bitmap = bitmap;
    this.#mx = mx;
    this.#twoLines = (options & JBIG_OPTIONS.LRLTWO) !== 0;
    this.#predictsTypical = (options & JBIG_OPTIONS.TPBON) !== 0;
    this.#above = newRow(bitmap.width);
    this.#above2 = this.#above;
  }

  reset(): void {
    this.#contexts = newContexts();
    this.#above = newRow(this.#bitmap.width);
    this.#above2 = this.#above;
    this.#wasTypical = false;
    this.#adaptive = 0;
  }

  /** The stripe's bytes, in front of them where its adaptive pixel moves. */
  encode(from: number, to: number): number[] {
    const coder = new QmEncoder(this.#contexts);
    const statistics = new AdaptivePixel(this.#twoLines, this.#mx);
    const moves: number[] = [];
    for (let y = from; y < to; y++) {
      const row = rowOf(this.#bitmap, y);
      const isTypical = this.#isTypical(row, coder);
      const move = statistics.decide(this.#adaptive);
      if (move !== undefined) {
        moves.push(0xff, MARKERS.ATMOVE, ...long(y - from), move, 0);
        this.#adaptive = move;
      }
      if (!isTypical) {
        this.#encodeRow(row, coder);
        statistics.count(row, this.#above);
      }
      this.#above2 = this.#above;
      this.#above = row;
    }
    return [...moves, ...coder.flush()];
  }

  #encodeRow(row: Row, coder: QmEncoder): void {
    const template = { twoLines: this.#twoLines, adaptive: this.#adaptive };
    let at = LEFT;
    walkRow(row, this.#above, this.#above2, template, (context) => {
      const dot = row[at++] ?? 0;
      coder.encode(context, dot);
      return dot;
    });
  }

  /** T.82 6.4.1: one symbol says whether being typical has changed; a typical line needs no more. */
  #isTypical(row: Row, coder: QmEncoder): boolean {
    if (!this.#predictsTypical) return false;
    const isTypical = sameRow(row, this.#above);
    coder.encode(typicalContext({ twoLines: this.#twoLines }), isTypical === this.#wasTypical ? 1 : 0);
    this.#wasTypical = isTypical;
    return isTypical;
  }
}
