import { decodeSealed, type Entry } from './entry.ts';
import type { LogFiles } from './files.ts';
import { BEGINNING, type Place, readSegment, segmentName, segmentsOf } from './segments.ts';

/** More than the longest entry. */
const FIRST_LINE_BYTES = 300_000;

/** The entry at a place in the log; `undefined` when it cannot be read there any more. */
export async function entryAt(files: LogFiles, { segment, offset, bytes }: Place): Promise<Entry | undefined> {
  const line = await files.read(segmentName(segment), offset, bytes).catch(() => undefined);
  return line && decodeSealed(line.subarray(0, -1));
}

/** The entry with this number, looked for from the newest segment backwards; reads one segment whole. */
export async function entryNumbered(files: LogFiles, seq: number): Promise<Entry | undefined> {
  for (const segment of segmentsOf(await files.list()).reverse()) {
    const start = await files.read(segmentName(segment), 0, FIRST_LINE_BYTES);
    const first = decodeSealed(start.subarray(0, Math.max(0, start.indexOf(0x0a))));
    if (!first || first.seq > seq) continue;
    let found: Entry | undefined;
    const cursor = { ...BEGINNING, segment, seq: first.seq - 1, hash: first.prev };
    readSegment(await files.read(segmentName(segment)), cursor, (entry) => {
      if (entry.seq === seq) found = entry;
    });
    return found;
  }
  return undefined;
}
