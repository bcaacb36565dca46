/**
 * Which keys came before: 64 bits of each, so that a million take 32 MB. Two of a million have the same 64 bits once in
 * forty million files; the file would be refused, and nothing be booked wrongly.
 */
export class SeenKeys {
  /** pairs of low and high; a high of 0 is an empty place */
  #pairs = new Uint32Array(1 << 16);
  #count = 0;

  /** False: it was there. Keys of different kinds are different keys. */
  add(key: string, kind: number): boolean {
    if (4 * this.#count >= this.#pairs.length) this.#grow();
    let low = 0xdeadbeef ^ kind;
    let high = 0x41c6ce57 ^ kind;
    // two letters a step; behind the end there is NaN, which is 0 here
    for (let at = 0; at < key.length; at += 2) {
      const code = key.charCodeAt(at) | (key.charCodeAt(at + 1) << 16);
      low = Math.imul(low ^ code, 2_654_435_761);
      high = Math.imul(high ^ code, 1_597_334_677);
    }
    low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
    high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
    return this.#put(low >>> 0, high >>> 0 || 1);
  }

  #put(low: number, high: number): boolean {
    const pairs = this.#pairs;
    const mask = pairs.length - 1;
    let at = (low << 1) & mask;
    for (; pairs[at + 1] !== 0; at = (at + 2) & mask) if (pairs[at] === low && pairs[at + 1] === high) return false;
    pairs[at] = low;
    pairs[at + 1] = high;
    this.#count += 1;
    return true;
  }

  #grow(): void {
    const before = this.#pairs;
    this.#pairs = new Uint32Array(before.length * 4);
    this.#count = 0;
    for (let at = 0; at < before.length; at += 2) {
      const high = before[at + 1] ?? 0;
      if (high !== 0) this.#put(before[at] ?? 0, high);
    }
  }
}
