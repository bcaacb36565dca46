import koffi from 'koffi';

// EVIOCGRAB = _IOW('E', 0x90, int): this file alone gets the keys (linux/input.h; real-drivers.md 3.7). Node has no ioctl.

const EVIOCGRAB = 0x40044590;
const ERRNO: Readonly<Record<number, string>> = { 16: 'EBUSY', 19: 'ENODEV', 25: 'ENOTTY', 9: 'EBADF', 22: 'EINVAL' };

/** Why a keyboard could not be taken. */
export class GrabFailed extends Error {
  readonly code: string;
  constructor(code: string) {
    super(WHY[code] ?? `EVIOCGRAB failed: ${code}`);
    this.code = code;
  }
}

const WHY: Readonly<Record<string, string>> = {
  EBUSY: 'another program has taken this keyboard for itself',
  ENOTTY: 'this is no input device',
  EINVAL: 'this is no input device',
  ENODEV: 'the keyboard is gone',
};

type Ioctl = (fd: number, request: number, type: 'int', value: number) => number;
let loaded: Ioctl | undefined;

/** Takes the keys for this open file until it is closed. Throws {@link GrabFailed}. */
export function grabKeys(fd: number): void {
  loaded ??= koffi.load(null).func('int ioctl(int fd, unsigned long request, ...)') as Ioctl;
  if (loaded(fd, EVIOCGRAB, 'int', 1) === 0) return;
  const errno = koffi.errno();
  throw new GrabFailed(ERRNO[errno] ?? `errno ${errno}`);
}
