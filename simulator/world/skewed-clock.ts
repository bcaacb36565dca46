import type { Clock } from './clock.ts';

/** A clock whose hands somebody moves; time passes in it as in the other. */
export class SkewedClock implements Clock {
  /** ahead (+) or behind (-) of the other */
  aheadMs = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.aheadMs;
  }

  mono(): number {
    return this.#clock.mono();
  }

  after(ms: number, run: () => void): () => void {
    return this.#clock.after(ms, run);
  }
}
