import process from 'node:process';
import type { FaultName } from './faults.ts';
import { count, emptyTally } from './report.ts';
import { World } from './world.ts';

// One of the processes that share the seeds: takes a range, gives a tally, asks for the next.

export interface Batch {
  readonly from: number;
  readonly count: number;
  readonly faults: readonly FaultName[];
}

async function work({ from, count: seeds, faults }: Batch): Promise<void> {
  const tally = emptyTally();
  for (let seed = from; seed < from + seeds; seed++) {
    count(tally, await new World(seed, { faults: new Set(faults) }).run());
  }
  process.send?.(tally);
}

process.on('message', (batch: Batch) => void work(batch));
process.once('disconnect', () => process.exit(0));
