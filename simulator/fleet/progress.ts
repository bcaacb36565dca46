import cliProgress from 'cli-progress';
import type { Figures } from './figures.ts';

/** How often the line is drawn anew, ms; without a terminal a line is printed, more seldom. */
const DRAW_MS = 250;
const PRINT_MS = 5_000;

export interface Shown {
  readonly figures: Figures;
  readonly bytesPerTill: number;
  readonly tills: number;
}

/** The progress of a fleet on standard error: a bar, and the figures as they are now. */
export class Progress {
  readonly #bar: cliProgress.SingleBar;
  readonly #look: () => Shown;
  #phase = 'connecting';
  #paidBefore = 0;
  #at = 0;
  #paidPerSecond = 0;

  constructor(look: () => Shown) {
    this.#look = look;
    this.#bar = new cliProgress.SingleBar(
      {
        stream: process.stderr,
        noTTYOutput: true,
        notTTYSchedule: PRINT_MS,
        fps: 1000 / DRAW_MS,
        hideCursor: true,
        barsize: 20,
        // cli-progress draws the bar, the words are ours
        format: (options, params, payload) =>
          `${cliProgress.Format.BarFormat(params.progress, options)} ${String(payload['words'])}`,
        emptyOnZero: true,
      },
      cliProgress.Presets.shades_grey,
    );
  }

  /** A part of the whole that ends at `total`. */
  begin(phase: string, total: number, now: number): void {
    this.#bar.stop();
    this.#phase = phase;
    this.#at = now;
    this.#paidBefore = this.#look().figures.paid;
    this.#bar.start(Math.max(1, total), 0, { words: this.#words() });
  }

  /** `now`: monotonic ms */
  update(done: number, now: number): void {
    const { paid } = this.#look().figures;
    if (now - this.#at >= 1_000) {
      this.#paidPerSecond = ((paid - this.#paidBefore) * 1000) / (now - this.#at);
      this.#paidBefore = paid;
      this.#at = now;
    }
    this.#bar.update(done, { words: this.#words() });
  }

  end(): void {
    this.#bar.stop();
  }

  #words(): string {
    const { figures, bytesPerTill, tills } = this.#look();
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => figures.scanToPaid.quantile(q) ?? '-');
    return [
      `${this.#phase}: ${figures.connected}/${tills} online`,
      `${figures.paid} paid (${this.#paidPerSecond.toFixed(1)}/s)`,
      `p50 ${p50} p95 ${p95} p99 ${p99} ms`,
      `${figures.unknown} unknown`,
      `${figures.reconnects} reconnects`,
      `${(bytesPerTill / 1024).toFixed(0)} KiB/till`,
    ].join(', ');
  }
}
