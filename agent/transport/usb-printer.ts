import fs from 'node:fs';
import type { Clock } from '../clock.ts';
import type { LinkProblem, WriteOutcome } from './link.ts';
import type { Connection } from './supervised-link.ts';

// The USB printer class through the operating system's own driver (Linux: usblp, /dev/usb/lp0), opened as a file. It is read
// and written without waiting: a printer without paper takes nothing, and a call that waits for it would never come back.

/** usblp takes at most so much in one call */
const CHUNK_BYTES = 4096;
/** A busy printer is offered the next bytes after this. */
const WRITE_RETRY_MS = 5;
/** Answers are looked for this often behind a write ... */
const BUSY_READ_MS = 5;
const BUSY_MS = 3_000;
/** ... and this often at all other times: paper, cover and the cable change at a person's pace. */
const IDLE_READ_MS = 250;

const NOBODY = (): void => undefined;

/** One connection, or why there is none. */
export function openUsbPrinter(path: string, clock: Clock): Connection | LinkProblem {
  // Windows has no names for the last two, and no usblp
  const { O_RDWR, O_NONBLOCK, O_NOCTTY } = fs.constants;
  try {
    const fd = fs.openSync(path, O_RDWR | O_NONBLOCK | O_NOCTTY);
    if (fs.fstatSync(fd).isCharacterDevice()) return new UsbPrinterConnection(fd, path, clock);
    fs.closeSync(fd);
    return { code: 'PORT_FAILED', path, detail: 'not a device' };
  } catch (error) {
    return { code: PROBLEMS[codeOf(error)] ?? 'PORT_FAILED', path, detail: textOf(error) };
  }
}

const PROBLEMS: Readonly<Record<string, LinkProblem['code']>> = {
  ENOENT: 'PORT_NOT_FOUND',
  ENODEV: 'PORT_NOT_FOUND',
  ENXIO: 'PORT_NOT_FOUND',
  EACCES: 'PORT_DENIED',
  EPERM: 'PORT_DENIED',
  // usblp lets one program in
  EBUSY: 'PORT_BUSY',
};

/** One open file. `sent` can mean no more than `taken`: the driver tells nothing of the cable. */
class UsbPrinterConnection implements Connection {
  readonly #fd: number;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #buffer = Buffer.alloc(CHUNK_BYTES);
  #onBytes: (bytes: Uint8Array) => void = NOBODY;
  #onLost: (problem: LinkProblem) => void = NOBODY;
  #endWrite: (outcome: WriteOutcome) => void = NOBODY;
  #stopReading: () => void = NOBODY;
  #busyUntil = 0;
  #alive = true;

  constructor(fd: number, path: string, clock: Clock) {
    this.#fd = fd;
    this.#path = path;
    this.#clock = clock;
  }

  start(onBytes: (bytes: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void {
    this.#onBytes = onBytes;
    this.#onLost = onLost;
    this.#readLater();
  }

  write(bytes: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    if (!this.#alive) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
    this.#busyUntil = this.#clock.mono() + BUSY_MS;
    return new Promise((resolve) => {
      let retryLater = NOBODY;
      const callOff = this.#clock.after(deadlineMs, () => {
        this.#endWrite({ kind: 'unknown', cause: 'DEADLINE' });
        this.#lose(`a write of ${bytes.length} bytes did not end within ${deadlineMs} ms`);
      });
      this.#endWrite = (outcome) => {
        this.#endWrite = NOBODY;
        callOff();
        retryLater();
        resolve(outcome);
      };
      const writeOn = (from: number) => {
        const at = this.#writeSome(bytes, from);
        if (at >= bytes.length) return this.#endWrite({ kind: 'written' });
        if (this.#alive) retryLater = this.#clock.after(WRITE_RETRY_MS, () => writeOn(at));
      };
      writeOn(0);
      this.#readLater();
    });
  }

  /** As much as the driver takes now. */
  #writeSome(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length) {
      const taken = this.#call(() => fs.writeSync(this.#fd, bytes, at, Math.min(CHUNK_BYTES, bytes.length - at)));
      if (taken === undefined || taken === 0) break;
      at += taken;
    }
    return at;
  }

  #readLater(): void {
    this.#stopReading();
    if (!this.#alive) return;
    const ms = this.#clock.mono() < this.#busyUntil ? BUSY_READ_MS : IDLE_READ_MS;
    this.#stopReading = this.#clock.after(ms, () => {
      this.#read();
      this.#readLater();
    });
  }

  /** 0 bytes are no end: a printer answers the host's asking with an empty packet. */
  #read(): void {
    const count = this.#call(() => fs.readSync(this.#fd, this.#buffer, 0, CHUNK_BYTES, null));
    if (count !== undefined && count > 0) this.#onBytes(Uint8Array.from(this.#buffer.subarray(0, count)));
  }

  /** One system call; `undefined` when it would have to wait, or when the printer is gone. */
  #call(run: () => number): number | undefined {
    if (!this.#alive) return undefined;
    try {
      return run();
    } catch (error) {
      if (!['EAGAIN', 'EINTR'].includes(codeOf(error))) this.#lose(textOf(error));
      return undefined;
    }
  }

  #lose(detail: string): void {
    if (!this.#alive) return;
    this.#end();
    this.#onLost({ code: 'PORT_LOST', path: this.#path, detail });
  }

  #end(): void {
    this.#alive = false;
    this.#stopReading();
    fs.closeSync(this.#fd);
    this.#endWrite({ kind: 'unknown', cause: 'LOST' });
  }

  close(): Promise<void> {
    this.#onLost = NOBODY;
    if (this.#alive) this.#end();
    return Promise.resolve();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
