/** Bytes of one direction that belong together. `whole`: what ends here may be decoded, and masks itself. */
export interface Gathered {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

/** A pause this long ends what was being said; a USB adapter hands out pieces within 16 ms. */
export const PAUSE_MS = 80;
/** Half a code is waited for so long; then only its length is told. */
export const PATIENCE_MS = 2_000;
/** No code, answer or command is longer; a slip is told of in parts. */
const MOST_BYTES = 4_096;

/** Whether the bytes can end here: half a code must not be shown, its mask would show the other half's middle. */
export type Ends = (bytes: Uint8Array) => boolean;

/**
 * Gathers what arrives in pieces until it is whole, so that a secret is masked whatever the reads cut it into: the mask of a whole
 * code shows its first two and last four digits, the mask of each half would show twelve. Time comes in; nothing is lost.
 */
export class Gatherer {
  readonly #ends: Ends;
  #bytes: number[] = [];
  #lastAt = 0;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  get deadline(): number | undefined {
    if (this.#bytes.length === 0) return undefined;
    return this.#lastAt + (this.#ends(Uint8Array.from(this.#bytes)) ? PAUSE_MS : PATIENCE_MS);
  }

  push(bytes: Uint8Array, at: number): Gathered[] {
    const before = this.due(at);
    for (const byte of bytes) this.#bytes.push(byte);
    this.#lastAt = at;
    return this.#bytes.length > MOST_BYTES ? [...before, this.#take()] : before;
  }

  /** What is over by now. */
  due(at: number): Gathered[] {
    const { deadline } = this;
    return deadline !== undefined && at >= deadline ? [this.#take()] : [];
  }

  #take(): Gathered {
    const bytes = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    return { bytes, whole: bytes.length <= MOST_BYTES && this.#ends(bytes) };
  }
}

/** A line of text ends with a control character; a letter or digit at the end may be the middle of a code. */
export function endsLikeALine(bytes: Uint8Array): boolean {
  const last = bytes.at(-1) ?? 0;
  return last < 0x20 || last > 0x7e;
}
