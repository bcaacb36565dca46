import type { LogFiles } from './files.ts';
import type { OutboxStats } from './outbox.ts';
import { recover } from './recovery.ts';

/** What waits for the backend as the disk has it: also beside a running agent, and on a copy. Nothing is written. */
export async function outboxOnDisk({ list, read }: LogFiles): Promise<OutboxStats> {
  return (await recover({ list, read })).state.outbox.stats;
}
