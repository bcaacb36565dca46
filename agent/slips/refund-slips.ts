import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import type { Refund } from '../refunds/refund.ts';
import { PrintRefused } from './document-jobs.ts';
import { refundJobId, refundSlip } from './refund-slip.ts';
import type { SlipSpool } from './spool.ts';

/** A refund that ended longer ago has its slip, or nobody waits for it. Backend time, ms. */
const STILL_WAITED_FOR_MS = 30 * 60_000;

export interface RefundSlipsParts {
  readonly book: TillBook;
  readonly spool: SlipSpool;
  readonly merchant: Config['merchant'];
  readonly clock: Clock;
  readonly log: Log;
  readonly backendNow: () => number;
}

/** Hands the slip of a refund that went back to the spool, once. */
export class RefundSlips {
  readonly #parts: RefundSlipsParts;
  readonly #timers = new Set<() => void>();

  constructor(parts: RefundSlipsParts) {
    this.#parts = parts;
  }

  /** After a start: refunds that ended a moment before the crash. */
  resume(): void {
    const { book, backendNow } = this.#parts;
    const since = backendNow() - STILL_WAITED_FOR_MS;
    for (const refund of book.refunds.values())
      if (refund.state === 'REFUNDED' && refund.resolvedBy === undefined && (refund.settledAt ?? 0) > since)
        this.print(refund);
  }

  print(refund: Refund): void {
    const { spool, book, merchant, log } = this.#parts;
    const { refundId } = refund;
    const by = refund.approvedBy ?? refund.requestedBy;
    spool.print(refundSlip(refund, book, merchant), { by, jobId: refundJobId(refundId) }).catch((error: unknown) => {
      if (error instanceof PrintRefused) return log.warn({ refundId, code: error.code }, 'no slip of the refund');
      log.error({ refundId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      this.#later(refund);
    });
  }

  stop(): void {
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
  }

  #later(refund: Refund): void {
    const callOff = this.#parts.clock.after(JOURNAL_RETRY_MS, () => {
      this.#timers.delete(callOff);
      this.print(refund);
    });
    this.#timers.add(callOff);
  }
}
