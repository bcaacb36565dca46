/** Wrong guesses in a row, and how long nobody may guess. */
export interface Lockout {
  readonly failures: number;
  /** Unix ms, with how long the lock was made: a clock that is set back does not make it longer */
  readonly until?: number | undefined;
  readonly lockMs?: number | undefined;
}

const NO_FAILURES: Lockout = { failures: 0 };

/** Guesses before the first lock. */
export const TRIES = 5;
const MINUTE_MS = 60_000;
/** After the fifth wrong guess, and after each further one: a thief gets some ten guesses on the first day, five on each later one. */
const LOCKS_MS = [1, 5, 15, 60, 240].map((minutes) => minutes * MINUTE_MS);

/** The same after one more wrong guess. */
export function failed({ failures: before }: Lockout, now: number): Lockout {
  const failures = before + 1;
  if (failures < TRIES) return { failures };
  const lockMs = LOCKS_MS[Math.min(failures - TRIES, LOCKS_MS.length - 1)] ?? MINUTE_MS;
  return { failures, until: now + lockMs, lockMs };
}

/** Milliseconds for which no guess is looked at. */
export function lockedFor({ until = 0, lockMs = 0 }: Lockout, now: number): number {
  return Math.min(Math.max(0, until - now), lockMs);
}

/** Wrong guesses that are left before a lock. */
export function triesLeft({ failures }: Lockout): number {
  return Math.max(0, TRIES - failures);
}

/** Of two counts of the same guesses the one with more of them. */
export function worse(one: Lockout = NO_FAILURES, other: Lockout = NO_FAILURES): Lockout {
  return other.failures > one.failures ? other : one;
}
