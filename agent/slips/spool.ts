import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { SlipPrinter } from '../devices/printer.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Slip } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { Attempt } from '../payment/attempt.ts';
import { saleSlip } from './sale-slip.ts';

/** How often a slip knocks at a printer that cannot print now. */
const PRINTER_RETRY_MS = 1_000;
/** How often a slip's end is offered to a disk that does not take it. */
const JOURNAL_RETRY_MS = 1_000;

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
 * Slips of paid attempts. The job is on disk with the payment itself, and once more before its first byte; one unmarked
 * original per attempt, ever. A job whose bytes may have left is never sent again by itself: somebody looks at the paper
 * and says so, and what is printed then is marked as a duplicate.
 */
export class SlipSpool {
  readonly #parts: SpoolParts;
  /** slips leave one after the other */
  #queue: Promise<void> = Promise.resolve();
  readonly #taken = new Set<string>();
  /** jobs taken up and not yet settled */
  #waiting = 0;
  #stopped = false;
  /** jobs given to a payment that is being written down, by attempt */
  readonly #born = new Map<string, string>();

  constructor(parts: SpoolParts) {
    this.#parts = parts;
  }

  /** After a start: what was not begun is printed now, what was begun may or may not be on paper. */
  resume(): void {
    for (const slip of this.#parts.book.slips.values()) {
      if (slip.state === 'sending') this.#serially(() => this.#settleSurely(slip, { state: 'unknown' }, undefined));
      if (slip.state === 'queued') this.#take(slip, undefined);
    }
  }

  /**
   * The job of a payment's slip, to be written down with the payment. Where nothing is in its way it begins in the same
   * record: one write to disk between the answer and the paper, not two.
   */
  jobFor(attemptId: string): Slip {
    const { newId, printer } = this.#parts;
    const atOnce = this.#waiting === 0 && printer?.isUp === true;
    const slip: Slip = { slipId: newId(), attemptId, state: atOnce ? 'sending' : 'queued', duplicate: false };
    this.#born.set(attemptId, slip.slipId);
    return slip;
  }

  /** A pay request leaves: the printer is asked how it is while the payment takes its time. */
  foresee(attempt: Attempt): void {
    if (attempt.state === 'SUBMITTED') this.#parts.printer?.lookAhead();
  }

  /** A payment is on disk as PAID, and the job of its slip with it. */
  paid(attempt: Attempt): void {
    const paidAt = this.#parts.clock.mono();
    const slip = this.#parts.book.slips.get(this.#born.get(attempt.attemptId) ?? '');
    this.#born.delete(attempt.attemptId);
    if (slip) this.#take(slip, paidAt);
  }

