import type { Slip } from '../../protocols/escpos/slip.ts';

/**
 * The cutter: a printed slip lies in it until the blade has come to its end, or for as long as it is stuck. Opening the cover
 * takes the paper out of it.
 */
export class Cutter {
  #slip: Slip | undefined;
  #jamsNext = false;
  #isFree = false;

  /** printed; the cutter is at it, or did not get through */
  get slip(): Slip | undefined {
    return this.#slip;
  }

  /** nobody has taken the paper out since it got stuck */
  get isBlocked(): boolean {
    return !this.#isFree;
  }

  jamNext(): void {
    this.#jamsNext = true;
    this.#isFree = false;
  }

  /** The next cut goes well after all. */
  calm(): void {
    this.#jamsNext = false;
  }

  /** The blade begins; true: it gets stuck. */
  begin(slip: Slip): boolean {
    const jams = this.#jamsNext;
    this.#slip = slip;
    this.#jamsNext = false;
    return jams;
  }

  take(): Slip | undefined {
    const slip = this.#slip;
    this.#slip = undefined;
    return slip;
  }

  free(): void {
    this.#isFree = true;
  }
}
