import { LSZ, NEXT_LPS, NEXT_MPS } from './qm-states.ts';

/** The arithmetic decoder of one stripe (T.82 6.8.2), over bytes without stuffing. Behind their end come zeros. */
export class QmDecoder {
  readonly #contexts: Uint8Array;
  readonly #bytes: Uint8Array;
  #at = 3;
  /** 16 bits that are compared with the interval, 16 bits behind them */
  #c: number;
  #a = 0x10000;
  /** shifts until the next byte is wanted */
  #ct = 8;

  constructor(contexts: Uint8Array, bytes: Uint8Array) {
    this.#contexts = contexts;
    this.#bytes = bytes;
    const [first = 0, second = 0, third = 0] = bytes;
    this.#c = ((first << 24) | (second << 16) | (third << 8)) >>> 0;
  }

  decode(context: number): number {
    const held = this.#contexts[context] ?? 0;
    const state = held & 0x7f;
    const lsz = LSZ[state] ?? 0;
    this.#a -= lsz;
    const isUpper = this.#c >>> 16 >= this.#a;
    if (!isUpper && this.#a >= 0x8000) return held >> 7;
    // conditional exchange: the larger part belongs to the more probable symbol
    const isMps = isUpper === this.#a < lsz;
    if (isUpper) {
      this.#c -= this.#a * 0x10000;
      this.#a = lsz;
    }
    this.#contexts[context] = isMps ? (held & 0x80) | (NEXT_MPS[state] ?? 0) : (held & 0x80) ^ (NEXT_LPS[state] ?? 0);
    this.#renormalise();
    return isMps ? held >> 7 : 1 - (held >> 7);
  }

  #renormalise(): void {
    do {
      if (this.#ct === 0) {
        this.#c += (this.#bytes[this.#at] ?? 0) << 8;
        this.#at += 1;
        this.#ct = 8;
      }
      this.#a *= 2;
      this.#c = (this.#c << 1) >>> 0;
      this.#ct -= 1;
    } while (this.#a < 0x8000);
  }
}
