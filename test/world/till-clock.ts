import type { Clock } from '../../agent/clock.ts';
import type { VirtualClock } from '../../simulator/world/clock.ts';

/**
 * The clocks of one process on one PC. The wall clock may be wrong and may jump; the monotonic clock begins with the
 * process, as performance.now() does, and knows nothing of either.
 */
export class TillClock implements Clock {
  /** what the PC's wall clock is ahead (+) or behind (-), ms */
  wrongByMs: number;
  readonly #world: VirtualClock;
  readonly #born: number;
  #dead = false;

  constructor(world: VirtualClock, wrongByMs = 0) {
    this.#world = world;
    this.#born = world.mono();
    this.wrongByMs = wrongByMs;
  }

  now(): number {
    return this.#world.now() + this.wrongByMs;
  }

  mono(): number {
    return this.#world.mono() - this.#born;
  }

  after(ms: number, run: () => void): () => void {
    if (this.#dead) return () => undefined;
    return this.#world.after(ms, () => {
      if (!this.#dead) run();
    });
  }

  /** kill -9: nothing this process asked for happens any more. */
  kill(): void {
    this.#dead = true;
  }
}
