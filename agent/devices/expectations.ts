import type { Reply } from '../../protocols/escpos/status.ts';
import type { Clock } from '../clock.ts';

/** Who waits for an answer of the printer. Several may: for the status and for the proof of a job. */
export class Expectations {
  readonly #clock: Clock;
  readonly #waiting = new Set<(reply: Reply | undefined) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  heard(reply: Reply): void {
    for (const tell of this.#waiting) tell(reply);
  }

  lost(): void {
    for (const tell of this.#waiting) tell(undefined);
  }

  /** Waits for the first reply that `accepts`; `silent` after `ms`, `lost` when the link goes down. */
  expect(ms: number, accepts: (reply: Reply) => boolean): Expected {
    let settle: (answer: Answer) => void = () => undefined;
    const answer = new Promise<Answer>((resolve) => {
      settle = resolve;
    });
    const done = (result: Answer) => {
      this.#waiting.delete(tell);
      stopTimer();
      settle(result);
    };
    const tell = (reply: Reply | undefined) => {
      if (reply === undefined) done('lost');
      else if (accepts(reply)) done('heard');
    };
    const stopTimer = this.#clock.after(ms, () => done('silent'));
    this.#waiting.add(tell);
    return { answer, callOff: () => done('silent') };
  }
}

export type Answer = 'heard' | 'silent' | 'lost';

export interface Expected {
  readonly answer: Promise<Answer>;
  readonly callOff: () => void;
}
