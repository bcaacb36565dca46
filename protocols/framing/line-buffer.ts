/** Copying so few bytes one by one is quicker than asking for it. */
const SHORT_RUN = 48;
const FIRST_ROOM = 256;
/** room for so many lines like the longest one lately, but no more than this: making room costs more than copying */
const LINES = 16;
/** of the 64 KiB that noise may ever cost (scanners.md 8) */
const MOST_ROOM = 61_440;

/**
 * The line in hand, in front of room for the next ones. What is taken out is never written again, so nothing is copied a
 * second time.
 */
export class LineBuffer {
  #room = new Uint8Array(FIRST_ROOM);
  #from = 0;
  #length = 0;
  #longest = 0;

  get length(): number {
    return this.#length;
  }

  at(n: number): number {
    return this.#room[this.#from + n] ?? 0;
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    this.#makeRoom(to - from);
    const room = this.#room;
    const end = this.#from + this.#length;
    if (to - from <= SHORT_RUN) for (let n = from; n < to; n++) room[end + n - from] = bytes[n] ?? 0;
    else room.set(to - from === bytes.length ? bytes : bytes.subarray(from, to), end);
    this.#length += to - from;
  }

  push(byte: number): void {
    this.#makeRoom(1);
    this.#room[this.#from + this.#length++] = byte;
  }

  /** The first `length` bytes of the line in hand, which is over. */
  take(length: number): Uint8Array {
    const taken = runOf(this.#room, this.#from, this.#from + length);
    this.#longest = Math.max(length, this.#longest >> 1);
    if (length > SHORT_RUN) this.#from += length;
    this.#length = 0;
    return taken;
  }

  clear(): void {
    this.#length = 0;
  }

  #makeRoom(more: number): void {
    const wanted = this.#length + more;
    if (this.#from + wanted <= this.#room.length) return;
    const room = new Uint8Array(Math.max(wanted, Math.min(MOST_ROOM, LINES * Math.max(wanted, this.#longest))));
    room.set(this.#room.subarray(this.#from, this.#from + this.#length));
    this.#room = room;
    this.#from = 0;
  }
}

/** A few bytes are copied, many are shown where they lie. */
export function runOf(bytes: Uint8Array, from: number, to: number): Uint8Array {
  if (to - from > SHORT_RUN) return new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
  const copy = new Uint8Array(to - from);
  for (let n = from; n < to; n++) copy[n - from] = bytes[n] ?? 0;
  return copy;
}
