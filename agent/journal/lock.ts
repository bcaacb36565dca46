import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';

/** Another living process holds the data folder. */
export class DataDirBusy extends Error {
  readonly code = 'DATA_DIR_BUSY';
  readonly pid: number;
  constructor(folder: string, pid: number) {
    super(`${folder} is held by process ${pid}`);
    this.pid = pid;
  }
}

/** How long a start waits for another one that is clearing a dead lock away. */
const BREAKING_MS = 2_000;
const PAUSE_MS = 10;

/**
 * One agent per data folder: a file with the holder's pid and start time, so that a pid used again by another program
 * after a crash does not count; on a full disk a symbolic link that says the same. It is written before it is linked into
 * place, so a living agent's is never seen empty (a power cut may leave an empty one). A dead one is removed only by whoever
 * made `lock.breaking` (a folder, or a link on a full disk), so two starts cannot remove each other's. Returns what releases
 * it. Throws {@link DataDirBusy}.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'lock');
  const own = join(folder, `lock.${process.pid}`);
  const text = `${process.pid} ${startTime(process.pid)}`;
  try {
    const take = claimOf(own, file, text);
    for (let waited = 0; waited < BREAKING_MS; waited += PAUSE_MS) {
      if (didCreate(take)) return () => release(file);
      const holder = readHolder(file);
      if (holder && isAlive(holder)) throw new DataDirBusy(folder, holder.pid);
      if (!breakDead(file)) pause(PAUSE_MS);
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new DataDirBusy(folder, readHolder(file)?.pid ?? 0);
}

interface Holder {
  readonly pid: number;
  readonly started: string;
}

/**
 * How the lock is taken. On a full disk it is a symbolic link that points nowhere: a file would need a block, and a till
 * whose reversals are under way must come back up.
 */
function claimOf(own: string, file: string, text: string): () => void {
  try {
    writeFileSync(own, `${text}\n`, { mode: 0o600 });
    return () => linkSync(own, file);
  } catch (error) {
    if (!isFull(error)) throw error;
    return () => symlinkSync(text, file);
  }
}

/** False when it is there already. */
function didCreate(create: () => void): boolean {
  try {
    create();
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function release(file: string): void {
  if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
}

/** Removes the lock if its holder is dead; false when another start is at it. */
function breakDead(file: string): boolean {
  const breaking = `${file}.breaking`;
  if (!didCreate(() => makeMark(breaking))) {
    if (ageOf(breaking) > BREAKING_MS) rmSync(breaking, { recursive: true, force: true });
    return false;
  }
  const holder = readHolder(file);
  // A lock that names nobody is what a power cut left of one: a living agent's was written before it was linked.
  if (holder ? !isAlive(holder) : readText(file) !== undefined) rmSync(file, { force: true });
  rmSync(breaking, { recursive: true, force: true });
  return true;
}

/** A folder; on a full disk a symbolic link. */
function makeMark(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isFull(error)) throw error;
    symlinkSync('breaking', path);
  }
}

function ageOf(path: string): number {
  return systemClock.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? systemClock.now());
}

/** A start has nothing else to do meanwhile. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function readHolder(file: string): Holder | undefined {
  const match = /^(\d+) (\S*)/.exec(readText(file) ?? '');
  return match ? { pid: Number(match[1]), started: match[2] ?? '' } : undefined;
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
  return startTime(pid) === started;
}

/** Field 22 of /proc/PID/stat (start time in clock ticks since boot); empty where there is no /proc. */
function startTime(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`) ?? '';
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return readLink(file);
    throw error;
  }
}

/** What stands in a lock of a full disk. */
function readLink(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'EINVAL')) return undefined;
    throw error;
  }
}

function isFull(error: unknown): boolean {
  return isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
