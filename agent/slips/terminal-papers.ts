import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Log } from '../log.ts';
import type { TerminalReceipt } from '../payment/terminal-receipt.ts';
import { PrintRefused } from './document-jobs.ts';
import type { SlipSpool } from './spool.ts';
import { RECEIPT_WITHIN_MS, receiptPrintable } from './terminal-receipt-slip.ts';

/** How often a paper is offered again to a spool or a disk that does not take it. */
const RETRY_MS = 1_000;
/** Papers that wait for that. An end of day of 5,000 lines has 27 parts. */
const WAITING = 64;

export interface TerminalPapersParts {
  readonly spool: Pick<SlipSpool, 'print'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What a card terminal has the till print that belongs to no payment: an end of day, a receipt once more. In the order of its
 * coming, and not given up because the disk is full or thirty others wait.
 */
export class TerminalPapers {
  readonly #parts: TerminalPapersParts;
  readonly #waiting: { readonly receipt: TerminalReceipt; readonly isCopy: boolean }[] = [];
  #isAtWork = false;
  #callOff: () => void = () => undefined;
  #isStopped = false;

  constructor(parts: TerminalPapersParts) {
    this.#parts = parts;
  }

  print(receipt: TerminalReceipt, isCopy: boolean): void {
    if (this.#waiting.length >= WAITING) return this.#parts.log.error({}, 'a receipt of the card terminal has no room');
    this.#waiting.push({ receipt, isCopy });
    if (!this.#isAtWork) void this.#work();
  }

  stop(): void {
    this.#isStopped = true;
    this.#callOff();
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    for (let [next] = this.#waiting; next && !this.#isStopped; [next] = this.#waiting)
      if (await this.#taken(next.receipt, next.isCopy)) this.#waiting.shift();
      else await this.#pause();
    this.#isAtWork = false;
  }

  /** True: it is on disk, or no disk and no printer will ever take it. */
  async #taken(receipt: TerminalReceipt, isCopy: boolean): Promise<boolean> {
    const { spool, log } = this.#parts;
    try {
      await spool.print(receiptPrintable(receipt), { by: 'terminal', isCopy, withinMs: RECEIPT_WITHIN_MS });
      return true;
    } catch (error) {
      if (!(error instanceof PrintRefused)) log.error({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      else if (error.code !== 'PRINTER_BUSY')
        log.warn({ code: error.code, detail: error.message }, 'a receipt of the card terminal was not printed');
      return error instanceof PrintRefused && error.code !== 'PRINTER_BUSY';
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#callOff = this.#parts.clock.after(RETRY_MS, resolve);
    });
  }
}
