import type { Clock } from '../clock.ts';
import { isNewNode } from './uevent.ts';

// When a device has been plugged in, as udev tells it on netlink: behind its rules, so that links and rights are there. One
// socket for all who wait, open while somebody does: with all devices in place nothing wakes up. Where there is no udev, or no
// word of it comes through (a container), nothing is told, and those who wait try again at their own pace.

/** One plug makes a handful of nodes: what comes within this is told as one. Also the most that anybody is hurried. */
const SETTLE_MS = 20;
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
  #stop: (() => void) | undefined;
  #settling = false;

  constructor(clock: Clock, open: () => Promise<EventSocket> = udevSocket) {
    this.#clock = clock;
    this.#open = open;
  }

  /** Calls `run` whenever something was plugged in, until the returned function is called. */
  watch(run: () => void): () => void {
    this.#waiting.add(run);
    this.#stop ??= this.#listen();
    return () => {
      this.#waiting.delete(run);
      if (this.#waiting.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #listen(): () => void {
    let stopped = false;
    let close = () => {
      stopped = true;
    };
    const listen = async () => {
      const socket = await this.#open();
      if (stopped) return socket.close();
      close = () => void socket.close().catch(() => undefined);
      await this.#readFrom(socket);
    };
    // no such socket here; or so much came at once that the kernel dropped some of it: that may have been it
    listen().catch(() => this.#tell());
    return () => close();
  }

  async #readFrom(socket: EventSocket): Promise<void> {
    const buffer = Buffer.alloc(MOST_BYTES);
    for (;;) {
      const { bytesRead } = await socket.read(buffer, 0, buffer.length);
      if (isNewNode(buffer.toString('latin1', 0, bytesRead))) this.#tell();
    }
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

async function udevSocket(): Promise<EventSocket> {
  if (process.platform !== 'linux') throw new Error('netlink is Linux');
  const [{ openUdevSocket }, { LinuxPort }] = await Promise.all([import('./netlink.ts'), import('./linux-binding.ts')]);
  return new LinuxPort(openUdevSocket(), {} as ConstructorParameters<typeof LinuxPort>[1]);
}
