import { crc32 } from 'node:zlib';
import type { Clock } from '../clock.ts';
import { TillBook } from './book.ts';
import { checkpointsOf } from './checkpoint.ts';
import type { EntryRef } from './entry.ts';
import type { JournalFiles, LogFiles } from './files.ts';
import { readLog } from './recovery.ts';
import { BEGINNING, type Cursor, segmentName, segmentsOf } from './segments.ts';
import { type LogReport, verifyLog } from './verify.ts';

const MANIFEST = 'backup.json';
/** Event numbers that the till may have used since the copy was taken. */
const EVENTS_SKIPPED = 1_000_000;

/** What a copy of a journal holds. Written last: a copy without it is not finished. */
export interface BackupManifest {
  readonly v: 1;
  readonly terminal: string;
  /** wall clock, Unix ms */
  readonly takenAt: number;
  readonly head: EntryRef;
  readonly segments: readonly { readonly name: string; readonly bytes: number; readonly crc: string }[];
}

export class BackupRefused extends Error {}

/** Where a log ends that another process may be writing: behind its last whole entry. And whose it is. */
export async function endOf(from: LogFiles): Promise<{ readonly end: Cursor; readonly terminal: string }> {
  let terminal = '';
  const { cursor } = await readLog(from, BEGINNING, (entry) => {
    terminal = entry.terminal;
  });
  return { end: cursor, terminal };
}

/**
 * Copies the log up to `end` (the book's, taken once) while the agent goes on: segments only grow, so a prefix is
 * consistent. Checkpoints are not copied, they can be made again.
 */
export async function backUp(
  from: LogFiles,
  end: Readonly<Cursor>,
  to: JournalFiles,
  { terminal, takenAt }: Pick<BackupManifest, 'terminal' | 'takenAt'>,
): Promise<BackupManifest> {
  if ((await to.list()).length > 0) throw new BackupRefused('the place for the copy is not empty');
  const segments: BackupManifest['segments'][number][] = [];
  for (const number of segmentsOf(await from.list()).filter((one) => one <= end.segment)) {
    const name = segmentName(number);
    const bytes = await read(from, name, number === end.segment ? end.offset : undefined);
    await to.append(name, bytes);
    await to.sync(name);
    segments.push({ name, bytes: bytes.length, crc: crcOf(bytes) });
  }
  const manifest: BackupManifest = { v: 1, terminal, takenAt, head: { seq: end.seq, hash: end.hash }, segments };
  await to.append(`${MANIFEST}.new`, Buffer.from(`${JSON.stringify(manifest)}\n`));
  await to.sync(`${MANIFEST}.new`);
  await to.rename(`${MANIFEST}.new`, MANIFEST);
  return manifest;
}

/** A running agent lets go of segments older than two years. */
function read(from: LogFiles, name: string, length: number | undefined): Promise<Uint8Array> {
  return from.read(name, 0, length).catch((error: unknown) => {
    throw new BackupRefused(`${name} could not be read: ${String(error)}`, { cause: error });
  });
}

export interface CheckedBackup {
  readonly manifest: BackupManifest;
  readonly report: LogReport;
}

/** Compares a copy with its manifest, then every entry of it with the chain. Throws {@link BackupRefused}. */
export async function checkBackup(copy: LogFiles): Promise<CheckedBackup> {
  const manifest = await readManifest(copy);
  for (const { name, bytes, crc } of manifest.segments) {
    const content = await copy.read(name).catch(() => new Uint8Array());
    if (content.length !== bytes || crcOf(content) !== crc) throw new BackupRefused(`${name} is not as it was copied`);
  }
  const report = await verifyLog(copy);
  const { head } = report;
  if (head.seq !== manifest.head.seq || head.hash !== manifest.head.hash)
    throw new BackupRefused(`the copy ends with entry ${head.seq}, its manifest with ${manifest.head.seq}`);
  return { manifest, report };
}

async function readManifest(copy: LogFiles): Promise<BackupManifest> {
  if (!(await copy.list()).includes(MANIFEST))
    throw new BackupRefused(`there is no ${MANIFEST}: no copy, or an unfinished one`);
  try {
    const manifest = JSON.parse(Buffer.from(await copy.read(MANIFEST)).toString('utf8')) as BackupManifest;
    if (manifest.v === 1 && Array.isArray(manifest.segments)) return manifest;
  } catch (error) {
    throw new BackupRefused(`${MANIFEST} cannot be read: ${String(error)}`, { cause: error });
  }
  throw new BackupRefused(`${MANIFEST} is of another version`);
}

/**
 * Puts a copy in the place of a journal. Never over one that is there. What the till did after the copy was taken is not
 * in it: event numbers skip ahead, and the backend's first acknowledgement tells whether it saw later entries; then no
 * payment begins until a person has looked.
 */
export async function restore(copy: LogFiles, to: JournalFiles, clock: Clock): Promise<BackupManifest> {
  const there = await to.list();
  if (segmentsOf(there).length > 0 || checkpointsOf(there).length > 0)
    throw new BackupRefused('there is a journal already: a restore never overwrites one');
  const { manifest, report } = await checkBackup(copy);
  // An end that was missing before the copy was taken keeps payments closed after the restore too: no reason to refuse.
  const broken = report.problems.some((one) => one.kind !== 'missing-end' && !('reviewedBy' in one));
  if (broken) throw new BackupRefused('the chain in the copy is broken and nobody has looked at it');
  for (const { name } of manifest.segments) {
    await to.append(name, await copy.read(name));
    await to.sync(name);
  }
  const { book } = await TillBook.open(to, clock, manifest.terminal);
  const eventSeq = book.outboxStats().lastSeq + EVENTS_SKIPPED;
  await book.write({ type: 'RESTORED', last: manifest.head, eventSeq });
  await book.maintain();
  return manifest;
}

function crcOf(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
