import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import type { Entry } from '../journal/entry.ts';
import type { AttemptRow, Wanted } from '../journal/projection.ts';

/** What the thread works on: the folder of the log, the file of the search tables. */
export interface SearchPlace {
  readonly folder: string;
  readonly file: string;
}

type Wish = { readonly kind: 'find'; readonly wanted: Wanted } | { readonly kind: 'history'; readonly orderId: string };
export type Question = Wish & { readonly id: number };

export interface Answer {
  readonly id: number;
  readonly found?: readonly AttemptRow[] | readonly Entry[] | undefined;
  readonly trouble?: string;
}

export interface SearchParts extends SearchPlace {
  readonly clock: Clock;
}

/** The first question may find a log of a year to take in. */
const DEADLINE_MS = 60_000;
/** Nobody has asked for so long: the thread ends, and gives its memory back. */
const IDLE_MS = 60_000;
/** Questions that wait for the thread. */
const MOST_WAITING = 32;
const MOST_MEGABYTES = 128;

type Waiting = { readonly resolve: (found: Answer['found']) => void; readonly reject: (error: Error) => void };

/** The till's payments, as people search them: in a thread of its own that begins with the first question. */
export class RecordSearch {
  readonly #parts: SearchParts;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #serial = 0;
  #stopIdle: () => void = () => {};

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** Payments, newest first. */
  async find(wanted: Wanted): Promise<readonly AttemptRow[]> {
    return (await this.#ask({ kind: 'find', wanted })) as readonly AttemptRow[];
  }

  /** Everything the journal says of one order, oldest first. */
  async history(orderId: string): Promise<readonly Entry[]> {
    return (await this.#ask({ kind: 'history', orderId })) as readonly Entry[];
  }

  async close(): Promise<void> {
    this.#stopIdle();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #ask(wish: Wish): Promise<Answer['found']> {
    if (this.#waiting.size >= MOST_WAITING) return Promise.reject(new Error('too many searches wait'));
    this.#stopIdle();
    const id = ++this.#serial;
    const stopDeadline = this.#parts.clock.after(DEADLINE_MS, () => this.#giveUp(`no answer in ${DEADLINE_MS} ms`));
    return new Promise<Answer['found']>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#thread().postMessage({ id, ...wish } satisfies Question);
    }).finally(() => {
      stopDeadline();
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#stopIdle = this.#parts.clock.after(IDLE_MS, () => void this.close());
    });
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker;
    const { folder, file } = this.#parts;
    const worker = new Worker(new URL('./search-worker.js', import.meta.url), {
      workerData: { folder, file } satisfies SearchPlace,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    worker.unref();
    worker.on('message', ({ id, found, trouble }: Answer) => {
      if (trouble === undefined) this.#waiting.get(id)?.resolve(found);
      else this.#waiting.get(id)?.reject(new Error(trouble));
    });
    worker.on('error', (error) => this.#giveUp(String(error)));
    this.#worker = worker;
    return worker;
  }

  /** The thread is of no use any more; the next question begins another. */
  #giveUp(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    void this.close();
  }
}
