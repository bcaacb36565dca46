import type { LedgerEntry } from '../acquirer/ledger.ts';

/** What a test may ask of the acquirer's ledger; everything that is named must be so. */
export interface LedgerWish {
  /** only this order's entries; absent: the whole book */
  readonly orderId?: string;
  readonly charges?: number;
  readonly reversals?: number;
  readonly refunds?: number;
  /** what the shop has, integer fen */
  readonly netFen?: number;
}

/** Sums of the entries that are meant. */
function ledgerOf(entries: readonly LedgerEntry[], orderId?: string) {
  const meant = orderId === undefined ? entries : entries.filter((entry) => entry.orderId === orderId);
  const of = (kind: LedgerEntry['kind']) => meant.filter((entry) => entry.kind === kind);
  const sum = (kind: LedgerEntry['kind']) => of(kind).reduce((total, { amountFen }) => total + amountFen, 0);
  return {
    charges: of('charge').length,
    reversals: of('reversal').length,
    refunds: of('refund').length,
    netFen: sum('charge') - sum('reversal') - sum('refund'),
  };
}

/** How the ledger differs; undefined: it is so. */
export function ledgerDifference(entries: readonly LedgerEntry[], wish: LedgerWish): string | undefined {
  const { orderId, ...wanted } = wish;
  const is = ledgerOf(entries, orderId);
  const wrong = (Object.keys(is) as (keyof typeof is)[]).filter(
    (name) => wanted[name] !== undefined && wanted[name] !== is[name],
  );
  if (wrong.length === 0) return undefined;
  const said = wrong.map((name) => `${name} is ${is[name]}, should be ${String(wanted[name])}`);
  return `${said.join('; ')}. The ledger has: ${entries.length === 0 ? 'nothing' : ''}${entries
    .map(({ kind, orderId, amountFen, channel }) => `\n  ${kind} ${orderId} ${amountFen} fen ${channel}`)
    .join('')}`;
}
