/**
 * Which keys came before: 64 bits of each, so that a million take 16 MB. Two of a million have the same 64 bits once in
 * forty million files; the file would be refused, and nothing be booked wrongly.
 */
export class SeenKeys {
  #low = new Uint32Array(1 << 12);
  #high = new Uint32Array(1 << 12);
  #count = 0;

  /** False: it was there. Keys of different kinds are different keys. */
  add(key: string, kind: number): boolean {
    if (2 * this.#count >= this.#low.length) this.#grow();
    let low = 0xdeadbeef ^ kind;
    let high = 0x41c6ce57 ^ kind;
    for (let at = 0; at < key.length; at++) {
      const code = key.charCodeAt(at);
      low = Math.imul(low ^ code, 2_654_435_761);
      high = Math.imul(high ^ code, 1_597_334_677);
    }
    low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
    high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
    return this.#put(low >>> 0, high >>> 0 || 1);
  }

  /** `high` is never 0: that is an empty place. */
  #put(low: number, high: number): boolean {
    const mask = this.#low.length - 1;
    let at = low & mask;
    for (; this.#high[at] !== 0; at = (at + 1) & mask)
      if (this.#low[at] === low && this.#high[at] === high) return false;
    this.#low[at] = low;
    this.#high[at] = high;
    this.#count += 1;
    return true;
  }

  #grow(): void {
    const [low, high] = [this.#low, this.#high];
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#count = 0;
    for (const [at, part] of high.entries()) if (part !== 0) this.#put(low[at] ?? 0, part);
  }
}
