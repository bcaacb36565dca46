// A gun that types. It presses keys faster and more evenly than hands do, whatever field has the focus: its characters are
// told from a person's by their times alone (scanners.md 4.1: 1 to 20 ms a key; hands need 60 and more).

/** Between two keys of a gun at most; a fast typist's rolled pair is as short, a run of five is not. */
const GAP_MS = 40;
/** Keys in a row with such gaps: only a gun. The shortest code of a shop, EAN-8, has eight. */
const RUN = 6;
/** Silence that ends a code of a gun without an end key. */
export const END_MS = 120;
/** Longer than any code that is read here. */
const MOST_CHARS = 512;

export interface TypedCode {
  readonly text: string;
  /** from the first key to the last, ms */
  readonly tookMs: number;
  readonly longestGapMs: number;
  readonly end: 'enter' | 'tab' | 'silence';
}

/** What a key turns out to be. `revealed`: with this one it is clear that the last keys were a gun's. */
export type Heard = 'hand' | 'revealed' | 'gun' | 'end';

/** Listens to keys and their times, and to nothing else. */
export class WedgeEar {
  #text = '';
  #startedAt = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #longestGap = 0;
  #code: TypedCode | undefined;

  /** A gun is typing. */
  get hears(): boolean {
    return this.#text.length >= RUN;
  }

  /** A printable key at a time of the event's clock, ms. */
  char(char: string, at: number): Heard {
    const gap = at - this.#lastAt;
    if (gap > (this.hears ? END_MS : GAP_MS)) this.#begin(at);
    else this.#longestGap = Math.max(this.#longestGap, gap);
    this.#lastAt = at;
    if (this.#text.length < MOST_CHARS) this.#text += char;
    if (!this.hears) return 'hand';
    return this.#text.length === RUN ? 'revealed' : 'gun';
  }

  /** Enter or Tab: the end of a gun's code, or a person's key. */
  endKey(end: 'enter' | 'tab', at: number): Heard {
    const isEnd = this.hears && at - this.#lastAt <= END_MS;
    if (isEnd) this.#finish(end);
    else this.#begin(at);
    return isEnd ? 'end' : 'hand';
  }

  /** Nothing came for {@link END_MS}. */
  silence(): void {
    if (this.hears) this.#finish('silence');
    else this.#begin(Number.NEGATIVE_INFINITY);
  }

  /** The code that was just ended, once. */
  take(): TypedCode | undefined {
    const code = this.#code;
    this.#code = undefined;
    return code;
  }

  #finish(end: TypedCode['end']): void {
    const tookMs = this.#lastAt - this.#startedAt;
    this.#code = { text: this.#text, tookMs, longestGapMs: this.#longestGap, end };
    this.#begin(Number.NEGATIVE_INFINITY);
  }

  #begin(at: number): void {
    this.#text = '';
    this.#startedAt = at;
    this.#lastAt = Number.NEGATIVE_INFINITY;
    this.#longestGap = 0;
  }
}
