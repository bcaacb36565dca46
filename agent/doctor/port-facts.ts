import { readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type PortHolder, portHolder } from '../transport/port-holder.ts';

/** Every process that has the file open, with a lock or without one (a lock of serialport's binds only serialport). */
export async function openersOf(path: string, proc: string): Promise<number[]> {
  const target = await realpath(path).catch(() => path);
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const open = await Promise.all(
    pids.map(async (pid) => ((await hasOpen(join(proc, String(pid), 'fd'), target)) ? [pid] : [])),
  );
  return open.flat();
}

async function hasOpen(folder: string, target: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  // the other end of a pseudo-terminal is a simulated device, not somebody who reads along
  const isDevice = target.startsWith('/dev/pts/') && files.some((file) => /^\/dev\/(pts\/)?ptmx$/.test(file));
  return files.includes(target) && !isDevice;
}

/** Who holds the lock of a port. */
export function holderAt(path: string): Promise<PortHolder | undefined> {
  return process.platform === 'linux' ? portHolder(path) : Promise.resolve(undefined);
}
