import { parentPort, workerData } from 'node:worker_threads';
import { readOnlyFiles } from '../journal/files.ts';
import { Projection } from '../journal/projection.ts';
import { historyOf } from '../journal/recall.ts';
import type { Answer, Question, SearchPlace } from './record-search.ts';

// Searching in a thread of its own: taking in a log of a year keeps a core busy for seconds, and the till must not notice.

const { folder, file } = workerData as SearchPlace;
const files = readOnlyFiles(folder);
let projection: Projection | undefined;

async function answer(question: Question): Promise<Answer['found']> {
  projection ??= Projection.open(file);
  await projection.catchUp(files);
  if (question.kind === 'find') return projection.find(question.wanted);
  return historyOf(projection, files, question.orderId);
}

/** A power cut may have spoilt the tables; they are only a copy, and made again once. */
async function answerSurely(question: Question): Promise<Answer['found']> {
  try {
    return await answer(question);
  } catch {
    projection?.close();
    projection = undefined;
    Projection.remove(file);
    return answer(question);
  }
}

/** one question after the other: two must not take in the same entries */
let queue: Promise<void> = Promise.resolve();

parentPort?.on('message', (question: Question) => {
  queue = queue
    .then(() => answerSurely(question))
    .then(
      (found) => parentPort?.postMessage({ id: question.id, found } satisfies Answer),
      (error: unknown) => parentPort?.postMessage({ id: question.id, trouble: String(error) } satisfies Answer),
    );
});
