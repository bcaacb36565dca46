import { readFile, stat } from 'node:fs/promises';

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
    return pid === undefined ? undefined : { pid, command: await commandOf(pid) };
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

async function commandOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
  } catch {
    return 'unknown'; // it has just ended
  }
}
