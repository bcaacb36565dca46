/** The printer's receive buffer: a ring with two thresholds, so that it is not busy and ready in turn at every byte. */
export class ReceiveBuffer {
  readonly #ring: Uint8Array;
  readonly #busyAtFree: number;
  readonly #readyAtFree: number;
  #first = 0;
  #length = 0;
  #busy = false;
  /** bytes that came when nothing was free: discarded, as the manuals say */
  discarded = 0;

  constructor({ bytes, busyAtFree, readyAtFree }: Thresholds) {
    this.#ring = new Uint8Array(bytes);
    this.#busyAtFree = busyAtFree;
    this.#readyAtFree = readyAtFree;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  get free(): number {
    return this.#ring.length - this.#length;
  }

  /** Full, for whoever sends: it stays so until enough is free. */
  get isBusy(): boolean {
    return this.#busy;
  }

  put(byte: number): void {
    if (this.free === 0) {
      this.discarded += 1;
      return;
    }
    this.#ring[(this.#first + this.#length) % this.#ring.length] = byte;
    this.#length += 1;
    if (this.free <= this.#busyAtFree) this.#busy = true;
  }

  take(): number {
    const byte = this.#ring[this.#first] ?? 0;
    this.#first = (this.#first + 1) % this.#ring.length;
    this.#length -= 1;
    if (this.free >= this.#readyAtFree) this.#busy = false;
    return byte;
  }

  clear(): void {
    this.#length = 0;
    this.#busy = false;
  }
}

interface Thresholds {
  readonly bytes: number;
  readonly busyAtFree: number;
  readonly readyAtFree: number;
}
