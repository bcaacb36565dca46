import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';

/** The process that holds the flock of a serial port, as Linux lists it. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/**
 * Who holds the lock of `path`, without opening it: serialport applies its line settings before it asks for the lock, so a
 * refused open would change baud rate and parity of the program that holds the port (real-drivers.md 5.4).
 * `undefined`: nobody that can be seen; a program that takes no lock, or one of another namespace, is not seen.
 */
export async function portHolder(path: string): Promise<PortHolder | undefined> {
  try {
    const { dev, ino } = await stat(path);
    const pid = holderOf(await readFile('/proc/locks', 'latin1'), dev, ino);
    if (pid === undefined || (await holdsOnlyDead(pid, await realpath(path)))) return undefined;
    return { pid, command: await commandOf(pid) };
  } catch {
    return undefined; // no such path, or no /proc: the open itself will tell
  }
}

/** `1: FLOCK  ADVISORY  WRITE 4711 00:17:5 0 EOF`: the device in hex, the inode in decimal (fs/locks.c, lock_get_status). */
export function holderOf(locks: string, dev: number, ino: number): number | undefined {
  const major = (dev >> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  const file = `${hex2(major)}:${hex2(minor)}:${ino}`;
  for (const line of locks.split('\n')) {
    const [, kind, , , pid, where] = line.trim().split(/\s+/);
    if (kind === 'FLOCK' && where === file) return Number(pid);
  }
  return undefined;
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/**
 * A pseudo-terminal whose number was given away again: who still has the dead one open keeps its lock, under the same device
 * and inode. Its open files say so; those of another user cannot be read, and it counts as held.
 */
async function holdsOnlyDead(pid: number, path: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return files.includes(`${path} (deleted)`) && !files.includes(path);
}

async function commandOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
  } catch {
    return 'unknown'; // it has just ended
  }
}
