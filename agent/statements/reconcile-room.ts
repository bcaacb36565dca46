import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { type Carried, cleared } from './carry.ts';
import type { ReconciledDay } from './carry-memory.ts';
import { MEANINGS } from './differences.ts';
import type { ContractRates } from './reconcile.ts';
import type { Reconciled, Upload, UploadReport } from './upload.ts';

export interface ReconcileParts {
  readonly book: Pick<TillBook, 'carried' | 'reconciledDays' | 'write'>;
  readonly read: (upload: Upload) => Promise<Reconciled>;
  readonly rates: ContractRates;
  readonly terminalNo: string;
  readonly log: Log;
  readonly backendNow: () => number;
}

/** Another statement is being read. */
export class ReconcileBusy extends Error {}
/** There is nothing carried by this name, or not any more. */
export class NotCarried extends Error {}

/** Statements that people choose on the page: one at a time, what comes of them is journaled. */
export class ReconcileRoom {
  readonly #parts: ReconcileParts;
  #isBusy = false;

  constructor(parts: ReconcileParts) {
    this.#parts = parts;
  }

  /** What waits for its statement, oldest first, and what has ended lately. */
  get carried(): readonly Carried[] {
    return [...this.#parts.book.carried.values()].sort((a, b) => (a.timeLocal < b.timeLocal ? -1 : 1));
  }

  /** The statements that were looked at, newest last. */
  get days(): readonly ReconciledDay[] {
    return this.#parts.book.reconciledDays;
  }

  /**
   * The file is fetched when its turn has come: many at once must not be held. Rejects with `StatementFault` when it is not to be
   * trusted, with {@link ReconcileBusy} while another one is read.
   */
  reconcile(name: string, fetch: () => Promise<Uint8Array>, personId: string): Promise<UploadReport> {
    return this.#alone(async () => {
      const { book, read, rates, terminalNo, log, backendNow } = this.#parts;
      const bytes = await fetch();
      const at = backendNow();
      const { report, changes } = await read({
        name,
        bytes,
        rates,
        terminalNo,
        at,
        carried: [...book.carried.values()],
        before: book.reconciledDays,
      });
      const reconciled = dayOf(report, personId, at);
      await book.write({ type: 'RECONCILED', reconciled, carried: changes });
      const { channel, day, ok, differences } = reconciled;
      log.info({ channel, day, ok, differences, personId }, 'statement held against the journal');
      return report;
    });
  }

  /** A person says what became of something that is carried. Rejects with {@link NotCarried}. */
  clear(key: string, personId: string, note: string): Promise<Carried> {
    return this.#alone(async () => {
      const { book, log, backendNow } = this.#parts;
      const carried = book.carried.get(key);
      if (!carried || carried.end) throw new NotCarried(key);
      const ended = cleared(carried, personId, note, backendNow());
      await book.write({ type: 'CARRY_CLEARED', carried: ended });
      log.info({ key, personId }, 'a difference that was carried is cleared by a person');
      return ended;
    });
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) throw new ReconcileBusy();
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }
}

function dayOf({ statement, ok, findings, more }: UploadReport, personId: string, at: number): ReconciledDay {
  const { channel, day, sha256, rows } = statement;
  const differences = findings.filter(({ type }) => MEANINGS[type].urgency !== 'none').length + more;
  return { channel, ...(day === undefined ? {} : { day }), sha256, rows, ok, differences, personId, at };
}
