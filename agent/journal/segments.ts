import { decodeSealed, type Entry, GENESIS, sharesWrite } from './entry.ts';

// A segment is a file of lines (entry.ts). Segments follow one another by number; the chain runs through them all.

const SEGMENT_NAME = /^journal-(\d{6})\.log$/;
const LF = 0x0a;

export function segmentName(number: number): string {
  return `journal-${String(number).padStart(6, '0')}.log`;
}

/** The numbers of the segments among `names`, rising. */
export function segmentsOf(names: readonly string[]): number[] {
  return names.flatMap((name) => SEGMENT_NAME.exec(name)?.[1] ?? []).map(Number);
}

/** Where the line of an entry stands. `bytes` includes the line feed. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
}

/** How far the chain is read, and where its last line ends. */
export interface Cursor {
  segment: number;
  offset: number;
  seq: number;
  hash: string;
}

export const BEGINNING: Readonly<Cursor> = { segment: 1, offset: 0, seq: 0, hash: GENESIS };

export type EachEntry = (entry: Entry, place: Place) => void;

/** Bytes of a segment that are not the next entry of the chain. Length 0: entries are missing between two good lines. */
export interface Gap {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
  /** the last entry before it */
  readonly afterSeq: number;
  /** the first good entry behind it, when there is one */
  readonly nextSeq: number | undefined;
}

/**
 * Reads the lines of one segment from the cursor on while CRC, hash, sequence and link agree, and goes on behind what
 * does not: one bad line hides one entry, not the rest. The cursor ends behind the last good line.
 */
export function readSegment(bytes: Uint8Array, cursor: Cursor, each: EachEntry): Gap[] {
  const gaps: Gap[] = [];
  for (let at = readGood(bytes, cursor, each); at < bytes.length; at = readGood(bytes, cursor, each)) {
    const next = nextGood(bytes, at, cursor.seq);
    const { segment, seq: afterSeq } = cursor;
    const end = next?.offset ?? bytes.length;
    gaps.push({ segment, offset: at, bytes: end - at, afterSeq, nextSeq: next?.entry.seq });
    if (!next) break;
    // The gap is told; its far side is taken as the new link.
    cursor.offset = next.offset;
    cursor.seq = next.entry.seq - 1;
    cursor.hash = next.entry.prev;
  }
  return gaps;
}

/** Returns where the first line that is not good begins. */
function readGood(bytes: Uint8Array, cursor: Cursor, each: EachEntry): number {
  for (let end = bytes.indexOf(LF, cursor.offset); end >= 0; end = bytes.indexOf(LF, cursor.offset)) {
    const entry = decodeSealed(bytes.subarray(cursor.offset, end));
    if (!entry || entry.seq !== cursor.seq + 1 || entry.prev !== cursor.hash) break;
    const place: Place = { segment: cursor.segment, offset: cursor.offset, bytes: end + 1 - cursor.offset };
    cursor.offset = end + 1;
    cursor.seq = entry.seq;
    cursor.hash = entry.hash;
    each(entry, place);
  }
  return cursor.offset;
}

/** The first line at or behind `from` that is good in itself and newer than `seq`. */
function nextGood(bytes: Uint8Array, from: number, seq: number): { offset: number; entry: Entry } | undefined {
  for (let offset = from, end = bytes.indexOf(LF, from); end >= 0; offset = end + 1, end = bytes.indexOf(LF, offset)) {
    const entry = decodeSealed(bytes.subarray(offset, end));
    if (entry && entry.seq > seq) return { offset, entry };
  }
  return undefined;
}

/**
 * Is this end of the log what a power cut leaves of its last write? Then nobody was told that it is kept, and it is cut.
 * A torn write is shortened or has holes of zeros. A line that is whole in form and wrong in content was changed later.
 * Behind a hole only lines of the same write may stand.
 */
export function isTorn(end: Uint8Array): boolean {
  if (hasHole(end)) return goodLines(end).every((line) => sharesWrite(line));
  return end.at(-1) !== LF && goodLines(end).length === 0 && !decodeSealed(end.subarray(0, -1));
}

function hasHole(bytes: Uint8Array): boolean {
  // at the very end a hole may be one byte: the line feed alone stood in the next sector
  return bytes.at(-1) === 0 || Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('\0\0\0\0');
}

function goodLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0, end = bytes.indexOf(LF); end >= 0; at = end + 1, end = bytes.indexOf(LF, at)) {
    const line = bytes.subarray(at, end);
    if (decodeSealed(line)) lines.push(line);
  }
  return lines;
}
