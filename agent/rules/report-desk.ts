import { redact } from '../../protocols/paycode/redact.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';

export interface ReportParts {
  readonly book: TillBook;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
}

/** 上报异常: somebody at the counter says in a few words what is unusual. On disk, and with the backend as soon as it listens. */
export class ReportDesk {
  readonly #parts: ReportParts;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** Resolves with the number of the report when it is on disk; rejects when the disk does not take it. */
  async report(
    personId: string,
    note: string,
    orderId?: string,
  ): Promise<{ readonly reportId: string; readonly at: number }> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    const [reportId, at] = [newId(), backendNow()];
    const about = orderId === undefined ? {} : { orderId };
    // a person in a hurry types what is in front of him: codes and card numbers do not leave the till
    const data = { type: 'report' as const, note: redact(note), personId, at, ...about };
    await book.write({ type: 'EVENT', event: book.event(data, reportId, boot, at) });
    log.warn({ reportId, personId, ...about }, 'somebody at the till reports something unusual');
    return { reportId, at };
  }
}
