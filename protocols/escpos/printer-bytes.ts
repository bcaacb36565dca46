import { encodeGb18030, putGbk } from '../bytes/gb18030.ts';

/** Bytes for a printer, appended to one growing buffer. */
export class PrinterBytes {
  #bytes = new Uint8Array(2048);
  #length = 0;

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

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
