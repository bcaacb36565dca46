import { crc32 } from 'node:zlib';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';
import { decodeEntry } from './entry.ts';
import type { JournalFiles, LogFiles } from './files.ts';
import { type Cursor, type Place, segmentName } from './segments.ts';

// A checkpoint is the folded state after one entry, so that a start need not read the whole log. It is a shortcut and
// never the truth: one that is absent, damaged or not of this log is not used, and the log is folded instead.
//
//   {"crc":"89abcdef","lines":2,...}   the head: CRC-32 and number of the lines below, the entry it stands behind
//   ["order",{...}]
//   ["attempt",{...}]

const NAME = /^checkpoint-(\d{12})$/;
const UNFINISHED = 'checkpoint.new';
/** Two: should the newest be damaged, the tail behind the one before is still short. */
const KEPT = 2;
/**
 * What folding means. One of another meaning is not used and the log is folded anew: before 2, a terminal's yes behind its own
 * no disputed nothing by itself; before 3 there were no holds, and a program that knows none would write them away;
 * before 4, late money of an order that was over disputed nothing, and its evidence was not in the attempt.
 */
const VERSION = 4;
/** some 2 ms of work */
const LINES_PER_TURN = 1_000;

/** The entry a checkpoint stands behind, and the place of its line. */
export interface Mark extends Place {
  readonly seq: number;
  readonly hash: string;
}

interface Head extends Mark {
  readonly v: typeof VERSION;
  readonly crc: string;
  readonly lines: number;
}

function checkpointName(seq: number): string {
  return `checkpoint-${String(seq).padStart(12, '0')}`;
}

export function checkpointsOf(names: readonly string[]): string[] {
  return names.filter((name) => NAME.test(name)).sort();
}

/**
 * Writes a checkpoint under a temporary name, syncs, renames, and removes all but the newest two. Gives the event loop
 * back through `pause` after every few lines.
 */
export async function writeCheckpoint(
  files: JournalFiles,
  mark: Mark,
  lines: Iterable<Json>,
  pause: () => Promise<void>,
): Promise<void> {
  const body = await render(lines, pause);
  const { seq, hash, segment, offset, bytes } = mark;
  const head: Head = { v: VERSION, seq, hash, segment, offset, bytes, crc: hex(body.crc), lines: body.lines };
  await files.remove(UNFINISHED);
  await files.append(UNFINISHED, Buffer.from(`${canonicalJson({ ...head })}\n`));
  for (const part of body.parts) {
    await files.append(UNFINISHED, part);
    await pause();
  }
  await files.sync(UNFINISHED);
  await files.rename(UNFINISHED, checkpointName(seq));
  for (const old of checkpointsOf(await files.list()).slice(0, -KEPT)) await files.remove(old);
}

async function render(lines: Iterable<Json>, pause: () => Promise<void>) {
  const parts: Uint8Array[] = [];
  let crc = 0;
  let count = 0;
  let text = '';
  const flush = () => {
    const part = Buffer.from(text);
    crc = crc32(part, crc);
    parts.push(part);
    text = '';
  };
  for (const line of lines) {
    text += `${JSON.stringify(line)}\n`;
    if (++count % LINES_PER_TURN !== 0) continue;
    flush();
    await pause();
  }
  flush();
  return { parts, crc, lines: count };
}

/** What a checkpoint file turned out to be. */
export type CheckpointRead =
  | { readonly kind: 'good'; readonly mark: Mark; readonly lines: readonly Json[] }
  /** whole, but the log does not hold the entry it stands behind */
  | { readonly kind: 'foreign'; readonly mark: Mark; readonly lines: readonly Json[] }
  /** of the same log, and folded by a version to which an entry meant less */
  | { readonly kind: 'older' }
  | { readonly kind: 'damaged' };

/** Reads a checkpoint and compares it with the log. */
export async function readCheckpoint(files: LogFiles, name: string): Promise<CheckpointRead> {
  const parsed = parse(Buffer.from(await files.read(name)));
  if (!parsed) return { kind: 'damaged' };
  const { v, ...read } = parsed;
  if (!(await isInLog(files, read.mark))) return { kind: 'foreign', ...read };
  return v === VERSION ? { kind: 'good', ...read } : { kind: 'older' };
}

function parse(bytes: Buffer): { v: number; mark: Mark; lines: Json[] } | undefined {
  const end = bytes.indexOf(0x0a);
  try {
    const head = JSON.parse(bytes.toString('utf8', 0, Math.max(0, end))) as Omit<Head, 'v'> & { readonly v: number };
    const body = bytes.subarray(end + 1);
    if (head.v > VERSION || head.crc !== hex(crc32(body))) return undefined;
    const lines = body.length === 0 ? [] : body.toString('utf8', 0, body.length - 1).split('\n');
    if (lines.length !== head.lines) return undefined;
    return { v: head.v, mark: head, lines: lines.map((line) => JSON.parse(line) as Json) };
  } catch {
    return undefined;
  }
}

/** Is the very entry in the log, where the mark says? */
export async function isInLog(files: LogFiles, { segment, offset, bytes, seq, hash }: Mark): Promise<boolean> {
  if (seq === 0) return true;
  if (!(await files.list()).includes(segmentName(segment))) return false;
  const line = await files.read(segmentName(segment), offset, bytes);
  const entry = decodeEntry(line.subarray(0, -1));
  return line.length === bytes && entry?.seq === seq && entry.hash === hash;
}

/** Where reading goes on behind a checkpoint. */
export function cursorBehind({ segment, offset, bytes, seq, hash }: Mark): Cursor {
  return { segment, offset: offset + bytes, seq, hash };
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
