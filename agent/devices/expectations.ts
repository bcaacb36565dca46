import type { Reply } from '../../protocols/escpos/status.ts';
import type { Clock } from '../clock.ts';

/** An answer in real time comes on reception; one that is later than this comes no more. Shorter than the pause between polls. */
const LATE_MS = 900;

/** Who waits for an answer of the printer. Several may: for the status and for the proof of a job. */
export class Expectations {
  readonly #clock: Clock;
  readonly #waiting = new Set<(reply: Reply | undefined) => void>();
  /** answers in real time that were asked for and have not come, and when the last of them was asked for */
  #owed = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  heard(reply: Reply): void {
    if (reply.kind === 'realtime') this.#owed = Math.max(0, this.#owed - 1);
    for (const tell of this.#waiting) tell(reply);
  }

  /** Answers of earlier questions that may still come: they carry no name, and are not the next one's. */
  get owed(): number {
    return this.#clock.mono() - this.#askedAt > LATE_MS ? 0 : this.#owed;
  }

  /** So many answers were asked for. */
  asked(count: number): void {
    this.#owed = this.owed + count;
    this.#askedAt = this.#clock.mono();
  }

  /** What is still owed comes no more: the rest of an answer that broke off. */
  forgive(): void {
    this.#owed = 0;
  }

  lost(): void {
    this.#owed = 0;
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
