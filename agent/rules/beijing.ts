// Shops count in Beijing time, which has no summer time.

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const BEIJING_MS = 8 * HOUR_MS;

/** The hour of the clock, counted from 1970. */
export function hourOf(unixMs: number): number {
  return Math.floor((unixMs + BEIJING_MS) / HOUR_MS);
}

/** The first hour of the Chinese day that holds this one. */
export function firstHourOfDay(hour: number): number {
  return hour - (hour % 24);
}

/** When an hour began, Unix ms. */
export function beginningOf(hour: number): number {
  return hour * HOUR_MS - BEIJING_MS;
}

/** Minutes since midnight. */
export function minuteOfDay(unixMs: number): number {
  return Math.floor((unixMs + BEIJING_MS) / 60_000) % 1_440;
}
