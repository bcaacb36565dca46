import { decodeSealed, type Entry } from './entry.ts';
import type { LogFiles } from './files.ts';
import { type Place, segmentName } from './segments.ts';

/** The entry at a place in the log; `undefined` when it cannot be read there any more. */
export async function entryAt(files: LogFiles, { segment, offset, bytes }: Place): Promise<Entry | undefined> {
  const line = await files.read(segmentName(segment), offset, bytes).catch(() => undefined);
  return line && decodeSealed(line.subarray(0, -1));
}
