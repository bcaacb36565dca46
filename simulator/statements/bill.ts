import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';

// What the channels send the merchant the morning after: the acquirer's ledger of one day, in their own formats.

/** Whom a statement is for, and what its contract takes. */
export interface BillTerms {
  /** Beijing time, `YYYY-MM-DD` */
  readonly day: string;
  readonly merchantId: string;
  readonly terminalNo: string;
  readonly shopName: string;
  /** hundredths of a percent */
  readonly feeRateBp: number;
}

/** What a channel lists: money that moved that day through it. */
export function entriesOf(entries: readonly LedgerEntry[], channels: readonly Channel[], day: string): LedgerEntry[] {
  return entries.filter(({ channel, at }) => channels.includes(channel) && beijing(at).startsWith(day));
}

/** `2026-11-22 13:05:09`, UTC+8. */
export function beijing(unixMs: number): string {
  return new Date(unixMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** The fee in fen, rounded half up, and given back in the same way. */
export function feeOf({ kind, amountFen }: LedgerEntry, feeRateBp: number): number {
  const fee = Math.floor((amountFen * feeRateBp + 5_000) / 10_000);
  return kind === 'charge' ? fee : fee === 0 ? 0 : -fee;
}

export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function sum(entries: readonly LedgerEntry[], of: (entry: LedgerEntry) => number): number {
  return entries.reduce((total, entry) => total + of(entry), 0);
}
