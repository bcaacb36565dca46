import { LSZ, NEXT_LPS, NEXT_MPS } from './qm-states.ts';

// T.82 6.8.1. The code register, 28 bits:   000c bbbb bbbb sss x xxxx xxxx xxxx xxxx
//                                                 |carry |byte  |spacer   |fraction

/** The arithmetic encoder of one stripe. Contexts belong to the caller: they live on over SDNORM. */
export class QmEncoder {
  readonly #contexts: Uint8Array;
  #c = 0;
  #a = 0x10000;
  /** shifts until a byte is complete */
  #ct = 11;
  /** the last byte, still open to a carry; -1 before the first */
  #buffer = -1;
  /** FF bytes behind it, which a carry would turn into 00 */
  #stacked = 0;
  readonly #out: number[] = [];

  constructor(contexts: Uint8Array) {
    this.#contexts = contexts;
  }

  encode(context: number, pixel: number): void {
    const held = this.#contexts[context] ?? 0;
    const state = held & 0x7f;
    const lsz = LSZ[state] ?? 0;
    const isMps = held >> 7 === pixel;
    this.#a -= lsz;
    if (isMps && this.#a >= 0x8000) return;
    // the larger part goes to the more probable symbol, whichever that is now (conditional exchange)
    const takesUpper = isMps === this.#a < lsz;
    if (takesUpper) {
      this.#c += this.#a;
      this.#a = lsz;
    }
    this.#contexts[context] = isMps ? (held & 0x80) | (NEXT_MPS[state] ?? 0) : (held & 0x80) ^ (NEXT_LPS[state] ?? 0);
    this.#renormalise();
  }

  #renormalise(): void {
    do {
      this.#a *= 2;
      this.#c *= 2;
      this.#ct -= 1;
      if (this.#ct === 0) this.#byteOut();
    } while (this.#a < 0x8000);
  }

  #byteOut(): void {
    const byte = this.#c >>> 19;
    this.#c &= 0x7ffff;
    this.#ct = 8;
    if (byte === 0xff) {
      this.#stacked += 1;
      return;
    }
    this.#settle(byte >> 8);
    this.#buffer = byte & 0xff;
  }

  /** The open byte and the stack behind it, now that the carry is known. */
  #settle(carry: number): void {
    if (this.#buffer >= 0) this.#out.push(this.#buffer + carry);
    for (; this.#stacked > 0; this.#stacked--) this.#out.push(carry ? 0x00 : 0xff);
  }

  /** Ends the stripe (6.8.1.5): as many zero bits as the interval allows, without the zero bytes at the end, stuffed. */
  flush(): number[] {
    const cleared = Math.floor((this.#c + this.#a - 1) / 0x10000) * 0x10000;
    const last = (cleared < this.#c ? cleared + 0x8000 : cleared) * 2 ** this.#ct;
    this.#settle(last >= 0x8000000 ? 1 : 0);
    this.#out.push(Math.floor(last / 0x80000) & 0xff, Math.floor(last / 0x800) & 0xff);
    while (this.#out.at(-1) === 0) this.#out.pop();
    return this.#out.flatMap((byte) => (byte === 0xff ? [0xff, 0x00] : [byte]));
  }
}
