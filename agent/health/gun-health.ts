/** Pulls of the trigger that are compared: the last ones with those before. */
const LATELY = 30;
const BEFORE = 120;
const COMPARED = LATELY + BEFORE;
/** Too few to call it usual. */
const LEAST_BEFORE = 30;
/** Every third pull reads nothing, and it was not always so. */
const DIRTY_RATE = 1 / 3;
const TIMES_USUAL = 2;
/** It is well again when it reads as it should for a while. */
const CLEAN_RATE = 1 / 6;

/**
 * Is the window dirty? A gun that reads nothing more and more often has a scratched or dirty window long before it fails. Only
 * guns that tell of a pull without a code can be judged (scanners.md: no-read message). Pure.
 */
export class GunHealth {
  #pulls: boolean[] = [];
  /** that read nothing, of the last ones and of those before */
  #latelyMissed = 0;
  #beforeMissed = 0;
  #isDirty = false;

  get isDirty(): boolean {
    return this.#isDirty;
  }

  /** Another gun: what was known is not about it. */
  reset(): void {
    this.#pulls = [];
    this.#isDirty = false;
    this.#latelyMissed = 0;
    this.#beforeMissed = 0;
  }

  pulled(read: boolean): void {
    this.#pulls.push(read);
    this.#count(read);
    // seldom, not at each pull
    if (this.#pulls.length > 2 * COMPARED) this.#pulls = this.#pulls.slice(-COMPARED);
    const before = Math.min(this.#pulls.length - LATELY, BEFORE);
    if (before < 0) return;
    const now = this.#latelyMissed / LATELY;
    if (this.#isDirty) this.#isDirty = now > CLEAN_RATE;
    else
      this.#isDirty = now >= DIRTY_RATE && before >= LEAST_BEFORE && now >= TIMES_USUAL * (this.#beforeMissed / before);
  }

  /** A code that was read is on its way to a payment: nothing is counted anew, one pull leaves the last ones and one those before. */
  #count(read: boolean): void {
    const missed = (ago: number) => (this.#pulls.at(-1 - ago) === false ? 1 : 0);
    this.#latelyMissed += (read ? 0 : 1) - missed(LATELY);
    this.#beforeMissed += missed(LATELY) - missed(COMPARED);
  }
}
