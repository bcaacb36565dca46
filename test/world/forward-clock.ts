import { type Clock, systemClock } from '../../agent/clock.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
  callOff: () => void;
}

/** The real time, which a test may put forward: what waits for seconds or minutes is due at once. */
export class ForwardClock implements Clock {
  #ahead = 0;
  readonly #timers = new Set<Timer>();

  now = (): number => systemClock.now() + this.#ahead;
  mono = (): number => systemClock.mono() + this.#ahead;

  after(ms: number, run: () => void): () => void {
    const timer: Timer = { at: this.mono() + ms, run, callOff: () => undefined };
    this.#timers.add(timer);
    this.#start(timer);
    return () => this.#drop(timer);
  }

  /** How many came due by it. */
  forward(ms: number): number {
    this.#ahead += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.mono()).sort((a, b) => a.at - b.at);
    for (const timer of due) this.#fire(timer);
    for (const timer of this.#timers) {
      timer.callOff();
      this.#start(timer);
    }
    return due.length;
  }

  #start(timer: Timer): void {
    timer.callOff = systemClock.after(Math.max(0, timer.at - this.mono()), () => this.#fire(timer));
  }

  #fire(timer: Timer): void {
    if (!this.#timers.has(timer)) return; // an earlier one has called it off
    this.#drop(timer);
    timer.run();
  }

  #drop(timer: Timer): void {
    timer.callOff();
    this.#timers.delete(timer);
  }
}

/**
 * For who waits seconds for something that will never answer: a quarter of a second goes by in each fortieth. On a busy
 * machine it goes slower, with everything else in this process: what does answer keeps its turns.
 */
export async function hurriedly<T>(wait: (clock: Clock) => Promise<T>): Promise<T> {
  const clock = new ForwardClock();
  const ticking = setInterval(() => clock.forward(250), 25);
  return await wait(clock).finally(() => clearInterval(ticking));
}
