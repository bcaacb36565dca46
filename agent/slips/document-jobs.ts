import type { Pictures } from '../../protocols/document/layout.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { DocumentJob } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { PrintOutcome, PrintQueue, PrintTask } from './print-queue.ts';
import { layPrintable, PRIORITY_OF, type Printable, type PrintPriority } from './printable.ts';

/** Jobs that wait or print. More are refused: a counter never needs so many, and paper is not endless. */
const WAITING_JOBS = 32;
/** One job in the journal. A delivery note of 500 lines has 50 KB. */
const JOB_CHARACTERS = 64_000;

/** How long a job may wait for the printer, ms. Nobody wants a payment code that came out an hour late. */
const WITHIN_MS = {
  payment: 30 * 60_000,
  counter: 10 * 60_000,
  report: 8 * 3_600_000,
} as const satisfies Record<PrintPriority, number>;

export interface PrintOrder {
  /** who asked: a person, a command's sender, a program; journaled */
  readonly by: string;
  /** the same name is the same job: asked twice, printed once. A command's id, an idempotency key */
  readonly jobId?: string;
  readonly priority?: PrintPriority;
  /** not begun by then, it is dropped, ms from now */
  readonly withinMs?: number;
  /** of something that was printed elsewhere, or before: marked */
  readonly isCopy?: boolean;
  /** of a document, by name: what no disk may keep, such as a signature. Behind a restart their place is empty */
  readonly pictures?: Pictures;
}

/** The job was not taken: nothing is on disk, nothing is printed. */
export class PrintRefused extends Error {
  readonly code: 'NO_PRINTER' | 'PRINTER_BUSY' | 'DOCUMENT_INVALID';

