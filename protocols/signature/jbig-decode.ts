import { type Bitmap, newBitmap } from '../escpos/image.ts';
import { nearestAdaptive } from './adaptive-pixel.ts';
import { type HeaderRefusal, JBIG_HEADER_BYTES, JBIG_OPTIONS, type JbigHeader, readJbigHeader } from './jbig-header.ts';
import { newRow, putRow, type Row, typicalContext, walkRow } from './jbig-rows.ts';
import { type AdaptiveMove, readSegments, type SegmentRefusal, type Stripe } from './jbig-segments.ts';
import { QmDecoder } from './qm-decoder.ts';
import { newContexts } from './qm-states.ts';

export type JbigRefusal = HeaderRefusal | SegmentRefusal | 'too-large' | 'bad-newlen' | 'bad-move';

export interface JbigPicture {
  readonly header: JbigHeader;
  readonly bitmap: Bitmap;
  /** bytes of the entity; what stands behind them is none of its */
  readonly length: number;
}

/** Dots of the largest picture that is decoded: a slip of 576 dots, 7000 long. A header can promise 2^64. */
const MAX_JBIG_DOTS = 4_194_304;

/** The picture of a bi-level image entity of one layer and one plane, or why there is none. */
export function decodeJbig(
  bytes: Uint8Array,
  maxDots = MAX_JBIG_DOTS,
): JbigPicture | { readonly refusal: JbigRefusal } {
  const header = readJbigHeader(bytes);
  if ('refusal' in header) return header;
  const { width, stripeRows, options } = header;
  const variable = (options & JBIG_OPTIONS.VLENGTH) !== 0;
  const heightOf = (newLength = header.height) => newLength;
  if (!variable && width * header.height > maxDots) return { refusal: 'too-large' };
  const read = readSegments(bytes, JBIG_HEADER_BYTES, variable, (newLength) =>
    Math.ceil(heightOf(newLength) / stripeRows),
  );
  if ('refusal' in read) return read;
  const height = heightOf(read.height);
  if (height === 0 || height > header.height) return { refusal: 'bad-newlen' };
  if (width * height > maxDots) return { refusal: 'too-large' };
  const bitmap = newBitmap(width, height);
  const isGood = new StripeDecoder(header, bitmap).decodeAll(read.stripes);
  return isGood ? { header, bitmap, length: read.end } : { refusal: 'bad-move' };
}

class StripeDecoder {
  readonly #header: JbigHeader;
  readonly #bitmap: Bitmap;
  readonly #twoLines: boolean;
  readonly #predictsTypical: boolean;
  #contexts = newContexts();
  #above: Row;
  #above2: Row;
  #wasTypical = false;
  #adaptive = 0;

  constructor(header: JbigHeader, bitmap: Bitmap) {
    this.#header = header;
    this.#bitmap = bitmap;
    this.#twoLines = (header.options & JBIG_OPTIONS.LRLTWO) !== 0;
    this.#predictsTypical = (header.options & JBIG_OPTIONS.TPBON) !== 0;
    this.#above = newRow(bitmap.width);
    this.#above2 = this.#above;
  }

  /** False: the adaptive pixel was moved to where it may not stand. */
  decodeAll(stripes: readonly Stripe[]): boolean {
    const { stripeRows } = this.#header;
    return stripes.every((stripe, n) => {
      if (!stripe.moves.every((move) => this.#isAllowed(move))) return false;
      this.#decode(stripe, n * stripeRows, Math.min(this.#bitmap.height, (n + 1) * stripeRows));
      if (stripe.resets) this.#reset();
      return true;
    });
  }

  /** Only to the left on the same line: MY is 0 in every dialect met, and T.85 demands it. */
  #isAllowed({ tx, ty }: AdaptiveMove): boolean {
    return ty === 0 && tx <= this.#header.mx && (tx === 0 || tx >= nearestAdaptive(this.#twoLines));
  }

  #reset(): void {
    this.#contexts = newContexts();
    this.#above = newRow(this.#bitmap.width);
    this.#above2 = this.#above;
    this.#wasTypical = false;
    this.#adaptive = 0;
  }

  #decode({ bytes, moves }: Stripe, from: number, to: number): void {
    const coder = new QmDecoder(this.#contexts, bytes);
    for (let y = from; y < to; y++) {
      this.#adaptive = moves.findLast(({ line }) => line === y - from)?.tx ?? this.#adaptive;
      const row = this.#isTypical(coder) ? this.#above : this.#decodeRow(coder);
      putRow(row, this.#bitmap, y);
      this.#above2 = this.#above;
      this.#above = row;
    }
  }

  #isTypical(coder: QmDecoder): boolean {
    if (!this.#predictsTypical) return false;
    if (coder.decode(typicalContext({ twoLines: this.#twoLines })) === 0) this.#wasTypical = !this.#wasTypical;
    return this.#wasTypical;
  }

  #decodeRow(coder: QmDecoder): Row {
    const row = newRow(this.#bitmap.width);
    const template = { twoLines: this.#twoLines, adaptive: this.#adaptive };
    walkRow(row, this.#above, this.#above2, template, (context) => coder.decode(context));
    return row;
  }
}
