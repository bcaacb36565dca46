import { type CheckpointRead, checkpointsOf, cursorBehind, readCheckpoint } from './checkpoint.ts';
import { decodeSealed } from './entry.ts';
import type { JournalFiles, LogFiles } from './files.ts';
import {
  BEGINNING,
  type Cursor,
  type EachEntry,
  type Gap,
  isTorn,
  readSegment,
  segmentName,
  segmentsOf,
} from './segments.ts';
import { restoreLine } from './snapshot.ts';
import { TillState } from './state.ts';

/** What opening mended by itself. */
export type JournalRepair =
  /** bytes of an unfinished last write, kept by nobody, were cut off */
  | { readonly kind: 'torn'; readonly segment: string; readonly tornBytes: number }
  /** a checkpoint was of no use; the log was read instead */
  | { readonly kind: 'checkpoint'; readonly checkpoint: string; readonly why: 'damaged' | 'foreign' | 'older' };

export interface LogRead {
  /** behind the last good entry */
  readonly cursor: Cursor;
  readonly gaps: readonly Gap[];
  readonly repairs: readonly JournalRepair[];
  /** the first entry there is: above 1 when older segments were removed */
  readonly firstSeq: number;
  readonly entriesRead: number;
  /** segments read */
  readonly segments: number;
  /** the torn end still stands there, the disk did not let it be cut */
  readonly uncut: boolean;
}

/**
 * Reads the log from `start` on. The end of a torn last write is left out, and cut off with `cut`. Damage stops nothing here: it is
 * reported as gaps, and every entry that is good in itself is handed to `each`.
 */
export async function readLog(
  files: LogFiles,
  start: Readonly<Cursor>,
  each: EachEntry,
  cut?: JournalFiles['cut'],
): Promise<LogRead> {
  const segments = segmentsOf(await files.list()).filter((number) => number >= start.segment);
  const cursor: Cursor = { ...start };
  const gaps: Gap[] = [];
  const repairs: JournalRepair[] = [];
  let firstSeq = 1;
  let uncut = false;
  let entriesRead = 0;
  const counted: EachEntry = (entry, place) => {
    entriesRead++;
    each(entry, place);
  };
  for (const number of segments) {
    let bytes = await files.read(segmentName(number));
    if (number !== cursor.segment) Object.assign(cursor, { segment: number, offset: 0 });
    if (number === segments[0] && start.seq === 0 && number > 1) firstSeq = beginAt(bytes, cursor);
    if (number === segments.at(-1)) {
      const good = tornAt(bytes, cursor);
      if (good < bytes.length) {
        repairs.push({ kind: 'torn', segment: segmentName(number), tornBytes: bytes.length - good });
        if (cut) uncut = !(await cutOff(cut, segmentName(number), good));
        bytes = bytes.subarray(0, good);
      }
    }
    gaps.push(...readSegment(bytes, cursor, counted));
    // Whatever stood behind the last good line stays where it is: the next entry goes into a new segment.
    cursor.offset = bytes.length;
  }
  return { cursor, gaps, repairs, firstSeq, entriesRead, segments: segments.length, uncut };
}

async function cutOff(cut: JournalFiles['cut'], name: string, length: number): Promise<boolean> {
  return cut(name, length).then(
    () => true,
    () => false,
  );
}

/** Older segments were removed: the chain is taken up at the first entry there is. */
function beginAt(bytes: Uint8Array, cursor: Cursor): number {
  const first = decodeSealed(bytes.subarray(0, bytes.indexOf(0x0a)));
  if (first) Object.assign(cursor, { seq: first.seq - 1, hash: first.prev });
  return cursor.seq + 1;
}

/** Where the unfinished last write of this segment begins; its length when it ends well, or in damage. */
function tornAt(bytes: Uint8Array, { segment, offset, seq, hash }: Cursor): number {
  // The common case costs one look: a whole last line. Whatever is wrong further up is damage, not a torn end.
  const last = bytes.lastIndexOf(0x0a, -2) + 1;
  const entry = last >= offset ? decodeSealed(bytes.subarray(last, -1)) : undefined;
  if (bytes.length <= offset || (bytes.at(-1) === 0x0a && entry && !bytes.subarray(offset).includes(0)))
    return bytes.length;
  const gaps = readSegment(bytes, { segment, offset, seq, hash }, () => {});
  return gaps.find((gap) => isTorn(bytes.subarray(gap.offset)))?.offset ?? bytes.length;
}

/** The state as the disk has it. */
export interface Recovered extends LogRead {
  readonly state: TillState;
  /** a checkpoint that stands behind entries which the log no longer has */
  readonly ahead: Extract<CheckpointRead, { kind: 'foreign' }> | undefined;
}

/** A log to fold; without `cut` it is only looked at. */
export type Readable = LogFiles & Partial<Pick<JournalFiles, 'cut'>>;

/** Folds the newest checkpoint that belongs to this log and the entries behind it; without one, the log from its first entry. */
export async function recover(files: Readable): Promise<Recovered> {
  const repairs: JournalRepair[] = [];
  let ahead: Recovered['ahead'];
  for (const checkpoint of checkpointsOf(await files.list()).reverse()) {
    const found = await readCheckpoint(files, checkpoint);
    if (found.kind === 'good') {
      const state = new TillState();
      for (const line of found.lines) restoreLine(state, line);
      return foldFrom(files, cursorBehind(found.mark), state, repairs, ahead);
    }
    repairs.push({ kind: 'checkpoint', checkpoint, why: found.kind });
    if (found.kind === 'foreign') ahead ??= found;
  }
  return foldFrom(files, BEGINNING, new TillState(), repairs, ahead);
}

async function foldFrom(
  files: Readable,
  start: Readonly<Cursor>,
  state: TillState,
  repairs: readonly JournalRepair[],
  ahead: Recovered['ahead'],
): Promise<Recovered> {
  const log = await readLog(
    files,
    start,
    (entry, place) => state.fold(entry, place),
    files.cut && ((name, length) => files.cut?.(name, length) ?? Promise.resolve()),
  );
  return { ...log, repairs: [...repairs, ...log.repairs], state, ahead };
}
