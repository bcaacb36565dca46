import { encodeBcd, packDigits } from '../../protocols/bytes/bcd.ts';
import { type Field, field } from '../../protocols/terminal/zvt/bmp-list.ts';
import type { LedgerEntry } from './ledger.ts';
import type { WallTime } from './wall-time.ts';
import type { ZvtTerminal } from './zvt-terminal.ts';

// What an end of day says (PA00P015 3.1.3), and when.

/** HHMMSS and MMDD, as results and totals say it */
export function whenFields({ date, time }: WallTime): readonly Field[] {
  return [field('0C', packDigits(time)), field('0D', packDigits(date.slice(4)))];
}

/** 04 01: AA is YYMMDD */
export function clockFields({ date, time }: WallTime): readonly Field[] {
  return [field('AA', packDigits(date.slice(2))), field('0C', packDigits(time))];
}

export function totalsFields({ terminal, saysCurrency }: ZvtTerminal): readonly Field[] {
  const { ledger, personality } = terminal;
  const entries = ledger.unsettled;
  return [
    field('27', Uint8Array.of(0)),
    field('04', encodeBcd(Math.max(0, ledger.total(entries)), 6)),
    ...(saysCurrency ? [field('49', encodeBcd(personality.currency, 2))] : []),
    field('60', singleAmounts(entries, Math.max(0, ledger.total(entries)), terminal.card.type)),
    field('0B', encodeBcd(ledger.last?.trace ?? 0, 3)),
    ...whenFields(terminal.shows()),
  ];
}

/** BMP 60 has a place for each of these card types, and one for the others. */
const BRANDS = [0x05, 0x0e, 0x06, 0x08, 0x0a, 0x0c] as const;

/** First and last receipt, then for each brand how many and how much. This terminal knows one card. */
function singleAmounts(entries: readonly LedgerEntry[], total: number, cardType: number): Uint8Array {
  const count = entries.filter(
    ({ kind, state }) => state === 'kept' && kind !== 'preAuth' && kind !== 'reversal',
  ).length;
  const receipts = [entries[0]?.receipt ?? 0, entries.at(-1)?.receipt ?? 0];
  const place = BRANDS.findIndex((brand) => brand === cardType);
  const mine = place === -1 ? BRANDS.length : place;
  const brands = Array.from({ length: BRANDS.length + 1 }, (_, at) =>
    at === mine ? [Math.min(count, 0xff), ...encodeBcd(total, 6)] : [0, ...encodeBcd(0, 6)],
  );
  return Uint8Array.from([...receipts.flatMap((receipt) => [...encodeBcd(receipt, 2)]), ...brands.flat()]);
}
