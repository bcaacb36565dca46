import { firstHourOfDay } from './beijing.ts';

/** What was taken in one hour of the clock. */
export interface Taken {
  readonly fen: number;
  readonly count: number;
}

/** Payments by the hour: what limits of a day and of an hour are held against. Folded from the journal. */
export type Tally = ReadonlyMap<number, Taken>;

/** Three days: yesterday's last payment is sometimes told of today. */
const HOURS_KEPT = 72;
const NOTHING: Taken = { fen: 0, count: 0 };

/** One payment more. Only the newest hours are kept. */
export function count(tally: Map<number, Taken>, hour: number, fen: number): void {
  const before = tally.get(hour) ?? NOTHING;
  tally.set(hour, { fen: before.fen + fen, count: before.count + 1 });
  if (tally.size > HOURS_KEPT) tally.delete(Math.min(...tally.keys()));
}

export function takenInHour(tally: Tally, hour: number): Taken {
  return tally.get(hour) ?? NOTHING;
}

/** Everything of the Chinese day that `hour` belongs to. */
export function takenInDay(tally: Tally, hour: number): Taken {
  const first = firstHourOfDay(hour);
  let [fen, count] = [0, 0];
  for (const [at, taken] of tally) {
    if (at < first || at >= first + 24) continue;
    fen += taken.fen;
    count += taken.count;
  }
  return { fen, count };
}
