import { encodeGb18030, putGbk } from '../bytes/gb18030.ts';

/** One buffer waits for the next slip: a fresh one would cost more than filling it. */
let spare: Uint8Array | undefined;
const NONE = new Uint8Array();
const FIRST_BYTES = 4096;

/** Bytes for a printer, appended to one growing buffer. */
export class PrinterBytes {
  #bytes: Uint8Array;
  #length = 0;

  constructor() {
    this.#bytes = spare ?? new Uint8Array(FIRST_BYTES);
    spare = undefined;
  }

  /** Commands that are the same every time come as constants. */
  put(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    // a command has a few bytes: a loop is faster than a call of set()
    if (bytes.length > 16) this.#bytes.set(bytes, this.#length);
    else for (let i = 0; i < bytes.length; i++) this.#bytes[this.#length + i] = bytes[i] ?? 0;
    this.#length += bytes.length;
  }

  /** Text that went through `printable`: it has no control characters. */
  text(text: string): void {
    this.#reserve(2 * text.length);
    const end = putGbk(text, this.#bytes, this.#length);
    if (end >= 0) this.#length = end;
    else this.put(encodeGb18030(text));
  }

  /** The bytes; nothing more can be put. */
  done(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#length);
    if (this.#bytes.length === FIRST_BYTES) spare = this.#bytes;
    this.#bytes = NONE;
    this.#length = 0;
    return bytes;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
