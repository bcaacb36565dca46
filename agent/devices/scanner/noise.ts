import type { GunNoise } from '../../../protocols/scanner/gun-event.ts';

/** What was heard and is no code, summed over at most {@link NOISE_WINDOW_MS}. */
export interface NoiseReport {
  readonly bytes: number;
  /** how often each kind occurred; `invalid-bytes`: a payment code spoilt by wrong data bits or parity */
  readonly causes: Readonly<Partial<Record<GunNoise['cause'] | 'invalid-bytes', number>>>;
}

/** A flood of noise is one report a second. */
const NOISE_WINDOW_MS = 1000;

/** The first noise is told at once, what follows within the window as one sum. */
export class NoiseSum {
  #sum: { bytes: number; causes: Record<string, number> } | undefined;
  #quietUntil = Number.NEGATIVE_INFINITY;

  get nextDeadline(): number | undefined {
    return this.#sum && this.#quietUntil;
  }

  hear(cause: keyof NoiseReport['causes'], length: number): void {
    this.#sum ??= { bytes: 0, causes: {} };
    this.#sum.bytes += length;
    this.#sum.causes[cause] = (this.#sum.causes[cause] ?? 0) + 1;
  }

  /** What is due to be told now. */
  due(at: number): NoiseReport | undefined {
    if (!this.#sum || at < this.#quietUntil) return undefined;
    const report = this.#sum;
    this.#sum = undefined;
    this.#quietUntil = at + NOISE_WINDOW_MS;
    return report;
  }
}
