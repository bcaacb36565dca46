import type { Clock } from '../clock.ts';

/** Wakes a machine at a time of its own, ms behind its zero; one time at most. */
export class Alarm {
  readonly #clock: Clock;
  readonly #zero: number;
  #callOff: () => void = () => {};

  /** `zero`: monotonic time of t = 0 */
  constructor(clock: Clock, zero: number) {
    this.#clock = clock;
    this.#zero = zero;
  }

  /** Timers may fire a fraction of a millisecond early; it rings when the time has truly come. */
  set(at: number, ring: () => void): void {
    this.#callOff();
    const left = at - (this.#clock.mono() - this.#zero);
    if (left <= 0) return ring();
    this.#callOff = this.#clock.after(left, () => this.set(at, ring));
  }

  stop(): void {
    this.#callOff();
  }
}
