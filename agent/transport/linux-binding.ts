import fs from 'node:fs';
import {
  type BindingInterface,
  type BindingPortInterface,
  LinuxBinding,
  type LinuxOpenOptions,
  type LinuxPortBinding,
  type SetOptions,
  type UpdateOptions,
} from '@serialport/bindings-cpp';
import {
  asyncClose,
  asyncDrain,
  asyncFlush,
  asyncGet,
  asyncGetBaudRate,
  asyncOpen,
  asyncSet,
  asyncUpdate,
} from '@serialport/bindings-cpp/dist/load-bindings.js';
import { type Poller, restPoller, takePoller } from './pollers.ts';

// serialport's own Linux port with three defects mended (bindings-cpp issue 162; docs/decisions/0005-serialport.md):
// 1. read() == 0 is a hang-up. Stock reads again without end: the unplug goes unseen and a core spins.
// 2. The poller re-arms only the newest event, so a write that waits stops all reading. Here one mask holds both.
// 3. A closed port is never collected: its native poller stays. Here the next port has it (pollers.ts).
// Besides, close() waits for system calls under way: they would otherwise meet a stranger's file of the same number.
// Reads and writes are made in the event loop: serialport opens its ports with O_NONBLOCK, so they never wait, and a trip
// to the thread pool and back costs more (0.1 to 0.2 ms, four of them between a scan and its slip) than the call itself.

const READABLE = 1;
const WRITABLE = 2;
type Direction = typeof READABLE | typeof WRITABLE;

const NOTHING = Buffer.alloc(1);

type Waiter = { readonly resolve: () => void; readonly reject: (error: Error) => void };

export class LinuxPort implements BindingPortInterface {
  readonly openOptions: LinuxPortBinding['openOptions'];
  readonly #poller: Poller;
  readonly #fd: number;
  readonly #waiting = new Map<Direction, Waiter>();
  readonly #underWay = new Set<Promise<unknown>>();
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  /** `fd`: open, and never waiting (O_NONBLOCK). */
  constructor(fd: number, openOptions: LinuxPortBinding['openOptions']) {
    this.#fd = fd;
    this.openOptions = openOptions;
    this.#poller = takePoller(fd);
    this.#poller.on('readable', (error: Error | null) => this.#wake(READABLE, error));
    this.#poller.on('writable', (error: Error | null) => this.#wake(WRITABLE, error));
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    for (;;) {
      await this.#ready(READABLE);
      const bytesRead = this.#call(() => fs.readSync(this.#fd, buffer, offset, length, null));
      if (bytesRead === 0) throw new Error('the device hung up');
      if (bytesRead !== undefined) return { buffer, bytesRead };
    }
  }

  write(buffer: Buffer): Promise<void> {
    this.#writing = this.#writeAll(buffer);
    return this.#writing;
  }

  async #writeAll(buffer: Buffer): Promise<void> {
    for (let offset = 0; offset < buffer.length; ) {
      const from = offset;
      const written = this.#call(() => fs.writeSync(this.#fd, buffer, from, buffer.length - from));
      if (written === undefined) await this.#ready(WRITABLE);
      else offset += written;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) throw new Error('Port is not open');
    this.#closed = true;
    this.#poller.stop();
    await Promise.all(this.#underWay);
    restPoller(this.#fd, this.#poller);
    await asyncClose(this.#fd);
  }

  async drain(): Promise<void> {
    await this.#writing;
    await this.#control(() => asyncDrain(this.#fd));
  }

  flush(): Promise<void> {
    return this.#control(() => asyncFlush(this.#fd));
  }

  /**
   * Throws when the device is gone: a terminal that was hung up refuses also a write of no bytes (EIO), and no driver gets
   * to see one. 2 microseconds; getBaudRate tells the same by way of a thread, which costs fifty times as much.
   */
  probe(): void {
    this.#call(() => fs.writeSync(this.#fd, NOTHING, 0, 0));
  }

  getBaudRate(): Promise<{ baudRate: number }> {
    return this.#control(() => asyncGetBaudRate(this.#fd));
  }

  get(): ReturnType<LinuxPortBinding['get']> {
    return this.#control(() => asyncGet(this.#fd));
  }

  set(options: SetOptions): Promise<void> {
    return this.#control(() => asyncSet(this.#fd, options));
  }

  update(options: UpdateOptions): Promise<void> {
    return this.#control(() => asyncUpdate(this.#fd, options));
  }

  #control<T>(run: () => Promise<T>): Promise<T> {
    return this.#track(this.#closed ? Promise.reject(canceled()) : run());
  }

  /** One system call; `undefined` when it would have to wait. */
  #call(run: () => number): number | undefined {
    if (this.#closed) throw canceled();
    try {
      return run();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN' || code === 'EINTR') return undefined;
      throw error;
    }
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = Promise.allSettled([promise]).then(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
    return promise;
  }

  #ready(direction: Direction): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(canceled());
      this.#waiting.set(direction, { resolve, reject });
      this.#arm();
    });
  }

  #arm(): void {
    let mask = 0;
    for (const direction of this.#waiting.keys()) mask |= direction;
    this.#poller.poll(mask);
  }

  #wake(direction: Direction, error: Error | null): void {
    const waiter = this.#waiting.get(direction);
    this.#waiting.delete(direction);
    if (!error) this.#arm();
    if (error) waiter?.reject(this.#closed ? canceled() : error);
    else waiter?.resolve();
  }
}

/** What SerialPortStream expects of an operation that the closing of the port ended. */
function canceled(): Error {
  return Object.assign(new Error('Port is not open'), { canceled: true });
}

/** As the stock binding fills in what was not given. */
const LINE = {
  vmin: 1,
  vtime: 0,
  dataBits: 8,
  lock: true,
  stopBits: 1,
  parity: 'none',
  rtscts: false,
  xon: false,
  xoff: false,
  xany: false,
  hupcl: true,
} as const;

export const linuxBinding: BindingInterface<LinuxPort, LinuxOpenOptions> = {
  list: () => LinuxBinding.list(),
  open: async (options) => {
    const line = { ...LINE, ...options };
    return new LinuxPort(await asyncOpen(line.path, line), line);
  },
};
