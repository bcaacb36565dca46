import type { Clock } from '../clock.ts';
import type { SlipPrinter } from '../devices/printer.ts';
import { explain } from '../errors.ts';
import type { DocumentJob, Order, Slip } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { Attempt } from '../payment/attempt.ts';
import { hasSlip } from '../payment/card.ts';
import type { TerminalReceipt } from '../payment/terminal-receipt.ts';
import { DocumentJobs, type PrintOrder } from './document-jobs.ts';
import { type PaymentLayoutParts, PaymentLayouts } from './payment-layouts.ts';
import { type PrintOutcome, PrintQueue, type PrintTask } from './print-queue.ts';
import type { Printable } from './printable.ts';
import { merchantReceipt, RECEIPT_WITHIN_MS, receiptPrintable } from './terminal-receipt-slip.ts';

export interface SpoolParts extends PaymentLayoutParts {
  /** none: a till without a printer keeps its slips on disk */
  readonly printer: SlipPrinter | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
}

/**
 * Slips of paid attempts. The job is on disk with the payment itself, and once more before its first byte; one unmarked
 * original per attempt, ever. A job whose bytes may have left is never sent again by itself: somebody looks at the paper
 * and says so, and what is printed then is marked as a duplicate.
 */
export class SlipSpool {
  readonly #parts: SpoolParts;
  readonly #queue: PrintQueue;
  readonly #layouts: PaymentLayouts;
  readonly #documents: DocumentJobs;
  /** jobs given to a payment that is being written down, by attempt: the slip's first, then its copies */
  readonly #born = new Map<string, readonly string[]>();

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.#queue = new PrintQueue(parts);
    this.#layouts = new PaymentLayouts(parts);
    this.#documents = new DocumentJobs({ ...parts, queue: this.#queue, hasPrinter: parts.printer !== undefined });
  }

  /** After a start: what was not begun is printed now, what was begun may or may not be on paper. */
  resume(): void {
    for (const slip of this.#parts.book.slips.values()) {
      if (slip.state === 'sending') this.#queue.add(this.#task(slip, undefined, true));
      if (slip.state === 'queued') this.#take(slip, undefined);
      // it may have been settled by a process that died before it could end the command at the printer
      if (slip.state === 'unknown') this.#queue.distrust(this.#task(slip, undefined, true));
    }
    this.#documents.resume();
  }

  /**
   * The job of a payment's slip, to be written down with the payment. Where nothing is in its way it begins in the same
   * record: one write to disk between the answer and the paper, not two.
   */
  jobFor(attemptId: string): Slip {
    const { newId, printer } = this.#parts;
    const atOnce = this.#queue.length === 0 && printer?.isUp === true;
    const slip: Slip = { slipId: newId(), attemptId, state: atOnce ? 'sending' : 'queued', duplicate: false };
    this.#born.set(attemptId, [slip.slipId]);
    return slip;
  }

  /** The jobs of what a card terminal has the till print beside the payment's slip, which is the merchant's where it sends one. */
  copiesFor(attemptId: string, receipts: readonly TerminalReceipt[]): Slip[] {
    const own = merchantReceipt(receipts);
    const copies = receipts.flatMap<Slip>((one, receipt) =>
      one === own ? [] : { slipId: this.#parts.newId(), attemptId, state: 'queued', duplicate: false, receipt },
    );
    this.#born.set(attemptId, [...(this.#born.get(attemptId) ?? []), ...copies.map(({ slipId }) => slipId)]);
    return copies;
  }

  /**
   * An order stands at the counter: before anybody waits for it, its slip is laid out once to nowhere. Most of it will come out
   * the same, and what was laid out just now is quickly laid out again.
   */
  expect(order: Order): void {
    const { printer, clock } = this.#parts;
    if (printer?.isUp) clock.after(0, () => this.#layouts.rehearse(order));
  }

  /** A pay request has left: the printer is asked how it is while the payment takes its time. */
  foresee(): void {
    this.#parts.printer?.lookAhead();
  }

  /** A payment is on disk as PAID, and the job of its slip with it. */
  paid(attempt: Pick<Attempt, 'attemptId'>): void {
    const paidAt = this.#parts.clock.mono();
    const [own, ...copies] = this.#born.get(attempt.attemptId) ?? [];
    this.#born.delete(attempt.attemptId);
    this.#takeBorn(own, paidAt);
    for (const copy of copies) this.#takeBorn(copy, undefined);
  }

  /** All that was ever to be printed of a payment, while this till remembers it. */
  slipsOf(attemptId: string): Slip[] {
    return [...this.#parts.book.slips.values()].filter((slip) => slip.attemptId === attemptId);
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
    if (seen === 'missing') await this.reprint(slip.attemptId, slip.receipt);
    await this.#settle(slip, { state: 'sent', proof: 'clerk' }, undefined);
  }

  /** Prints the slip of a paid attempt again, marked 重打印 / DUPLICATE. False: this till knows of no such payment. */
  async reprint(attemptId: string, receipt?: number): Promise<boolean> {
    const { book, newId } = this.#parts;
    const attempt = book.attempts.get(attemptId)?.attempt;
    const isSlip = attempt ? hasSlip(attempt) : book.intents.get(attemptId)?.state === 'PAID';
    if (!isSlip) return false;
    const which = receipt === undefined ? {} : { receipt };
    const slip: Slip = { slipId: newId(), attemptId, state: 'queued', duplicate: true, ...which };
    await book.write({ type: 'SLIP', slip });
    this.#take(slip, undefined);
    return true;
  }

  // --- other documents: everything that is no payment's slip goes through the same queue and has the same evidence

  /**
   * Prints a document. Resolves when the job is on disk; {@link settled} tells what became of it. Rejects with
   * `PrintRefused`, or when the journal cannot be written.
   */
  print(document: Printable, order: PrintOrder): Promise<DocumentJob> {
    return this.#documents.print(document, order);
  }

  /** The jobs of a card terminal's receipts that are no payment's, to be written down with what they are about. */
  documentsFor(attemptId: string, receipts: readonly TerminalReceipt[]): DocumentJob[] {
    return receipts.flatMap((receipt, n) => {
      const order = { by: 'terminal', jobId: `terminal-${attemptId}-${n}`, withinMs: RECEIPT_WITHIN_MS };
      return this.#documents.jobFor(receiptPrintable(receipt), order) ?? [];
    });
  }

  take(documents: readonly DocumentJob[]): void {
    for (const job of documents) this.#documents.take(job);
  }

  document(jobId: string): DocumentJob | undefined {
    return this.#documents.get(jobId);
  }

  /** The end of a document's job: `sent` with its proof, `unknown`, or `dropped`. `undefined`: no such job. */
  settled(jobId: string): Promise<DocumentJob> | undefined {
    return this.#documents.settled(jobId);
  }

  /** Drops a document that has not begun to print. */
  cancelDocument(jobId: string): void {
    this.#documents.cancel(jobId);
  }

  /** A slip or document that the printer holds is not wanted any more: it is asked to forget it, and its word is the proof. */
  giveUp(id: string): void {
    this.#documents.cancel(id);
    this.#parts.printer?.giveUp(id);
  }

  /** The printer's echo of a job came after that job had been given up for unknown. */
  async lateProof(id: string): Promise<void> {
    const slip = this.#parts.book.slips.get(id);
    const proved = { state: 'sent', proof: 'confirmed' } as const;
    try {
      if (slip?.state === 'unknown') await this.#settle(slip, proved, undefined);
      await this.#documents.lateProof(id);
    } catch (error) {
      // then a person is asked, as before
      this.#parts.log.error({ id, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    }
  }

  documentQuestions(): DocumentJob[] {
    return this.#documents.questions();
  }

  answerDocument(jobId: string, seen: 'on-paper' | 'missing', by: string): Promise<void> {
    return this.#documents.answer(jobId, seen, by);
  }

  reprintDocument(jobId: string, by: string): Promise<DocumentJob | undefined> {
    return this.#documents.reprint(jobId, by);
  }

  /** Resolves when nothing is left to print. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  stop(): void {
    this.#queue.stop();
  }

  #takeBorn(slipId: string | undefined, paidAt: number | undefined): void {
    const slip = slipId === undefined ? undefined : this.#parts.book.slips.get(slipId);
    if (!slip) return;
    this.#take(slip, paidAt);
  }

  #take(slip: Slip, paidAt: number | undefined): void {
    const { attempts, intents } = this.#parts.book;
    if (attempts.has(slip.attemptId) || intents.has(slip.attemptId)) this.#queue.add(this.#task(slip, paidAt, false));
  }

  #task(slip: Slip, paidAt: number | undefined, interrupted: boolean): PrintTask {
    const { book, clock } = this.#parts;
    const stateOf = () => book.slips.get(slip.slipId)?.state;
    return {
      id: slip.slipId,
      priority: 'payment',
      interrupted,
      // only who paid by card signs for it
      picture: book.attempts.get(slip.attemptId)?.attempt.card !== undefined,
      layout: () => this.#layouts.of(slip),
      get state() {
        return stateOf();
      },
      mark: (state) => book.write({ type: 'SLIP', slip: { ...slip, state } }),
      givenUp: () => undefined,
      settle: (outcome) => this.#settle(slip, outcome, paidAt === undefined ? undefined : clock.mono() - paidAt),
    };
  }

  /** A slip that could not even be laid out is asked about like one that got lost: nobody may believe it is on paper. */
  async #settle(slip: Slip, outcome: PrintOutcome, tookMs: number | undefined): Promise<void> {
    const { book, log } = this.#parts;
    const settled: Slip = { ...slip, ...(outcome.state === 'dropped' ? { state: 'unknown' } : outcome) };
    await book.write({ type: 'SLIP', slip: settled, event: this.#event(settled, tookMs) });
    const fields = { slipId: slip.slipId, attemptId: slip.attemptId, ...outcome };
    if (outcome.state === 'sent') log.info(fields, 'slip');
    else if (outcome.state === 'cleared') log.warn(fields, 'slip was taken back from the printer, reprint it marked');
    else log.warn(fields, explain('SLIP_UNSURE'));
  }

  #event({ slipId, attemptId, state, proof, duplicate }: Slip, tookMs: number | undefined) {
    const { book, newId, boot, backendNow } = this.#parts;
    const data = {
      type: 'slip' as const,
      slipId,
      attemptId,
      state: state === 'sent' || state === 'cleared' ? state : ('unknown' as const),
      ...(proof === undefined ? {} : { proof }),
      ...(duplicate ? { duplicate } : {}),
      ...(tookMs === undefined ? {} : { paidToPrintedMs: tookMs }),
    };
    return book.event(data, newId(), boot, backendNow());
  }
}
