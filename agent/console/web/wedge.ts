// A gun that types. It presses keys faster and more evenly than hands do, whatever field has the focus: its characters are
// told from a person's by their times alone (scanners.md 4.1: 1 to 20 ms a key; hands need 60 and more).

/** Between two keys of one code at most: a busy PC delays single ones. Longer silence ends a code without an end key. */
export const END_MS = 120;
/** On average between the keys of a gun; a fast typist's rolled pair is as short, a run of five is not. */
const MEAN_MS = 45;
/** Keys in a row that are looked at. The shortest code of a shop, EAN-8, has eight. */
const RUN = 6;
/** Longer than any code that is read here. */
const MOST_CHARS = 512;

export interface TypedCode {
  readonly text: string;
  /** from the first key to the last, ms */
  readonly tookMs: number;
}

/** What a key turns out to be. `revealed`: with this one it is clear that the whole run was a gun's. */
export type Heard = 'hand' | 'revealed' | 'gun' | 'end';

/** Listens to keys and their times, and to nothing else. */
export class WedgeEar {
  #text = '';
  #startedAt = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #isGun = false;
  #code: TypedCode | undefined;

  /** A gun is typing. */
  get hears(): boolean {
    return this.#isGun;
  }

  /** Whether a printable key at this time is the first of a new run. */
  beginsAt(at: number): boolean {
    return at - this.#lastAt > END_MS;
  }

  /** A printable key at a time of the event's clock, ms. */
  char(char: string, at: number): Heard {
    if (this.beginsAt(at)) this.#begin(at);
    this.#lastAt = at;
    if (this.#text.length < MOST_CHARS) this.#text += char;
    if (this.#isGun) return 'gun';
    const { length } = this.#text;
    this.#isGun = length >= RUN && (at - this.#startedAt) / (length - 1) <= MEAN_MS;
    return this.#isGun ? 'revealed' : 'hand';
  }

  /** Enter or Tab: the end of a gun's code, or a person's key. */
  endKey(at: number): Heard {
    const isEnd = this.#isGun && at - this.#lastAt <= END_MS;
    if (isEnd) this.#finish();
    else this.#begin(at);
    return isEnd ? 'end' : 'hand';
  }

  /** Nothing came for {@link END_MS}. */
  silence(): void {
    if (this.#isGun) this.#finish();
  }

  /** The code that was just ended, once. */
  take(): TypedCode | undefined {
    const code = this.#code;
    this.#code = undefined;
    return code;
  }

  #finish(): void {
    this.#code = { text: this.#text, tookMs: this.#lastAt - this.#startedAt };
    this.#begin(0);
  }

  #begin(at: number): void {
    this.#text = '';
    this.#isGun = false;
    this.#startedAt = at;
    this.#lastAt = Number.NEGATIVE_INFINITY;
  }
}
