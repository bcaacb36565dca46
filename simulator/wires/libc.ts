import { Buffer } from 'node:buffer';
import koffi from 'koffi';

// The C library's four calls that make a pseudo-terminal, without a compiler and without a child process. The node-pty
// family is no alternative: its destroy() was seen to send SIGHUP to every process (real-drivers.md 7).

const O_RDWR = 0o2;
const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const TCSANOW = 0;
/** struct termios has 60 bytes on Linux; room to spare */
const TERMIOS_BYTES = 256;

interface LibC {
  posix_openpt(flags: number): number;
  grantpt(fd: number): number;
  unlockpt(fd: number): number;
  ptsname_r(fd: number, name: Buffer, size: number): number;
  tcgetattr(fd: number, termios: Buffer): number;
  cfmakeraw(termios: Buffer): void;
  tcsetattr(fd: number, when: number, termios: Buffer): number;
}

let loaded: LibC | undefined;

function libc(): LibC {
  if (process.platform !== 'linux')
    throw new Error(`pseudo-terminals need Linux, this is ${process.platform}: use TCP`);
  loaded ??= load();
  return loaded;
}

function load(): LibC {
  const library = koffi.load(null); // the running process: glibc or musl, whichever Node was linked with
  return {
    posix_openpt: library.func('int posix_openpt(int)'),
    grantpt: library.func('int grantpt(int)'),
    unlockpt: library.func('int unlockpt(int)'),
    ptsname_r: library.func('int ptsname_r(int, _Out_ uint8_t *, size_t)'),
    tcgetattr: library.func('int tcgetattr(int, _Out_ uint8_t *)'),
    cfmakeraw: library.func('void cfmakeraw(_Inout_ uint8_t *)'),
    tcsetattr: library.func('int tcsetattr(int, int, uint8_t *)'),
  };
}

export interface PtyMaster {
  readonly fd: number;
  /** `/dev/pts/N`, for the other program */
  readonly path: string;
}

/** A new pseudo-terminal; its master end does not block. */
export function openPtyMaster(): PtyMaster {
  const c = libc();
  const fd = c.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) throw new Error(`no pseudo-terminal is left (errno ${koffi.errno()}; see /proc/sys/kernel/pty/max)`);
  check('grantpt', c.grantpt(fd));
  check('unlockpt', c.unlockpt(fd));
  const name = Buffer.alloc(64);
  check('ptsname_r', c.ptsname_r(fd, name, name.length));
  return { fd, path: name.toString('latin1', 0, name.indexOf(0)) };
}

/** No echo, no line editing, no CR/LF translation: a bare wire. */
export function makeRaw(fd: number): void {
  const c = libc();
  const termios = Buffer.alloc(TERMIOS_BYTES);
  check('tcgetattr', c.tcgetattr(fd, termios));
  c.cfmakeraw(termios);
  check('tcsetattr', c.tcsetattr(fd, TCSANOW, termios));
}

function check(call: string, result: number): void {
  if (result !== 0) throw new Error(`${call} failed (errno ${koffi.errno()})`);
}
