import { closeSync, mkdirSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another living process holds the data folder. */
export class DataDirBusy extends Error {
  readonly code = 'DATA_DIR_BUSY';
  constructor(folder: string, pid: number) {
    super(`${folder} is held by process ${pid}`);
  }
}

/**
 * One agent per data folder: a file with the holder's pid and start time, so that a pid used again by another program
 * after a crash does not count. Returns what releases it. Throws {@link DataDirBusy}.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'lock');
  for (let round = 0; round < 2; round++) {
    if (claim(file)) return () => unlinkSync(file);
    const holder = readHolder(file);
    if (holder && isAlive(holder)) throw new DataDirBusy(folder, holder.pid);
    unlinkSync(file);
  }
  throw new DataDirBusy(folder, readHolder(file)?.pid ?? 0);
}

interface Holder {
  readonly pid: number;
  readonly started: string;
}

function claim(file: string): boolean {
  try {
    const fd = openSync(file, 'wx', 0o600);
    writeFileSync(fd, `${process.pid} ${startTime(process.pid)}\n`);
    closeSync(fd);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  const match = /^(\d+) (\S*)/.exec(readText(file));
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
  const stat = readText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
