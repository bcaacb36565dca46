import type { Clock } from '../clock.ts';
import type { PrintResult, SlipPrinter } from '../devices/printer.ts';
import { explain } from '../errors.ts';
import type { Slip } from '../journal/records.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import { type Laid, longestOf } from './print-form.ts';
import { PRIORITIES, type PrintPriority } from './printable.ts';

/** How often a job knocks at a printer that cannot print now. */
const PRINTER_RETRY_MS = 1_000;
/** How a job ended. `dropped`: surely not printed, and it will not be. */
export type PrintOutcome =
  | { readonly state: 'sent'; readonly proof: NonNullable<Slip['proof']> }
  | { readonly state: 'unknown' }
  /** the printer had it and forgot it on demand: it will not come out whole */
  | { readonly state: 'cleared' }
  | { readonly state: 'dropped'; readonly dropped: 'EXPIRED' | 'CANCELLED' | 'UNPRINTABLE' };

/** One job, whatever it prints and wherever it is written down. */
export interface PrintTask {
  readonly id: string;
  readonly priority: PrintPriority;
  /** found at a start with bytes that may have left: it is settled as unknown and never sent */
  readonly interrupted: boolean;
  /** it may have had a picture that no disk keeps: a signature, which is deleted as soon as the acquirer has it */
  readonly picture: boolean;
  layout(): Laid;
  /** as the disk says it: `sending` allows bytes to leave */
  readonly state: string | undefined;
  /** writes `sending`, or `queued` when it is proved that not one byte left */
  mark(state: 'sending' | 'queued'): Promise<void>;
  /** a reason to print it no more, as long as not one byte has left */
  givenUp(): 'EXPIRED' | 'CANCELLED' | undefined;
  settle(outcome: PrintOutcome): Promise<void>;
}

export interface QueueParts {
  readonly printer: SlipPrinter | undefined;
  readonly paper: 58 | 80;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Jobs leave one after the other, the most important first, in the order of their coming. A job that proved not to have
 * left goes back into the queue; one whose bytes may have left is never sent again.
 */
export class PrintQueue {
  readonly #parts: QueueParts;
  readonly #tasks: PrintTask[] = [];
  /** a record that was refused may still stand on the disk: these begin anew behind it */
  readonly #anew = new Set<string>();
  #running = false;
  #idle: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #told = '';
  #stopped = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  /** Jobs taken up and not yet settled. */
  get length(): number {
    return this.#tasks.length;
  }

  has(id: string): boolean {
    return this.#tasks.some((task) => task.id === id);
  }

  add(task: PrintTask): void {
    if (this.has(task.id)) return;
    // before the printer is asked anything
    if (task.interrupted) this.distrust(task);
    this.#tasks.push(task);
    this.#wake();
    if (this.#running) return;
    this.#running = true;
    this.#idle = this.#run();
  }

  /** Something changed that a waiting job should know at once: it was given up. */
  look(): void {
    this.#wake();
  }

  /** Resolves when nothing is left to print. */
  idle(): Promise<void> {
    return this.#idle;
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    for (let task = this.#next(); task && !this.#stopped; task = this.#next()) {
      const outcome = await this.#try(task);
      if (outcome) await this.#settle(task, outcome);
      else await this.#pause();
    }
    this.#running = false;
  }

  #next(): PrintTask | undefined {
    const settled = this.#tasks.find((task) => task.interrupted || task.givenUp());
    if (settled || !this.#parts.printer) return settled;
    for (const priority of PRIORITIES) {
      const task = this.#tasks.find((one) => one.priority === priority);
      if (task) return task;
    }
    return undefined;
  }

  /** `undefined`: it waits, because it is certain that nothing left. */
  async #try(task: PrintTask): Promise<PrintOutcome | undefined> {
    const { printer } = this.#parts;
    if (task.interrupted || !printer) return { state: 'unknown' };
    const why = task.givenUp();
    if (why) return { state: 'dropped', dropped: why };
    const laid = this.#layout(task);
    if (!laid) return { state: 'dropped', dropped: 'UNPRINTABLE' };
    const result = await this.#print(printer, task, laid);
    if (result.state === 'sent') return { state: 'sent', proof: result.proof };
    if (result.state !== 'not-sent') return { state: result.state };
    this.#tell(task, result);
    if (!(await this.#takeBack(task))) this.#anew.add(task.id);
    return undefined;
  }

  /**
   * The printer may still wait for the rest of what a dead process was sending. What is laid out now is not that to the byte:
   * a picture may be gone since, and then the rest may be as long as that of the largest one.
   */
  distrust(task: PrintTask): void {
    const { printer, paper } = this.#parts;
    const laid = printer && this.#layout(task);
    if (laid) printer.distrust(laid.bytes);
    if (!laid || task.picture) printer?.distrust(longestOf(paper));
  }

  /** `undefined`: form and data do not go together, which is a fault of ours, or it was written by another version. */
  #layout(task: PrintTask): Laid | undefined {
    try {
      const laid = task.layout();
      const { warnings } = laid;
      if (warnings.length > 0) this.#parts.log.warn({ jobId: task.id, warnings }, 'printed text was replaced');
      return laid;
    } catch (error) {
      this.#parts.log.error({ jobId: task.id, detail: String(error) }, explain('DOCUMENT_INVALID'));
      return undefined;
    }
  }

  #print(printer: SlipPrinter, task: PrintTask, { bytes }: Laid): Promise<PrintResult> {
    const begun = task.state === 'sending' && !this.#anew.has(task.id);
    const begin = async () => {
      await task.mark('sending');
      this.#anew.delete(task.id);
    };
    return printer.print(bytes, { id: task.id, ...(begun ? {} : { begin }) });
  }

  #tell(task: PrintTask, { cause }: Extract<PrintResult, { state: 'not-sent' }>): void {
    const words = `${task.id} ${cause}`;
    if (words !== this.#told) this.#parts.log.warn({ jobId: task.id }, explain(cause, 'the slip waits'));
    this.#told = words;
  }

  /** Proved that not one byte left: the job is as it was before. False when the disk did not take that. */
  async #takeBack(task: PrintTask): Promise<boolean> {
    if (task.state !== 'sending') return true;
    try {
      await task.mark('queued');
      return true;
    } catch (error) {
      this.#parts.log.error({ jobId: task.id, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  /** What became of a job is written down as soon as the disk takes it; meanwhile no other could begin anyway. */
  async #settle(task: PrintTask, outcome: PrintOutcome): Promise<void> {
    const { log } = this.#parts;
    while (!this.#stopped) {
      try {
        await task.settle(outcome);
        break;
      } catch (error) {
        log.error({ jobId: task.id, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
        await this.#pause(JOURNAL_RETRY_MS);
      }
    }
    this.#tasks.splice(this.#tasks.indexOf(task), 1);
  }

  /** A new job, one that was given up, or the end of the agent cut it short. */
  #pause(ms = PRINTER_RETRY_MS): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#parts.clock.after(ms, resolve);
      this.#wake = () => {
        callOff();
        resolve();
      };
    });
  }
}
