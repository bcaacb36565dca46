import type { StatementChannel } from '../../protocols/statements/row.ts';
import type { Carried, CarryEnd } from './carry.ts';

// What the till remembers of statements that people held against its journal.

/** A statement that was held against the journal, as it is remembered. */
export interface ReconciledDay {
  readonly channel: StatementChannel;
  /** Beijing time; missing: a bill without rows */
  readonly day?: string;
  readonly sha256: string;
  readonly rows: number;
  readonly ok: boolean;
  /** findings that somebody must look at */
  readonly differences: number;
  readonly personId: string;
  readonly at: number;
}

/** Two months of three channels. */
export const DAYS_REMEMBERED = 180;
/** Ended ones are kept for a statement that comes late, and for whoever asks. */
const ENDED_REMEMBERED = 100;

/** What is carried behind a record about it: everything open, and of what has ended the newest. */
export function carriedAfter(before: ReadonlyMap<string, Carried>, changes: readonly Carried[]): Map<string, Carried> {
  const now = new Map([...before, ...changes.map((one) => [one.key, one] as const)]);
  const ended = [...now.values()].flatMap(({ key, end }) => (end ? [{ key, end }] : []));
  const newest = (a: { end: CarryEnd }, b: { end: CarryEnd }) => b.end.at - a.end.at;
  for (const { key } of ended.sort(newest).slice(ENDED_REMEMBERED)) now.delete(key);
  return now;
}

export function carriedMap(carried: readonly Carried[] | undefined): Map<string, Carried> | undefined {
  return carried && new Map(carried.map((one) => [one.key, one]));
}