  constructor(code: PrintRefused['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

export interface DocumentParts {
  readonly book: TillBook;
  readonly queue: PrintQueue;
  readonly hasPrinter: boolean;
  readonly paper: 58 | 80;
  readonly training: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly backendNow: () => number;
}

/** Print jobs that are no payment's slip: on disk with all that will stand on the paper before anybody is told yes. */
export class DocumentJobs {
  readonly #parts: DocumentParts;
  readonly #cancelled = new Set<string>();
  readonly #pictures = new Map<string, Pictures>();
  readonly #watchers = new Map<string, ((job: DocumentJob) => void)[]>();

  constructor(parts: DocumentParts) {
    this.#parts = parts;
  }

  resume(): void {
    for (const job of this.#parts.book.documents.values()) {
      if (job.state === 'queued' || job.state === 'sending') this.#take(job, job.state === 'sending');
      if (job.state === 'unknown') this.#parts.queue.distrust(this.#task(job, true));
    }
  }

  get(jobId: string): DocumentJob | undefined {
    return this.#parts.book.documents.get(jobId);
  }

  /** Resolves when the job is on disk. Rejects with {@link PrintRefused}, or when the journal cannot be written. */
  async print(document: Printable, order: PrintOrder): Promise<DocumentJob> {
    const { newId, book } = this.#parts;
    const { jobId = newId() } = order;
    const known = this.get(jobId);
    if (known) return known;
    const job = this.#jobOf(jobId, this.#checked(document), order, order.isCopy ? jobId : undefined);
    await book.write({ type: 'DOCUMENT', job });
    if (order.pictures) this.#pictures.set(jobId, order.pictures);
    this.#take(job, false);
    return job;
  }

  /** A job to be written down with something else; {@link take} when it is on disk. `undefined`: a till without a printer. */
  jobFor(document: Printable, order: PrintOrder & { readonly jobId: string }): DocumentJob | undefined {
    return this.#parts.hasPrinter ? this.#jobOf(order.jobId, document, order) : undefined;
  }

  take(job: DocumentJob): void {
    this.#take(job, false);
  }

  /** The job's end: printed with its proof, unknown, or dropped. `undefined`: no such job. */
  settled(jobId: string): Promise<DocumentJob> | undefined {
    const job = this.get(jobId);
    if (!job || isSettled(job)) return job && Promise.resolve(job);
    return new Promise((resolve) => this.#watchers.set(jobId, [...(this.#watchers.get(jobId) ?? []), resolve]));
  }

  /** Drops a job that has not begun. */
  cancel(jobId: string): void {
    if (this.get(jobId)?.state !== 'queued') return;
    this.#cancelled.add(jobId);
    this.#parts.queue.look();
  }

  /** Its echo came after it had been given up for unknown. */
  async lateProof(jobId: string): Promise<void> {
    const job = this.get(jobId);
    if (job?.state === 'unknown') await this.#settle(job, { state: 'sent', proof: 'confirmed' });
  }

  /** Jobs of which nobody knows whether they are on paper. */
  questions(): DocumentJob[] {
    return [...this.#parts.book.documents.values()].filter(({ state }) => state === 'unknown');
  }

  /** A person looked: it is there, or it is missing and is printed again, marked. */
  async answer(jobId: string, seen: 'on-paper' | 'missing', by: string): Promise<void> {
    const job = this.get(jobId);
    if (job?.state !== 'unknown') return;
    // The new job first: a crash in between asks again, and does not forget what was said.
    if (seen === 'missing') await this.reprint(jobId, by);
    await this.#settle(job, { state: 'sent', proof: 'clerk' });
  }

  /** Prints a document again, marked 重打印 / DUPLICATE. */
  async reprint(jobId: string, by: string): Promise<DocumentJob | undefined> {
    const job = this.get(jobId);
    if (!job) return undefined;
    const { newId, book } = this.#parts;
    const again = this.#jobOf(newId(), job.document, { by, priority: job.priority }, job.of ?? jobId);
    await book.write({ type: 'DOCUMENT', job: again });
    this.#take(again, false);
    return again;
  }

  /** A copy of its own, laid out once: what cannot be printed is refused now and not in the middle of a queue. */
  #checked(document: Printable): Printable {
    const { hasPrinter, queue, paper, training } = this.#parts;
    if (!hasPrinter) throw new PrintRefused('NO_PRINTER', 'this till has no printer');
    if (queue.length >= WAITING_JOBS) throw new PrintRefused('PRINTER_BUSY', `${queue.length} jobs wait`);
    const json = JSON.stringify(document);
    if (json.length > JOB_CHARACTERS) throw new PrintRefused('DOCUMENT_INVALID', `${json.length} characters`);
    try {
      layPrintable(document, paper, { training });
    } catch (error) {
      throw new PrintRefused('DOCUMENT_INVALID', error instanceof Error ? error.message : String(error));
    }
    return JSON.parse(json) as Printable;
  }

  #jobOf(jobId: string, document: Printable, order: PrintOrder, of?: string): DocumentJob {
    const { clock, backendNow } = this.#parts;
    const priority = order.priority ?? PRIORITY_OF[document.kind];
    return {
      jobId,
      document,
      priority,
      by: order.by.slice(0, 64),
      askedAt: clock.now(),
      until: backendNow() + (order.withinMs ?? WITHIN_MS[priority]),
      state: 'queued',
      ...(of === undefined ? {} : { of }),
    };
  }

  #take(job: DocumentJob, interrupted: boolean): void {
    this.#parts.queue.add(this.#task(job, interrupted));
  }

  #task(job: DocumentJob, interrupted: boolean): PrintTask {
    const { book, paper, training, backendNow } = this.#parts;
    const { jobId, priority, document, until } = job;
    const cancelled = this.#cancelled;
    const stateOf = () => this.get(jobId)?.state;
    return {
      id: jobId,
      priority,
      interrupted,
      picture: document.kind === 'document',
      layout: () =>
        layPrintable(document, paper, { training, duplicate: job.of !== undefined }, this.#pictures.get(jobId)),
      get state() {
        return stateOf();
      },
      mark: (state) => book.write({ type: 'DOCUMENT_PROGRESS', progress: { jobId, state } }),
      givenUp: () => (cancelled.has(jobId) ? 'CANCELLED' : backendNow() > until ? 'EXPIRED' : undefined),
      settle: (outcome) => this.#settle(job, outcome),
    };
  }

  async #settle({ jobId, document: { kind }, by }: DocumentJob, outcome: PrintOutcome): Promise<void> {
    const { book, log } = this.#parts;
    await book.write({ type: 'DOCUMENT_PROGRESS', progress: { jobId, ...outcome } });
    this.#cancelled.delete(jobId);
    this.#pictures.delete(jobId);
    const fields = { jobId, kind, by, ...outcome };
    if (outcome.state === 'sent') log.info(fields, 'document');
    else log.warn(fields, 'document');
    const job = this.get(jobId);
    for (const tell of this.#watchers.get(jobId) ?? []) if (job) tell(job);
    this.#watchers.delete(jobId);
  }
}

const isSettled = ({ state }: DocumentJob): boolean => state !== 'queued' && state !== 'sending';
