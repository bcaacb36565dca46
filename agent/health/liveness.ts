import type { Clock } from '../clock.ts';

/** How often the loop shows that it turns. */
const BEAT_MS = 1_000;
/** The worst delay is told of the last minute. */
const REMEMBERED = 60;
/** A loop that stood still for so long is stuck: a clerk has long called for help. */
const STUCK_MS = 10_000;

/** What the work of a till says for itself. */
export interface Pulse {
  readonly ok: boolean;
  /** the worst within the last minute, ms */
  readonly lagMs: number;
  /** how long the journal has been owing an answer, ms */
  readonly journalMs: number;
}

/**
 * Alive is not "the process exists": the loop turns in time, and what is handed to the journal comes back, kept or refused. A disk
 * that answers nothing any more is found here and nowhere else.
 */
export class Liveness {
  readonly #clock: Clock;
  readonly #written: () => Promise<void>;
  #lags: number[] = [];
  #due: number;
  #owedSince: number | undefined;
  #callOff: () => void = () => undefined;
  /** Called at every beat. */
  onBeat: (pulse: Pulse) => void = () => undefined;

  /** `written` resolves when what was handed to the journal so far is on disk, or surely not. */
  constructor(clock: Clock, written: () => Promise<void>) {
    this.#clock = clock;
    this.#written = written;
    this.#due = clock.mono() + BEAT_MS;
    this.#wait();
  }

  get pulse(): Pulse {
    const now = this.#clock.mono();
    const late = Math.max(0, now - this.#due);
    const journalMs = this.#owedSince === undefined ? 0 : now - this.#owedSince;
    return {
      ok: late < STUCK_MS && journalMs < STUCK_MS,
      lagMs: Math.round(Math.max(late, ...this.#lags, 0)),
      journalMs: Math.round(journalMs),
    };
  }

  stop(): void {
    this.#callOff();
  }

  #wait(): void {
    this.#callOff = this.#clock.after(BEAT_MS, () => this.#beat());
  }

  #beat(): void {
    const now = this.#clock.mono();
    this.#lags = [...this.#lags, Math.max(0, now - this.#due)].slice(-REMEMBERED);
    this.#due = now + BEAT_MS;
    this.#askJournal(now);
    this.onBeat(this.pulse);
    this.#wait();
  }

  #askJournal(now: number): void {
    if (this.#owedSince !== undefined) return;
    this.#owedSince = now;
    const settled = () => {
      this.#owedSince = undefined;
    };
    this.#written().then(settled, settled);
  }
}
