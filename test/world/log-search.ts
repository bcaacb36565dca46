import type { Entry } from '../../agent/journal/entry.ts';
import type { LogFiles } from '../../agent/journal/files.ts';
import { Projection } from '../../agent/journal/projection.ts';
import { historyOf } from '../../agent/journal/recall.ts';

/** What the search thread of a real till does, on a disk in memory: the tables are made anew for every question. */
export function logSearch(files: LogFiles): (orderId: string) => Promise<Entry[]> {
  return async (orderId) => {
    const projection = Projection.open(':memory:');
    try {
      return await historyOf(projection, files, orderId);
    } finally {
      projection.close();
    }
  };
}
