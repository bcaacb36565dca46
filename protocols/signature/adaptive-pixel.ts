import { LEFT, RIGHT, type Row } from './jbig-rows.ts';

/** So many dots are looked at before the stripe's one decision. */
const ENOUGH = 2048;

/** Nearer dots on the same line are in the template already. */
export function nearestAdaptive(twoLines: boolean): number {
  return twoLines ? 5 : 3;
}

/**
 * Where the adaptive pixel should stand: T.82 annex C as its corrigendum has it. In a picture with a period (a screened
 * photograph, a hatched ground) the dot one period to the left says more than the nearest one. Counted anew in each stripe.
 */
export class AdaptivePixel {
  readonly #nearest: number;
  readonly #mx: number;
  /** how often the dot so far to the left was the same; 0: the default place */
  readonly #same: Uint32Array;
  #seen = 0;
  #isDecided: boolean;

  constructor(twoLines: boolean, mx: number) {
    this.#nearest = nearestAdaptive(twoLines);
    this.#mx = mx;
    this.#same = new Uint32Array(mx + 1);
    this.#isDecided = mx < this.#nearest;
  }

  /** A line that was coded. */
  count(row: Row, above: Row): void {
    if (this.#isDecided) return;
    for (let at = LEFT + this.#mx; at < row.length - RIGHT - 2; at++) {
      const dot = row[at];
      this.#seen += 1;
      this.#same[0] = (this.#same[0] ?? 0) + (above[at + 2] === dot ? 1 : 0);
      for (let t = this.#nearest; t <= this.#mx; t++)
        this.#same[t] = (this.#same[t] ?? 0) + (row[at - t] === dot ? 1 : 0);
    }
  }

  /** Before a line: where to move the pixel that stands at `now`, or `undefined`. */
  decide(now: number): number | undefined {
    if (this.#isDecided || this.#seen <= ENOUGH) return undefined;
    this.#isDecided = true;
    return this.#isWorthIt(now) ? this.#best() : undefined;
  }

  #isWorthIt(now: number): boolean {
    const all = this.#seen;
    const places = this.#same.subarray(this.#nearest);
    const [most, least] = [Math.max(...places), Math.min(...places)];
    const [first = 0, held = 0] = [this.#same[0], this.#same[now]];
    const [misses, gain, gainOverInverse] = [all - most, unsigned(most - held), unsigned(most - (all - held))];
    const spread = Math.max(most, first) - Math.min(least, first);
    const part = (bits: number) => Math.floor(all / 2 ** bits);
    return (
      misses < part(3) &&
      Math.min(gain, gainOverInverse) > Math.max(misses, part(4)) &&
      most - least > part(2) &&
      (now !== 0 || spread > part(3))
    );
  }

  #best(): number {
    return this.#same.reduce((best, count, t) => (count > (this.#same[best] ?? 0) ? t : best), 0);
  }
}

/**
 * Annex C counts in numbers without sign: a loss is a very large gain. The move that comes of it goes to where the pixel
 * already predicts best, costs eight bytes and does no harm; without it our bytes would not be those of everybody else.
 */
function unsigned(difference: number): number {
  return difference < 0 ? Number.POSITIVE_INFINITY : difference;
}
