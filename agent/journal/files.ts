import { type FileHandle, mkdir, open, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';

/** The little the journal asks of a disk. Injected, so that a torn, full or forgetful disk can stand in. */
export interface JournalFiles {
  /** names in the folder, sorted */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<Uint8Array>;
  /** Adds bytes at the end; creates the file, durably named, when it is not there. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when everything appended so far survives a power cut. */
  sync(name: string): Promise<void>;
  cut(name: string, length: number): Promise<void>;
  close(): Promise<void>;
}

/** A folder of the real disk. Keeps the file that is written open. */
export async function folderFiles(folder: string): Promise<JournalFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let current: { name: string; handle: FileHandle } | undefined;

  async function handleOf(name: string): Promise<FileHandle> {
    if (current?.name === name) return current.handle;
    await current?.handle.close();
    current = undefined;
    const handle = await open(join(folder, name), 'a', 0o600);
    current = { name, handle };
    await syncFolder(folder);
    return handle;
  }

  return {
    list: async () => (await readdir(folder)).sort(),
    read: (name) => readFile(join(folder, name)),
    async append(name, bytes) {
      const handle = await handleOf(name);
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
    },
    sync: async (name) => (await handleOf(name)).datasync(),
    cut: (name, length) => truncate(join(folder, name), length),
    async close() {
      await current?.handle.close();
      current = undefined;
    },
  };
}

/** A new name is durable only when its folder was synced (POSIX); systems that cannot open a folder need no such thing. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  if (!handle) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}
