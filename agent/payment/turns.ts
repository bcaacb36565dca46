import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';

export interface TurnParts {
  readonly clock: Clock;
  readonly log: Log;
  /** a piece of work is over, well or badly */
  readonly onDone: () => void;
}

/** Work on the counter, one piece after the other, so that two codes in one breath cannot both start. */
export class Turns {
  readonly #parts: TurnParts;
  #queue: Promise<void> = Promise.resolve();
  readonly #timers = new Set<() => void>();

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  take(work: () => Promise<void>): void {
    this.#queue = this.#queue
      .then(work)
      .catch((error: unknown) => {
        this.#parts.log.error({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      })
      .then(() => this.#parts.onDone());
  }

  /** The same, for somebody who waits for its end. */
  answered<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.take(async () => {
        try {
          resolve(await work());
        } catch (error) {
          reject(error);
          throw error;
        }
      });
    });
  }

  /** What was accepted or decided and could not be written down is tried `again` when the disk may have recovered. */
  untilWritten(again: () => void, work: () => Promise<void>): void {
    this.take(() =>
      work().catch((error: unknown) => {
        this.after(JOURNAL_RETRY_MS, again);
        throw error;
      }),
    );
  }

  after(ms: number, run: () => void): void {
    const stop = this.#parts.clock.after(ms, () => {
      this.#timers.delete(stop);
      run();
    });
    this.#timers.add(stop);
  }

  /** Calls off what waits for a time. */
  stop(): void {
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
  }
}
