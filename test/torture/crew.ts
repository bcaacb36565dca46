import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { FaultName } from './faults.ts';
import { addUp, emptyTally, type Tally } from './report.ts';
import type { Batch } from './worker.ts';

/** Seeds a worker takes at once. */
const BATCH_SEEDS = 25;
const WORKERS_AT_MOST = 8;

/** Runs `seeds` seeds from `from` on, shared by as many processes as there are cores. */
export async function runCrew(
  from: number,
  seeds: number,
  faults: ReadonlySet<FaultName>,
  onProgress: (tally: Tally) => void,
): Promise<Tally> {
  const total = emptyTally();
  let next = from;
  const end = from + seeds;
  const take = (): Batch | undefined => {
    if (next >= end) return undefined;
    const batch = { from: next, count: Math.min(BATCH_SEEDS, end - next), faults: [...faults] };
    next += batch.count;
    return batch;
  };
  const done = (tally: Tally) => {
    addUp(total, tally);
    onProgress(total);
  };
  const workers = Math.min(availableParallelism(), WORKERS_AT_MOST, Math.ceil(seeds / BATCH_SEEDS));
  await Promise.all(Array.from({ length: workers }, () => employ(take, done)));
  total.findings.sort((a, b) => a.seed - b.seed);
  return total;
}

function employ(take: () => Batch | undefined, done: (tally: Tally) => void): Promise<void> {
  const worker: ChildProcess = fork(fileURLToPath(new URL('./worker.js', import.meta.url)));
  return new Promise((resolve, reject) => {
    const give = () => {
      const batch = take();
      if (batch) worker.send(batch);
      else worker.disconnect();
    };
    worker.on('message', (tally: Tally) => {
      done(tally);
      give();
    });
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
    give();
  });
}
