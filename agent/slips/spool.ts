import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { SlipPrinter } from '../devices/printer.ts';
import type { TillBook } from '../journal/book.ts';
import type { Slip } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { Attempt } from '../payment/attempt.ts';
import { saleSlip } from './sale-slip.ts';

/** How often a slip knocks at a printer that is not there. */
const PRINTER_RETRY_MS = 1_000;

export interface SpoolParts {
  readonly book: TillBook;
  /** none: a till without a printer keeps its slips on disk */
  readonly printer: SlipPrinter | undefined;
  readonly merchant: Config['merchant'];
  readonly paper: 58 | 80;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
}

/**
 * Slips of paid attempts: the job is on disk before its first byte, one original per attempt, ever. A job whose bytes may
 * have left is never sent again by itself; somebody has to look at the paper.
 */
export class SlipSpool {
  readonly #parts: SpoolParts;
  /** slips leave one after the other */
  #queue: Promise<void> = Promise.resolve();
  #stopped = false;
  /** jobs written beside their payment, until it is on disk */
  readonly #foreseen = new Map<string, Promise<Slip | undefined>>();
  readonly #attemptsWithSlip = new Set<string>();

  constructor(parts: SpoolParts) {
    this.#parts = parts;
  }

  /** After a restart: a slip that was being sent may or may not be on paper. */
  resume(): void {
    for (const slip of this.#parts.book.slips.values()) {
      if (slip.state === 'queued') this.#serially(() => this.#settle(slip, 'unknown', undefined));
    }
  }

  /**
   * A change of an attempt was handed to the journal in this very turn. Sent off: the printer is asked how it is, while the
   * payment takes its time. Paid: the job of its slip shares the sync of the payment, so it costs none of its own.
   */
  foresee(attempt: Attempt): void {
    if (attempt.state === 'SUBMITTED') this.#parts.printer?.lookAhead();
    if (attempt.state !== 'PAID' || this.#hasSlip(attempt.attemptId)) return;
    const job = this.#writeJob(attempt);
    this.#foreseen.set(
      attempt.attemptId,
      job.catch(() => undefined),
    ); // the payment itself was not kept: no slip either
  }

  /** A payment is on disk as PAID. Prints its slip unless one was ever begun. */
  paid(attempt: Attempt): void {
    const paidAt = this.#parts.clock.mono();
    this.#serially(() => this.#print(attempt, paidAt));
  }

  /** Resolves when nothing is left to print. */
  idle(): Promise<void> {
    return this.#queue;
  }

  async #print(attempt: Attempt, paidAt: number): Promise<void> {
    const { printer } = this.#parts;
    const slip = await this.#jobOf(attempt);
    if (!slip) return;
    if (!printer) return;
    const { bytes, warnings } = this.#layout(slip, attempt);
    if (warnings.length > 0) this.#parts.log.warn({ slipId: slip.slipId, warnings }, 'slip text was replaced');
    const state = await this.#send(printer, slip, bytes);
    if (state) await this.#settle(slip, state, this.#parts.clock.mono() - paidAt);
  }

  async #jobOf(attempt: Attempt): Promise<Slip | undefined> {
    const foreseen = this.#foreseen.get(attempt.attemptId);
    this.#foreseen.delete(attempt.attemptId);
    return (await foreseen) ?? (this.#hasSlip(attempt.attemptId) ? undefined : this.#writeJob(attempt));
  }

  async #writeJob({ attemptId }: Attempt): Promise<Slip> {
    const { book, newId } = this.#parts;
    const slip: Slip = { slipId: newId(), attemptId, state: 'queued', duplicate: false };
    await book.write({ type: 'SLIP', slip, event: this.#event(slip, undefined) });
    this.#attemptsWithSlip.add(attemptId);
    return slip;
  }

  /** One original per attempt, ever: asked at every sale, so not by a walk over all slips of the week. */
  #hasSlip(attemptId: string): boolean {
    const known = this.#attemptsWithSlip;
    const { slips } = this.#parts.book;
    if (known.size > 2 * slips.size + 1_000) known.clear(); // the book has let go of old ones
    if (known.size === 0) for (const slip of slips.values()) known.add(slip.attemptId);
    return known.has(attemptId);
  }

  /** Waits for the printer as long as it is certain that nothing left; `undefined` when the agent stops meanwhile. */
  async #send(printer: SlipPrinter, slip: Slip, bytes: Uint8Array): Promise<'sent' | 'unknown' | undefined> {
    for (let tries = 0; !this.#stopped; tries++) {
      const { state } = await printer.print(bytes, { id: slip.slipId });
      if (state !== 'not-sent') return state;
      if (tries === 0) this.#parts.log.warn({ slipId: slip.slipId }, 'slip waits for the printer');
      await new Promise<void>((resolve) => this.#parts.clock.after(PRINTER_RETRY_MS, resolve));
    }
    return undefined;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #settle(slip: Slip, state: 'sent' | 'unknown', tookMs: number | undefined): Promise<void> {
    const settled = { ...slip, state };
    await this.#parts.book.write({ type: 'SLIP', slip: settled, event: this.#event(settled, tookMs) });
    const fields = { slipId: slip.slipId, attemptId: slip.attemptId, state };
    if (state === 'sent') this.#parts.log.info(fields, 'slip');
    else this.#parts.log.warn(fields, 'slip may or may not be on paper: look, and reprint it marked if it is missing');
  }

  #layout(slip: Slip, attempt: Attempt) {
    const { merchant, paper, backendNow, book } = this.#parts;
    return saleSlip(
      {
        merchantName: merchant.name,
        merchantNo: merchant.merchantNo,
        terminalNo: merchant.terminalNo,
        operatorNo: merchant.operatorNo,
        channel: attempt.channel,
        maskedPaycode: attempt.maskedPaycode,
        orderId: attempt.orderId,
        attemptId: attempt.attemptId,
        amountFen: attempt.amountFen,
        paidAt: attempt.paidAt ?? backendNow(),
        slipId: slip.slipId,
        anchor: (book.paidEntry(attempt.attemptId) ?? book.head).hash.slice(0, 8),
        duplicate: slip.duplicate,
        ...(attempt.transactionId === undefined ? {} : { transactionId: attempt.transactionId }),
        ...(merchant.servicePhone === undefined ? {} : { servicePhone: merchant.servicePhone }),
      },
      paper,
    );
  }

  #event(slip: Slip, tookMs: number | undefined) {
    const { book, newId, boot, backendNow } = this.#parts;
    const { slipId, attemptId, state } = slip;
    const took = tookMs === undefined ? {} : { paidToPrintedMs: tookMs };
    return book.event({ type: 'slip', slipId, attemptId, state, ...took }, newId(), boot, backendNow());
  }

  #serially(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      this.#parts.log.error({ detail: String(error) }, 'slip not kept, the journal cannot be written');
    });
  }
}
