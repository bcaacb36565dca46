const FIRST_CEILING_MS = 50;
const LAST_CEILING_MS = 30_000;
const SHORTEST_MS = 50;
const REFUSED_MS = 30_000;
const TWIN_MS = 300_000;

/**
 * How long to wait before the next connection: full jitter under a ceiling that doubles from 50 ms to 30 s, so that a
 * street of tills does not come back in step after the broker restarts (field-lessons.md F19).
 */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  next(): number {
    const ceiling = Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    return Math.max(SHORTEST_MS, this.#random() * ceiling);
  }

  /** Refused credentials do not mend themselves in seconds: 30 to 60 s, so that no broker locks the account (F20). */
  nextAfterRefusal(): number {
    return REFUSED_MS * (1 + this.#random());
  }

  /** Another agent works under this name: each try throws it out for a moment. 5 to 10 min. */
  nextAfterTwin(): number {
    return TWIN_MS * (1 + this.#random());
  }

  reset(): void {
    this.#failures = 0;
  }
}
