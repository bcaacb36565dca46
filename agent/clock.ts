import { performance } from 'node:perf_hooks';

/** Time as the agent sees it. Injected everywhere, so that tests and the torture world own it. */
export interface Clock {
  /** wall clock, Unix milliseconds: for people and records, never for time-outs */
  now(): number;
  /** monotonic milliseconds: for every time-out and duration */
  mono(): number;
  /**
   * Runs `run` once after `ms` of monotonic time; the returned function calls it off. 0: when what is going on now, down to
   * its last promise, has handed its work to the wires and the disk.
   */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  after(ms, run) {
    if (ms <= 0) {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    }
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
