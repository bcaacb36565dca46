import fs from 'node:fs';
import { type Poller, restPoller, takePoller } from './pollers.ts';

const READABLE = 1;
const WRITABLE = 2;

/**
 * Reading and writing a non-blocking file descriptor at the same time, with serialport's poller. Its port object alone
 * would stop reading while a write waits; here one mask holds both directions.
 */
export class PollableFile {
  readonly #fd: number;
  readonly #poller: Poller;
  readonly #waiting = new Map<number, (open: boolean) => void>();
  readonly #underWay = new Set<Promise<unknown>>();
  #open = true;

  constructor(fd: number) {
    this.#fd = fd;
    this.#poller = takePoller(fd);
    this.#poller.on('readable', (error: Error | null) => this.#wake(READABLE, error));
    this.#poller.on('writable', (error: Error | null) => this.#wake(WRITABLE, error));
  }

  /** The next bytes, or `undefined` when there will be none any more. */
  async read(limit = 65_536): Promise<Uint8Array | undefined> {
    const buffer = Buffer.allocUnsafe(limit);
    while (this.#open) {
      const count = await this.#call((done) => fs.read(this.#fd, buffer, 0, limit, null, done));
      if (count === 'wait') await this.#ready(READABLE);
      else if (count === 'gone' || count === 0) return undefined;
      else return Uint8Array.from(buffer.subarray(0, count));
    }
    return undefined;
  }

  /** true when all bytes were taken. One write at a time. */
  async write(bytes: Uint8Array): Promise<boolean> {
    let offset = 0;
    while (offset < bytes.length && this.#open) {
      const from = offset;
      const count = await this.#call((done) => fs.write(this.#fd, bytes, from, bytes.length - from, null, done));
      if (count === 'wait') await this.#ready(WRITABLE);
      else if (count === 'gone') return false;
      else offset += count;
    }
    return offset === bytes.length;
  }

  /** Waits for system calls under way: they must not meet another file of the same number. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#poller.stop();
    await Promise.all(this.#underWay);
    restPoller(this.#fd, this.#poller);
    await new Promise((done) => fs.close(this.#fd, done));
  }

  #call(
    start: (done: (error: NodeJS.ErrnoException | null, count: number) => void) => void,
  ): Promise<number | 'wait' | 'gone'> {
    const call = new Promise<number | 'wait' | 'gone'>((resolve) => {
      start((error, count) => {
        if (!error) resolve(count);
        else resolve(error.code === 'EAGAIN' || error.code === 'EINTR' ? 'wait' : 'gone');
      });
    });
    const settled: Promise<unknown> = call.then(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
    return call;
  }

  #ready(direction: number): Promise<unknown> {
    return new Promise((resolve) => {
      if (!this.#open) return resolve(false);
      this.#waiting.set(direction, resolve);
      this.#arm();
    });
  }

  #arm(): void {
    let mask = 0;
    for (const direction of this.#waiting.keys()) mask |= direction;
    this.#poller.poll(mask);
  }

  #wake(direction: number, error: Error | null): void {
    const waiter = this.#waiting.get(direction);
    this.#waiting.delete(direction);
    if (!error) this.#arm();
    waiter?.(error === null);
  }
}
