import fs from 'node:fs';
import { makeRaw, openPtyMaster } from './libc.ts';
import { PollableFile } from './pollable-file.ts';
import type { PlugName, PortWire } from './wire.ts';

export interface PtyOptions {
  /** a path that stays the same over unplug and replug, as /dev/serial/by-id does: a symbolic link that the wire owns */
  readonly link?: string;
}

/** One pair of master and slave, from plug to unplug. */
interface Plugged {
  readonly path: string;
  readonly master: PollableFile;
  /** one slave end of our own: without it the master gets EIO whenever the agent closes */
  readonly kept: number;
}

/**
 * A serial cable without a device: a pseudo-terminal whose far end is opened by the real serialport. It does not pace:
 * the device model keeps the line's time.
 */
export class PtyWire implements PortWire {
  /** the name that it was given first */
  readonly #name: string | undefined;
  #link: string | undefined;
  #names = 0;
  #plugged: Plugged | undefined;
  #hear: ((bytes: Uint8Array) => void) | undefined;
  #paused = false;
  /** read just before the pause took effect */
  #late: Uint8Array | undefined;
  #reading: Plugged | undefined;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(options: PtyOptions = {}) {
    this.#name = options.link;
    this.#link = options.link;
    this.replug();
  }

  /** what the agent opens: the link, or `/dev/pts/N` of this plug */
  get path(): string {
    return this.#link ?? this.#plugged?.path ?? '';
  }

  get isPlugged(): boolean {
    return this.#plugged !== undefined;
  }

  send(bytes: Uint8Array): Promise<boolean> {
    const copy = bytes.slice();
    const sent = this.#sending.then(async () => (await this.#plugged?.master.write(copy)) ?? false);
    this.#sending = sent;
    return sent;
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#hear = hear;
    this.#readOn();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const late = this.#late;
    this.#late = undefined;
    if (late) this.#hear?.(late);
    this.#readOn();
  }

  /**
   * Unplug: the path is gone, the agent's end hangs up, a send that waits ends with false. Bytes the agent has not read
   * yet are lost when this comes within about 3 ms of them, as with a real cable.
   */
  async hangup(): Promise<void> {
    const plugged = this.#plugged;
    if (!plugged) return;
    this.#plugged = undefined;
    this.#late = undefined;
    if (this.#link !== undefined) fs.rmSync(this.#link, { force: true });
    fs.closeSync(plugged.kept);
    await plugged.master.close();
  }

  /** Plugs a new pseudo-terminal in, under the same link, or another one from now on. */
  replug(name: PlugName = 'same-name'): void {
    if (this.#plugged) return;
    if (name === 'new-name' && this.#name !== undefined) this.#link = `${this.#name}-${(this.#names += 1)}`;
    const { fd, path } = openPtyMaster();
    const kept = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_NOCTTY | fs.constants.O_NONBLOCK);
    makeRaw(kept);
    this.#plugged = { path, master: new PollableFile(fd), kept };
    if (this.#link !== undefined) relink(path, this.#link);
    this.#readOn();
  }

  close(): Promise<void> {
    return this.hangup();
  }

  #readOn(): void {
    const plugged = this.#plugged;
    if (!plugged || this.#reading === plugged || !this.#hear || this.#paused) return;
    this.#reading = plugged;
    void this.#readFrom(plugged);
  }

  async #readFrom(plugged: Plugged): Promise<void> {
    while (this.#plugged === plugged && !this.#paused) {
      const bytes = await plugged.master.read();
      if (!bytes) return;
      if (this.#paused) this.#late = bytes;
      else this.#hear?.(bytes);
    }
    if (this.#reading === plugged) this.#reading = undefined;
    this.#readOn();
  }
}

/** In one step, so that the path never points to nothing. */
function relink(target: string, link: string): void {
  const fresh = `${link}.new`;
  fs.rmSync(fresh, { force: true });
  fs.symlinkSync(target, fresh);
  fs.renameSync(fresh, link);
}
