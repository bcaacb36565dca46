import { close, fsync, open, openSync, read, write, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SyncPace } from './sync-pace.ts';

/** The little the journal asks of a disk. Injected, so that a torn, full or forgetful disk can stand in. */
export interface JournalFiles {
  /** names in the folder, sorted */
  list(): Promise<readonly string[]>;
  /** The file's bytes, all or from `from` on at most `length`; fewer where the file ends. */
  read(name: string, from?: number, length?: number): Promise<Uint8Array>;
  /** Adds bytes at the end; creates the file, durably named, when it is not there. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when everything appended so far survives a power cut. */
  sync(name: string): Promise<void>;
  cut(name: string, length: number): Promise<void>;
  /** Durably gives the file another name; a file of that name is replaced, whole, at once. */
  rename(from: string, to: string): Promise<void>;
  /** Removes the file; not being there is fine. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Enough to look at a journal, also one that an agent is writing. */
export type LogFiles = Pick<JournalFiles, 'list' | 'read'>;

/** A folder that is only looked at: nothing is created, nothing written. */
export function readOnlyFiles(folder: string): LogFiles {
  return {
    list: async () => (await readdir(folder)).sort(),
    read: (name, from, length) => readAny(folder, name, from, length),
  };
}

function readAny(folder: string, name: string, from = 0, length?: number): Promise<Uint8Array> {
  const path = join(folder, name);
  return from === 0 && length === undefined ? readFile(path) : readPart(path, from, length);
}

/** The journal and one checkpoint or copy beside it. */
const OPEN_FILES = 4;
/** Written in place: copying this much into the page cache takes microseconds, a trip to the thread pool 20 of them. */
const SMALL_BYTES = 64 * 1024;

const closeFile = promisify(close);
const syncAll = promisify(fsync);
const openFile = promisify(open);
const readAt = promisify(read);
const writeAsync = promisify(write);

/** A folder of the real disk. Keeps the files that are written open. */
export async function folderFiles(folder: string): Promise<JournalFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const open = new Map<string, number>();
  const pace = new SyncPace();

  async function release(name: string): Promise<void> {
    const fd = open.get(name);
    open.delete(name);
    if (fd !== undefined) await closeFile(fd);
  }

  async function opened(name: string): Promise<number> {
    const [oldest] = open.keys();
    if (open.size >= OPEN_FILES && oldest !== undefined) await release(oldest);
    const fd = openSync(join(folder, name), 'a', 0o600);
    open.set(name, fd);
    await syncFolder(folder);
    return fd;
  }

  return {
    list: async () => (await readdir(folder)).sort(),
    read: (name, from, length) => readAny(folder, name, from, length),
    async append(name, bytes) {
      const fd = open.get(name) ?? (await opened(name));
      if (bytes.length <= SMALL_BYTES) for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      else for (let at = 0; at < bytes.length; ) at += (await writeAsync(fd, bytes, at)).bytesWritten;
    },
    sync: async (name) => pace.sync(open.get(name) ?? (await opened(name))),
    cut: (name, length) => truncate(join(folder, name), length),
    async rename(from, to) {
      await release(from);
      await release(to);
      await rename(join(folder, from), join(folder, to));
      await syncFolder(folder);
    },
    async remove(name) {
      await release(name);
      await unlink(join(folder, name)).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      });
    },
    async close() {
      for (const name of Array.from(open.keys())) await release(name);
    },
  };
}

async function readPart(path: string, from: number, length = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const fd = await openFile(path, 'r');
  try {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < length; ) {
      const chunk = new Uint8Array(Math.min(1_048_576, length - at));
      const { bytesRead } = await readAt(fd, chunk, 0, chunk.length, from + at);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  } finally {
    await closeFile(fd);
  }
}

/** A new name is durable only when its folder was synced (POSIX); systems that cannot open a folder need no such thing. */
async function syncFolder(folder: string): Promise<void> {
  const fd = await openFile(folder, 'r').catch(() => undefined);
  if (fd === undefined) return;
  await syncAll(fd).catch(() => undefined);
  await closeFile(fd);
}
