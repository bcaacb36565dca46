import fs from 'node:fs';
import type { Clock } from '../clock.ts';
import type { LinkProblem, WriteOutcome } from './link.ts';
import type { Poller } from './pollers.ts';
import type { Connection } from './supervised-link.ts';

// The USB printer class through the operating system's own driver (Linux: usblp, /dev/usb/lp0), opened as a file. It is read
// and written without waiting: a printer without paper takes nothing, and a call that waits for it would never come back.
// The driver says when there is an answer, and when the cable is out (drivers/usb/class/usblp.c, usblp_poll): until then the
// till sleeps. A printer without a way back (USB Printer Class 1.1, protocol 1) never answers, and usblp_read says EINVAL of it.

const READABLE = 1;
/** usblp takes at most so much in one call */
const CHUNK_BYTES = 4096;
/** A busy printer is offered the next bytes after this. */
const WRITE_RETRY_MS = 5;
/**
 * There are printers that answer the host's asking with an empty packet, again and again: there is always something to read, and
 * it is nothing. They are looked at this often behind a write ...
 */
const BUSY_READ_MS = 5;
const BUSY_MS = 3_000;
/** ... and this often at all other times: paper, cover and the cable change at a person's pace. */
const IDLE_READ_MS = 250;
/** Beside the driver's word, as a second witness: should that ever stay away, the cable is still noticed. */
const LOOK_MS = 5_000;

const NOBODY = (): void => undefined;

/** One connection, or why there is none. Never rejects. */
export async function openUsbPrinter(path: string, clock: Clock): Promise<Connection | LinkProblem> {
  // Windows has no names for the last two, and no usblp
  const { O_RDWR, O_NONBLOCK, O_NOCTTY } = fs.constants;
  let fd: number | undefined;
  try {
    fd = fs.openSync(path, O_RDWR | O_NONBLOCK | O_NOCTTY);
    if (!fs.fstatSync(fd).isCharacterDevice()) throw new Error('not a device');
    const { restPoller, takePoller } = await import('./pollers.ts');
    return new UsbPrinterConnection({ fd, poller: takePoller(fd), restPoller }, path, clock);
  } catch (error) {
    if (fd !== undefined) fs.closeSync(fd);
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

interface OpenFile {
  readonly fd: number;
  readonly poller: Poller;
  readonly restPoller: (fd: number, poller: Poller) => void;
}

/** One open file. `sent` can mean no more than `taken`: the driver does not say when the last byte was printed. */
class UsbPrinterConnection implements Connection {
  readonly #file: OpenFile;
  readonly #fd: number;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #buffer = Buffer.alloc(CHUNK_BYTES);
  #onBytes: (bytes: Uint8Array) => void = NOBODY;
  #onLost: (problem: LinkProblem) => void = NOBODY;
  #endWrite: (outcome: WriteOutcome) => void = NOBODY;
  #callOffLook: () => void = NOBODY;
  #busyUntil = 0;
  #isOneWay = false;
  #alive = true;

  constructor(file: OpenFile, path: string, clock: Clock) {
    this.#file = file;
    this.#fd = file.fd;
    this.#path = path;
    this.#clock = clock;
    file.poller.on('readable', (error: Error | null) => this.#told(error));
  }

  start(onBytes: (bytes: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void {
    this.#onBytes = onBytes;
    this.#onLost = onLost;
    this.#look();
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
      this.#lookIn(BUSY_READ_MS);
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

  /** The driver says that there is something to read. Where it is nothing, there soon will be more of it. */
  #told(error: Error | null): void {
    // where nothing can be read there is only one thing to say
    if (this.#isOneWay) return this.#lose('the driver has hung up');
    const count = this.#read();
    if (error) return this.#lose(error.message);
    if (count === undefined || count === 0) this.#lookIn(this.#pauseMs);
    else this.#listen();
  }

  #look(): void {
    const count = this.#isOneWay ? this.#knock() : this.#read();
    if (count === 0 && !this.#isOneWay) this.#lookIn(this.#pauseMs);
    else this.#listen();
  }

  #listen(): void {
    if (!this.#alive) return;
    this.#file.poller.poll(READABLE);
    this.#lookIn(LOOK_MS);
  }

  #lookIn(ms: number): void {
    this.#callOffLook();
    if (this.#alive) this.#callOffLook = this.#clock.after(ms, () => this.#look());
  }

  get #pauseMs(): number {
    return this.#clock.mono() < this.#busyUntil ? BUSY_READ_MS : IDLE_READ_MS;
  }

  /** How many bytes came; 0 is no end; `undefined`: the driver has nothing. */
  #read(): number | undefined {
    const count = this.#call(() => this.#readSome());
    if (count !== undefined && count > 0) this.#onBytes(Uint8Array.from(this.#buffer.subarray(0, count)));
    return count;
  }

  #readSome(): number {
    try {
      return fs.readSync(this.#fd, this.#buffer, 0, CHUNK_BYTES, null);
    } catch (error) {
      if (codeOf(error) !== 'EINVAL') throw error;
      this.#isOneWay = true;
      return 0;
    }
  }

  /** A write of no bytes: the driver says whether the printer is there (usblp_wtest). */
  #knock(): number | undefined {
    return this.#call(() => fs.writeSync(this.#fd, this.#buffer, 0, 0));
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
    this.#callOffLook();
    this.#file.restPoller(this.#fd, this.#file.poller);
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
