import { performance } from 'node:perf_hooks';

/** Time as the simulated shop sees it: the same shape as the agent's, so that one virtual clock can drive both. */
export interface Clock {
  /** wall clock, Unix milliseconds */
  now(): number;
  /** monotonic milliseconds */
  mono(): number;
  /** Runs `run` once after `ms`; the returned function calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to move; what is due at the same millisecond runs in the order it was asked. */
export class VirtualClock implements Clock {
  readonly #epoch: number;
  #mono = 0;
  #order = 0;
  #due: Due[] = [];

  /** `epoch`: the wall clock at monotonic 0 */
  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  now(): number {
    // whole milliseconds, as Date.now() gives
    return Math.floor(this.#epoch + this.#mono);
  }

  mono(): number {
    return this.#mono;
  }

  after(ms: number, run: () => void): () => void {
    const due: Due = { at: this.#mono + Math.max(0, ms), order: this.#order++, run };
    this.#due.push(due);
    return () => {
      this.#due = this.#due.filter((other) => other !== due);
    };
  }

  /** When the next thing falls due, monotonic ms; `undefined` while nothing is asked for. */
  get nextDue(): number | undefined {
    return this.#first(Number.POSITIVE_INFINITY)?.at;
  }

  /** Moves on by `ms` and runs everything that falls due on the way, also what that adds. */
  advance(ms: number): void {
    this.advanceTo(this.#mono + ms);
  }

  /** The same, to the moment `until`: a sum of fractions would miss what falls due exactly then. */
  advanceTo(until: number): void {
    for (let next = this.#first(until); next; next = this.#first(until)) {
      const { at, run } = next;
      this.#due = this.#due.filter((other) => other !== next);
      this.#mono = at;
      run();
    }
    this.#mono = Math.max(this.#mono, until);
  }

  #first(until: number): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) {
      if (due.at > until) continue;
      if (!first || due.at < first.at || (due.at === first.at && due.order < first.order)) first = due;
    }
    return first;
  }
}
