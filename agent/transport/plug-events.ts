import type { Clock } from '../clock.ts';
import { isNewNode } from './uevent.ts';

// When a device has been plugged in, as udev tells it on netlink: behind its rules, so that links and rights are there. One
// socket for all who wait, open while somebody does: with all devices in place nothing wakes up. Where there is no udev, or no
// word of it comes through (a container), nothing is told, and those who wait try again at their own pace.

/** One plug makes a handful of nodes: what comes within this is told as one. Also the most that anybody is hurried. */
const SETTLE_MS = 20;
/** Behind a read that failed (so much came at once that the kernel dropped some of it), before the next socket. */
const AGAIN_MS = 1_000;
/** udev's messages have some 1,000 bytes; a longer one is cut and still says at its beginning what it is about */
const MOST_BYTES = 8_192;

/** What is used of an open socket that is waited on without a thread (linux-binding.ts). */
export interface EventSocket {
  read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number }>;
  close(): Promise<void>;
}

export class PlugEvents {
  readonly #clock: Clock;
  readonly #open: () => Promise<EventSocket>;
  readonly #waiting = new Set<() => void>();
  #listening: Listening | undefined;
  #settling = false;

  constructor(clock: Clock, open: () => Promise<EventSocket> = udevSocket) {
    this.#clock = clock;
    this.#open = open;
  }

  /** Calls `run` whenever something was plugged in, until the returned function is called. */
  watch(run: () => void): () => void {
    this.#waiting.add(run);
    this.#listening ??= new Listening(this.#clock, this.#open, () => this.#tell());
    return () => {
      this.#waiting.delete(run);
      if (this.#waiting.size > 0) return;
      this.#listening?.stop();
      this.#listening = undefined;
    };
  }

  #tell(): void {
    if (this.#settling) return;
    this.#settling = true;
    this.#clock.after(SETTLE_MS, () => {
      this.#settling = false;
      for (const run of this.#waiting) run();
    });
  }
}

/** From the first who waits to the last: one socket after another, and not a word once it was stopped. */
class Listening {
  readonly #clock: Clock;
  readonly #open: () => Promise<EventSocket>;
  readonly #tell: () => void;
  #socket: EventSocket | undefined;
  #isStopped = false;
  #callOff: () => void = () => undefined;

  constructor(clock: Clock, open: () => Promise<EventSocket>, tell: () => void) {
    this.#clock = clock;
    this.#open = open;
    this.#tell = tell;
    void this.#listen();
  }

  stop(): void {
    this.#isStopped = true;
    this.#callOff();
    if (this.#socket) void closed(this.#socket);
  }

  async #listen(): Promise<void> {
    // no such socket here is no plug: those who wait have their own pauses
    const socket = await this.#open().catch(() => undefined);
    if (!socket) return;
    if (this.#isStopped) return closed(socket);
    this.#socket = socket;
    await this.#readFrom(socket).catch(() => this.#broke(socket));
  }

  async #readFrom(socket: EventSocket): Promise<void> {
    const buffer = Buffer.alloc(MOST_BYTES);
    for (;;) {
      const { bytesRead } = await socket.read(buffer, 0, buffer.length);
      if (isNewNode(buffer.toString('latin1', 0, bytesRead))) this.#tell();
    }
  }

  /** What the kernel dropped may have been it. A read that our own `stop` ended says nothing. */
  async #broke(socket: EventSocket): Promise<void> {
    if (this.#isStopped) return;
    this.#socket = undefined;
    this.#tell();
    await closed(socket);
    if (!this.#isStopped) this.#callOff = this.#clock.after(AGAIN_MS, () => void this.#listen());
  }
}

async function closed(socket: EventSocket): Promise<void> {
  await socket.close().catch(() => undefined);
}

async function udevSocket(): Promise<EventSocket> {
  if (process.platform !== 'linux') throw new Error('netlink is Linux');
  const [{ openUdevSocket }, { LinuxPort }] = await Promise.all([import('./netlink.ts'), import('./linux-binding.ts')]);
  return new LinuxPort(openUdevSocket(), {} as ConstructorParameters<typeof LinuxPort>[1]);
}
