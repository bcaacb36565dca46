/** What a terminal did, as its own memory has it: the truth that a till's journal is compared with. */
export type EntryKind = 'sale' | 'refund' | 'preAuth' | 'booking' | 'reversal';

/**
 * `open`: decided by the host, not accepted by the till yet. `kept` stands; `reversed` was given back, by the terminal itself
 * (nobody accepted it) or by a reversal.
 */
export type EntryState = 'open' | 'kept' | 'declined' | 'cancelled' | 'reversed';

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
}

const RECEIPTS = 10_000;
const TRACES = 1_000_000;

export class TerminalLedger {
  readonly entries: LedgerEntry[] = [];
  #receipt = 0;
  #trace = 0;
  #batch = 1;

  open(kind: EntryKind, amount: number, at: number): LedgerEntry {
    this.#receipt = (this.#receipt % (RECEIPTS - 1)) + 1;
    this.#trace = (this.#trace % (TRACES - 1)) + 1;
    const { receipt, trace, batch } = { receipt: this.#receipt, trace: this.#trace, batch: this.#batch };
    const entry: LedgerEntry = { kind, receipt, trace, batch, at, amount, state: 'open', code: 0 };
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

  openPreAuths(): readonly LedgerEntry[] {
    return this.unsettled.filter(({ kind, state }) => kind === 'preAuth' && state === 'kept');
  }

  /** Money that stands, in minor units: what came minus what went back. What was reversed does not count, nor does its reversal. */
  total(entries: readonly LedgerEntry[] = this.entries): number {
    const standing = entries.filter(({ kind, state }) => state === 'kept' && kind !== 'preAuth' && kind !== 'reversal');
    return standing.reduce((sum, { kind, amount }) => sum + (kind === 'refund' ? -amount : amount), 0);
  }

  /** End of day: what stands in the batch, and a new batch. */
  settle(): { readonly batch: number; readonly count: number; readonly total: number } {
    const closing = this.unsettled;
    const batch = this.#batch;
    this.#batch += 1;
    return { batch, count: closing.filter(({ state }) => state === 'kept').length, total: this.total(closing) };
  }
}
