import type { LogFiles } from '../journal/files.ts';
import { fromJournal } from '../journal/records.ts';
import { readLog } from '../journal/recovery.ts';
import { BEGINNING } from '../journal/segments.ts';
import type { ContractRates } from '../statements/reconcile.ts';
import type { Report, ReportKind } from './report.ts';
import { ShopTime } from './shop-time.ts';
import { TakingsFold } from './takings.ts';

export interface DateTerms {
  readonly rates: ContractRates;
  readonly timeZone: string;
}

/** A calendar day of the shop, midnight to midnight of its zone, read from a journal or a copy of one. */
export async function reportOfDate(files: LogFiles, day: string, { rates, timeZone }: DateTerms): Promise<Report> {
  const time = new ShopTime(timeZone);
  const times: number[] = [];
  const isWanted = (at: number): boolean => {
    if (time.day(at) !== day) return false;
    times.push(at);
    return true;
  };
  const fold = new TakingsFold({ rates, time, isWanted });
  let journal = { seq: 0, hash: '' };
  await readLog(files, BEGINNING, (entry) => {
    fold.take(entry);
    journal = { seq: entry.seq, hash: entry.hash };
  });
  const noon = Date.parse(`${day}T12:00:00Z`);
  const edge = (of: (a: number, b: number) => number) => times.reduce((a, b) => of(a, b), times[0] ?? noon);
  return { kind: 'date', from: edge(Math.min), until: edge(Math.max), timeZone, ...fold.takings(), journal };
}

/** The shifts and business days that were closed, as they were written down, oldest first. */
export async function closedReports(files: LogFiles, kind: Exclude<ReportKind, 'date'>): Promise<Report[]> {
  const reports: Report[] = [];
  await readLog(files, BEGINNING, (entry) => {
    const record = fromJournal(entry);
    if (record.type !== 'PERIOD' || record.deed.kind === 'shift-opened') return;
    if (record.deed.kind === `${kind}-closed`) reports.push(record.deed.report);
  });
  return reports;
}