  /** Slips of which nobody knows whether they are on paper: what the clerk is asked. */
  questions(): Slip[] {
    return [...this.#parts.book.slips.values()].filter(({ state }) => state === 'unknown');
  }

  /** The clerk looked: the slip is there, or it is missing and a marked one is printed. */
  async answer(slipId: string, seen: 'on-paper' | 'missing'): Promise<void> {
    const slip = this.#parts.book.slips.get(slipId);
    if (slip?.state !== 'unknown') return;
    // The new job first: a crash in between asks the clerk again, and does not forget what he said.
    if (seen === 'missing') await this.reprint(slip.attemptId);
    await this.#settle(slip, { state: 'sent', proof: 'clerk' }, undefined);
  }

  /** Prints the slip of a paid attempt again, marked 重打印 / DUPLICATE. */
  async reprint(attemptId: string): Promise<void> {
    const { book, newId } = this.#parts;
    if (book.attempts.get(attemptId)?.attempt.state !== 'PAID') return;
    const slip: Slip = { slipId: newId(), attemptId, state: 'queued', duplicate: true };
    await book.write({ type: 'SLIP', slip });
    this.#take(slip, undefined);
  }

  /** Resolves when nothing is left to print. */
  idle(): Promise<void> {
    return this.#queue;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Each job is taken up once by a process, however often it is heard of. */
  #take(slip: Slip, paidAt: number | undefined): void {
    if (this.#taken.has(slip.slipId)) return;
    this.#taken.add(slip.slipId);
    this.#waiting++;
    this.#serially(() =>
      this.#print(slip, paidAt).finally(() => {
        this.#waiting--;
      }),
    );
  }

  async #print(slip: Slip, paidAt: number | undefined): Promise<void> {
    const { book, printer, log, clock } = this.#parts;
    const attempt = book.attempts.get(slip.attemptId)?.attempt;
    if (!printer || !attempt) return;
    const { bytes, warnings } = this.#layout(slip, attempt);
    if (warnings.length > 0) log.warn({ slipId: slip.slipId, warnings }, 'slip text was replaced');
    const outcome = await this.#send(printer, slip, bytes);
    if (outcome) await this.#settleSurely(slip, outcome, paidAt === undefined ? undefined : clock.mono() - paidAt);
    this.#taken.delete(slip.slipId);
  }

  /** Waits for the printer as long as it is certain that nothing left; `undefined` when the agent stops meanwhile. */
  async #send(printer: SlipPrinter, slip: Slip, bytes: Uint8Array): Promise<Pick<Slip, 'state' | 'proof'> | undefined> {
    const { book, log, clock } = this.#parts;
    let told = '';
    let takenBack = true;
    while (!this.#stopped) {
      // A record that was refused may still stand on the disk, and a restart would read it: the job is begun anew behind it.
      const begun = takenBack && book.slips.get(slip.slipId)?.state === 'sending';
      const begin = () => book.write({ type: 'SLIP', slip: { ...slip, state: 'sending' } });
      const result = await printer.print(bytes, { id: slip.slipId, ...(begun ? {} : { begin }) });
      if (result.state === 'sent') return { state: 'sent', proof: result.proof };
      if (result.state === 'unknown') return { state: 'unknown' };
      if (result.cause !== told) log.warn({ slipId: slip.slipId }, explain(result.cause, 'the slip waits'));
      told = result.cause;
      takenBack = await this.#takeBack(slip);
      await new Promise<void>((resolve) => clock.after(PRINTER_RETRY_MS, resolve));
    }
    return undefined;
  }

  /** Proved that not one byte left: the job is as it was before. False when the disk did not take that. */
  async #takeBack(slip: Slip): Promise<boolean> {
    const { book, log } = this.#parts;
    if (book.slips.get(slip.slipId)?.state !== 'sending') return true;
    try {
      await book.write({ type: 'SLIP', slip: { ...slip, state: 'queued' } });
      return true;
    } catch (error) {
      log.error({ slipId: slip.slipId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  /** What became of a slip is written down as soon as the disk takes it; meanwhile no other slip could begin anyway. */
  async #settleSurely(slip: Slip, outcome: Pick<Slip, 'state' | 'proof'>, tookMs: number | undefined): Promise<void> {
    const { log, clock } = this.#parts;
    while (!this.#stopped) {
      try {
        return await this.#settle(slip, outcome, tookMs);
      } catch (error) {
        log.error({ slipId: slip.slipId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
        await new Promise<void>((resolve) => clock.after(JOURNAL_RETRY_MS, resolve));
      }
    }
  }

  async #settle(slip: Slip, outcome: Pick<Slip, 'state' | 'proof'>, tookMs: number | undefined): Promise<void> {
    const { book, log } = this.#parts;
    const settled: Slip = { ...slip, ...outcome };
    await book.write({ type: 'SLIP', slip: settled, event: this.#event(settled, tookMs) });
    const fields = { slipId: slip.slipId, attemptId: slip.attemptId, ...outcome };
    if (outcome.state === 'sent') log.info(fields, 'slip');
    else log.warn(fields, 'slip may or may not be on paper: look, and reprint it marked if it is missing');
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
        transactionId: attempt.transactionId,
        servicePhone: merchant.servicePhone,
      },
      paper,
    );
  }

  #event({ slipId, attemptId, state, proof, duplicate }: Slip, tookMs: number | undefined) {
    const { book, newId, boot, backendNow } = this.#parts;
    const data = {
      type: 'slip' as const,
      slipId,
      attemptId,
      state: state === 'sent' ? ('sent' as const) : ('unknown' as const),
      ...(proof === undefined ? {} : { proof }),
      ...(duplicate ? { duplicate } : {}),
      ...(tookMs === undefined ? {} : { paidToPrintedMs: tookMs }),
    };
    return book.event(data, newId(), boot, backendNow());
  }

  #serially(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      this.#parts.log.error({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    });
  }
}
