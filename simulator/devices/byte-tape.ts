/** Bytes kept at most; the oldest ones stay, because places are counted from the start. */
const MAX_KEPT_BYTES = 64 << 20;

/** Bytes in the order they came, found again by their place in the stream. */
export class ByteTape {
  #bytes = new Uint8Array(4096);
  /** kept from this place on */
  #from = 0;
  #kept = 0;
  #length = 0;

  /** Bytes put so far, forgotten ones too. */
  get length(): number {
    return this.#length;
  }

  put(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const part = bytes.subarray(0, MAX_KEPT_BYTES - this.#kept);
    if (this.#kept + part.length > this.#bytes.length) this.#grow(this.#kept + part.length);
    this.#bytes.set(part, this.#kept);
    this.#kept += part.length;
  }

  /** The bytes of [from, to), as far as they are kept. */
  slice(from: number, to: number): Uint8Array {
    return this.#bytes.slice(Math.max(0, from - this.#from), Math.max(0, Math.min(to - this.#from, this.#kept)));
  }

  all(): Uint8Array {
    return this.#bytes.slice(0, this.#kept);
  }

  /** Nobody asks for anything before `to` any more. */
  forget(to: number): void {
    const count = Math.min(Math.max(0, to - this.#from), this.#kept);
    this.#bytes.copyWithin(0, count, this.#kept);
    this.#from += count;
    this.#kept -= count;
  }

  #grow(atLeast: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, atLeast));
    grown.set(this.#bytes.subarray(0, this.#kept));
    this.#bytes = grown;
  }
}
