/** What a terminal did, as its own memory has it: the truth that a till's journal is compared with. */
export type EntryKind = 'sale' | 'refund' | 'preAuth' | 'booking' | 'reversal';

/**
 * `open`: decided by the host, not accepted by the till yet. `kept` stands; `reversed` was given back, by the terminal itself
 * (nobody accepted it) or by a reversal. A hold (`preAuth`) that stands ends `booked`, `reversed` or `expired`.
 */
export type EntryState = 'open' | 'kept' | 'declined' | 'cancelled' | 'reversed' | 'booked' | 'expired';

export interface LedgerEntry {
  readonly kind: EntryKind;
  readonly receipt: number;
  readonly trace: number;
  readonly batch: number;
  /** wall clock, Unix ms */
  readonly at: number;
  amount: number;
  state: EntryState;
  /** what the result says in BMP 27 or its like; 0 is approved */
  code: number;
  /** a booking: the hold that it uses; a reversal: what it gives back */
  readonly of?: LedgerEntry;
}

/** Kinds that are money: a hold only keeps it ready, a reversal takes another entry out. */
const MONEY: ReadonlySet<EntryKind> = new Set(['sale', 'refund', 'booking']);

const RECEIPTS = 10_000;
const TRACES = 1_000_000;

export class TerminalLedger {
  readonly entries: LedgerEntry[] = [];
  #receipt = 0;
  #trace = 0;
  #batch = 1;

  open(kind: EntryKind, amount: number, at: number, of?: LedgerEntry): LedgerEntry {
    this.#receipt = (this.#receipt % (RECEIPTS - 1)) + 1;
    this.#trace = (this.#trace % (TRACES - 1)) + 1;
    const { receipt, trace, batch } = { receipt: this.#receipt, trace: this.#trace, batch: this.#batch };
    const entry: LedgerEntry = { kind, receipt, trace, batch, at, amount, state: 'open', code: 0, ...(of && { of }) };
    this.entries.push(entry);
    return entry;
  }

  get last(): LedgerEntry | undefined {
    return this.entries.at(-1);
  }

  get batch(): number {
    return this.#batch;
  }

  /** The newest one with this receipt number in the batch that is open. */
  find(receipt: number): LedgerEntry | undefined {
    return this.entries.findLast((entry) => entry.receipt === receipt && entry.batch === this.#batch);
  }

  get unsettled(): readonly LedgerEntry[] {
    return this.entries.filter(({ batch }) => batch === this.#batch);
  }

  /** Holds that stand, the oldest first. A guest stays longer than a batch: the end of day leaves them. */
  get openHolds(): readonly LedgerEntry[] {
    return this.entries.filter(({ kind, state }) => kind === 'preAuth' && state === 'kept');
  }

  /** The newest hold with this receipt number, of any batch. */
  findHold(receipt: number): LedgerEntry | undefined {
    return this.entries.findLast((entry) => entry.kind === 'preAuth' && entry.receipt === receipt);
  }

  /** Money that stands, in minor units: what came minus what went back. What was reversed does not count, nor does its reversal. */
  total(entries: readonly LedgerEntry[] = this.entries): number {
    return standing(entries).reduce((sum, { kind, amount }) => sum + (kind === 'refund' ? -amount : amount), 0);
  }

  /** End of day: what stands in the batch, and a new batch. */
  settle(): { readonly batch: number; readonly count: number; readonly total: number } {
    const closing = this.unsettled;
    const batch = this.#batch;
    this.#batch += 1;
    return { batch, count: standing(closing).length, total: this.total(closing) };
  }
}

function standing(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return entries.filter(({ kind, state }) => state === 'kept' && MONEY.has(kind));
}
