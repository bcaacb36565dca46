import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { EntryRef } from '../journal/entry.ts';
import type { HoldsReport } from './holds-report.ts';

/** What one channel took and gave back. Money is fen. */
export interface ChannelRow {
  readonly channel: PayChannel;
  readonly count: number;
  /** order amounts: what the payer had off by the channel's coupons is the channel's business */
  readonly salesFen: number;
  readonly refundCount: number;
  readonly refundFen: number;
  /** off the price by the shop itself, before the order's amount */
  readonly discountFen: number;
  /** by the contract's rate, each payment rounded; the statement has the last word. `undefined`: no rate is known */
  readonly feeFen?: number;
  /** sales less refunds less fees */
  readonly netFen: number;
}

export interface HourRow {
  /** of the shop's day, 0 to 23 */
  readonly hour: number;
  readonly count: number;
  readonly salesFen: number;
}

/** Takings of a part of the journal. */
export interface Takings {
  readonly rows: readonly ChannelRow[];
  readonly total: Omit<ChannelRow, 'channel'>;
  /** hours in which something was sold */
  readonly byHour: readonly HourRow[];
  /** attempts that were taken back */
  readonly reversed: number;
  /** not over yet */
  readonly open: number;
  /** money that a person must look at */
  readonly needsCheck: number;
}

/** `shift` is an X report, `day` a Z report when it closes the day. `date`: a calendar day, looked up. */
export type ReportKind = 'shift' | 'day' | 'date';

export interface Report extends Takings {
  readonly kind: ReportKind;
  /** rises by one for every shift and every business day of this till */
  readonly number?: number;
  /** Unix ms */
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
  readonly openedBy?: string;
  readonly closedBy?: string;
  /** the newest journal entry that is in it: a printed report can be held against the journal */
  readonly journal: EntryRef;
  /** holds that stand at its end: in none of its sums; missing: none, or a report of a copy of the journal */
  readonly holds?: HoldsReport;
  /** numbers of the first and last event for the backend that its entries carry; missing: they carry none */
  readonly events?: { readonly from: number; readonly to: number };
}

/** Somebody opened or closed a shift, or closed the business day. What was closed is written down with it. */
export type PeriodDeed =
  | { readonly kind: 'shift-opened'; readonly number: number; readonly personId: string; readonly at: number }
  | {
      readonly kind: 'shift-closed' | 'day-closed';
      readonly number: number;
      readonly personId: string;
      readonly report: Report;
    };

export interface OpenShift {
  readonly number: number;
  readonly personId: string;
  readonly at: number;
  /** it begins behind this entry */
  readonly after: number;
}

/** Where the till stands between its closings. */
export interface Periods {
  /** of the business day that runs; the first begins with the journal */
  readonly dayNumber: number;
  readonly dayAfter: number;
  readonly dayFrom?: number;
  readonly shiftsSoFar: number;
  readonly shift?: OpenShift;
  /** the newest entry that the last closed shift has counted; missing: none was closed, or before this was kept */
  readonly shiftAfter?: number;
}

export const FIRST_PERIODS: Periods = { dayNumber: 1, dayAfter: 0, shiftsSoFar: 0 };

/**
 * What is behind a closing begins exactly behind what the closing report has counted: a payment that came while it was being
 * written is in the next one, never in both and never in none. So is what comes between two shifts of a day: the next one has it. A
 * shift never reaches back behind the closing of a day: those takings are handed in.
 */
export function periodsAfter(periods: Periods, deed: PeriodDeed, seq: number): Periods {
  const { shift, ...rest } = periods;
  if (deed.kind === 'shift-opened') {
    const { number, personId, at } = deed;
    const after = rest.shiftAfter === undefined ? seq : Math.max(rest.shiftAfter, rest.dayAfter);
    return { ...rest, shiftsSoFar: number, shift: { number, personId, at, after } };
  }
  const { number, report } = deed;
  if (deed.kind === 'shift-closed') return { ...rest, shiftAfter: report.journal.seq };
  const day = { dayNumber: number + 1, dayAfter: report.journal.seq, dayFrom: report.until };
  return { ...rest, ...day, ...(shift === undefined ? {} : { shift }) };
}
