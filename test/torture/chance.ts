/**
 * Seeded chance (mulberry32). Every room of the world draws from a stream of its own, named, so that a draw more in one
 * place does not change what happens in the others.
 */
export class Chance {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.#state = this.seed;
  }

  stream(name: string): Chance {
    let hash = 0x811c9dc5 ^ this.seed;
    for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
    return new Chance(Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d));
  }

  /** 0 <= x < 1 */
  readonly next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  /** 0 to n - 1 */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** from `low` to `high`, both included */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  pick<const T extends readonly [unknown, ...unknown[]]>(items: T): T[number] {
    return items[this.below(items.length)];
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}
