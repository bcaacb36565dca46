import { Worker } from 'node:worker_threads';
import { StatementFault, type StatementFaultCode } from '../../protocols/statements/row.ts';
import type { Reconciled, Upload } from './upload.ts';

/** What the thread works on: the folder of the log, and the file with what is carried. */
export interface ThreadWork {
  readonly folder: string;
  readonly upload: Upload;
}

export type ThreadAnswer =
  | { readonly reconciled: Reconciled }
  | { readonly fault: StatementFaultCode; readonly detail: string };

/** A journal of a year and a file of 16 MiB take seconds. */
const DEADLINE_MS = 60_000;
/** Of the thread's own heap. A file that unpacks to more than fits ends the thread, not the till. */
const MOST_MEGABYTES = 256;

/** Reads an upload in a thread that ends with it. Rejects with `StatementFault`, or when the thread could not finish. */
export function reconcileInThread(folder: string, upload: Upload): Promise<Reconciled> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./statement-worker.js', import.meta.url), {
      workerData: { folder, upload } satisfies ThreadWork,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    worker.unref();
    const deadline = setTimeout(() => {
      reject(new StatementFault('TOO_LARGE', `not read in ${DEADLINE_MS / 1_000} s`));
      void worker.terminate();
    }, DEADLINE_MS);
    worker.once('message', (answer: ThreadAnswer) => {
      if ('fault' in answer) reject(new StatementFault(answer.fault, answer.detail));
      else resolve(answer.reconciled);
    });
    worker.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new StatementFault('TOO_LARGE', error.message) : error);
    });
    worker.once('exit', () => {
      clearTimeout(deadline);
      reject(new Error('the thread ended without a word'));
    });
  });
}
