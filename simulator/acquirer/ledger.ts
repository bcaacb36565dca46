import type { Channel } from '../../protocols/paycode/paycode.ts';

/** Money that moved. Nothing is ever taken out of the book or corrected. */
export interface LedgerEntry {
  readonly kind: 'charge' | 'reversal' | 'refund';
  readonly at: number;
  readonly attemptId: string;
  readonly orderId: string;
  readonly channel: Channel;
  readonly amountFen: number;
  readonly transactionId: string;
  /** of a refund */
  readonly refundId?: string;
}

export interface Balance {
  readonly charges: number;
  readonly reversals: number;
  /** what the shop has, integer fen */
  readonly netFen: number;
}

/** The truth about money. It books what the channels do, right or wrong, and judges nothing. */
export class Ledger {
  readonly #entries: LedgerEntry[] = [];
  onEntry: (entry: LedgerEntry) => void = () => undefined;

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  book(entry: LedgerEntry): void {
    this.#entries.push(entry);
    this.onEntry(entry);
  }

  ofAttempt(attemptId: string): Balance {
    return balance(this.#entries.filter((entry) => entry.attemptId === attemptId));
  }

  ofOrder(orderId: string): Balance {
    return balance(this.#entries.filter((entry) => entry.orderId === orderId));
  }

  /** what went back of an order by refunds, integer fen */
  refundedFen(orderId: string): number {
    return sumFen(this.#entries.filter((entry) => entry.orderId === orderId && entry.kind === 'refund'));
  }

  total(): Balance {
    return balance(this.#entries);
  }
}

function balance(entries: readonly LedgerEntry[]): Balance {
  const of = (kind: LedgerEntry['kind']) => entries.filter((entry) => entry.kind === kind);
  const [charges, reversals, refunds] = [of('charge'), of('reversal'), of('refund')];
  const netFen = sumFen(charges) - sumFen(reversals) - sumFen(refunds);
  return { charges: charges.length, reversals: reversals.length, netFen };
}

function sumFen(entries: readonly LedgerEntry[]): number {
  return entries.reduce((total, { amountFen }) => total + amountFen, 0);
}
