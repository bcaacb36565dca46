import type { Clock } from '../clock.ts';

/** So many at once, so many a second: a caller that goes wild is told to wait, the till goes on. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** A bucket that fills with time. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #clock: Clock;
  #left: number;
  #at: number;

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#left = rate.burst;
    this.#at = clock.mono();
  }

  /** Takes one; otherwise the milliseconds until there is one. */
  take(): number {
    const { burst, perSecond } = this.#rate;
    const now = this.#clock.mono();
    this.#left = Math.min(burst, this.#left + ((now - this.#at) * perSecond) / 1_000);
    this.#at = now;
    if (this.#left < 1) return Math.ceil(((1 - this.#left) * 1_000) / perSecond);
    this.#left -= 1;
    return 0;
  }
}
