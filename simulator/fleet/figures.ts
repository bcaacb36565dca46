/** Milliseconds in steps of 2 %: two kilobytes for any number of samples. */
const STEP = Math.log(1.02);
const MOST_MS = 3_600_000;

class Percentiles {
  readonly #counts = new Uint32Array(Math.ceil(Math.log(MOST_MS) / STEP) + 1);
  #count = 0;
  #max = 0;

  add(ms: number): void {
    const at = Math.round(Math.log(Math.min(MOST_MS, Math.max(1, ms))) / STEP);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#count += 1;
    this.#max = Math.max(this.#max, ms);
  }

  /** within 2 %; null: nothing was measured */
  quantile(q: number): number | null {
    let left = Math.ceil(this.#count * q);
    if (left === 0) return null;
    for (const [at, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, Math.round(Math.exp(at * STEP)));
    }
    return this.#max;
  }

  get max(): number | null {
    return this.#count === 0 ? null : Math.round(this.#max);
  }
}

/** What the tills of a fleet counted. */
export class Figures {
  begun = 0;
  paid = 0;
  declined = 0;
  reversed = 0;
  /** answers that did not come in time or said nothing clear: each was asked after */
  unclear = 0;
  /** attempts whose end nobody knows yet */
  unknown = 0;
  connected = 0;
  reconnects = 0;
  /** commands of the backend that were answered */
  commands = 0;
  /** messages of the backend that could not be read */
  unreadable = 0;
  readonly scanToPaid = new Percentiles();

  /** attempts that have not come to an end */
  get open(): number {
    return this.begun - this.paid - this.declined - this.reversed;
  }
}
