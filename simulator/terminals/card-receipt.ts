import type { TerminalPersonality } from '../personalities/terminals.ts';
import type { EntryKind, EntryState, LedgerEntry } from './ledger.ts';
import type { WallTime } from './wall-time.ts';

/** The receipt as the terminal prints it, without its styles: what it was, and what became of it. */
export function receiptText(
  { terminalId, lineWidth, currency }: TerminalPersonality,
  pan: string,
  entry: LedgerEntry,
  { date, time }: WallTime,
  title: string,
): readonly string[] {
  const row = (label: string, value: string) => label.padEnd(Math.max(0, lineWidth - value.length)) + value;
  const money = (entry.amount / 100).toFixed(2).replace('.', ',');
  const kind = KIND_LINES[entry.kind];
  return [
    title,
    ...(kind === undefined ? [] : [kind]),
    row('Terminal-ID', terminalId),
    row('Beleg-Nr', receiptNumber(entry)),
    ...(entry.of ? [row('Zu Beleg-Nr', receiptNumber(entry.of))] : []),
    row(
      `${date.slice(6)}.${date.slice(4, 6)}.${date.slice(0, 4)}`,
      `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}`,
    ),
    row('Trace-Nr', String(entry.trace).padStart(6, '0')),
    row('Karte', `${'*'.repeat(12)}${pan.slice(-4)}`),
    row(`Betrag ${CURRENCIES[currency] ?? String(currency)}`, money),
    `${NOUNS[entry.kind]} ${OUTCOMES[entry.state]}`,
    // whoever reads it must not take it for a payment
    ...(entry.kind === 'preAuth' ? ['KEINE ZAHLUNG'] : []),
  ];
}

function receiptNumber({ receipt }: LedgerEntry): string {
  return String(receipt).padStart(4, '0');
}

const CURRENCIES: Readonly<Record<number, string>> = { 978: 'EUR', 156: 'CNY' };

/** A sale is what a receipt is when it says nothing else. */
const KIND_LINES: Readonly<Partial<Record<EntryKind, string>>> = {
  refund: 'GUTSCHRIFT',
  preAuth: 'RESERVIERUNG',
  booking: 'BUCHUNG RESERVIERUNG',
  reversal: 'STORNO',
};

const NOUNS: Readonly<Record<EntryKind, string>> = {
  sale: 'Zahlung',
  refund: 'Gutschrift',
  preAuth: 'Reservierung',
  booking: 'Zahlung',
  reversal: 'Storno',
};

const OUTCOMES: Readonly<Record<EntryState, string>> = {
  open: 'erfolgt',
  kept: 'erfolgt',
  declined: 'abgelehnt',
  cancelled: 'abgebrochen',
  reversed: 'storniert',
  booked: 'gebucht',
  expired: 'verfallen',
};
