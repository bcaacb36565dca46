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
  #isDirty = false;

  get isDirty(): boolean {
    return this.#isDirty;
  }

  /** Another gun: what was known is not about it. */
  reset(): void {
    this.#pulls = [];
    this.#isDirty = false;
  }

  pulled(read: boolean): void {
    this.#pulls.push(read);
    // seldom, not at each pull
    if (this.#pulls.length > 2 * COMPARED) this.#pulls = this.#pulls.slice(-COMPARED);
    // a code that was read makes no clean window dirty, and is on its way to a payment
    if (read && !this.#isDirty) return;
    const lately = this.#pulls.slice(-LATELY);
    const before = this.#pulls.slice(-COMPARED, -LATELY);
    if (lately.length < LATELY) return;
    const now = missed(lately);
    if (this.#isDirty) this.#isDirty = now > CLEAN_RATE;
    else this.#isDirty = now >= DIRTY_RATE && before.length >= LEAST_BEFORE && now >= TIMES_USUAL * missed(before);
  }
}

function missed(pulls: readonly boolean[]): number {
  return pulls.filter((read) => !read).length / pulls.length;
}
