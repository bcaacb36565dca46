import type { Channel } from '../../protocols/paycode/paycode.ts';

/** Money that moved. Nothing is ever taken out of the book or corrected. */
export interface LedgerEntry {
  readonly kind: 'charge' | 'reversal';
  readonly at: number;
  readonly attemptId: string;
  readonly orderId: string;
  readonly channel: Channel;
  readonly amountFen: number;
  readonly transactionId: string;
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

  total(): Balance {
    return balance(this.#entries);
  }
}

function balance(entries: readonly LedgerEntry[]): Balance {
  const sum = (kind: LedgerEntry['kind']) => entries.filter((entry) => entry.kind === kind);
  const fen = (some: readonly LedgerEntry[]) => some.reduce((total, { amountFen }) => total + amountFen, 0);
  const [charges, reversals] = [sum('charge'), sum('reversal')];
  return { charges: charges.length, reversals: reversals.length, netFen: fen(charges) - fen(reversals) };
}
