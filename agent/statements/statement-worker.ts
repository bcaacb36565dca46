import { parentPort, workerData } from 'node:worker_threads';
import { StatementFault } from '../../protocols/statements/row.ts';
import { readOnlyFiles } from '../journal/files.ts';
import type { ThreadAnswer, ThreadWork } from './statement-thread.ts';
import { reconcileUpload } from './upload.ts';

// A statement in a thread of its own: a file of 16 MiB and the journal of a year keep a core busy for seconds, and the till must
// not notice. One file, then it ends.

const { folder, upload } = workerData as ThreadWork;

const tell = (answer: ThreadAnswer) => parentPort?.postMessage(answer);

reconcileUpload(upload, readOnlyFiles(folder)).then(
  (reconciled) => tell({ reconciled }),
  (error: unknown) => {
    if (error instanceof StatementFault) tell({ fault: error.code, detail: error.message });
    else throw error;
  },
);
