import type { ByteLink, LinkListener, WriteOutcome } from '../../agent/transport/link.ts';
import type { TillClock } from './till-clock.ts';

/** A device's cable without a port: what the agent writes is kept, what the device says is handed to it. */
export class MemoryWire implements ByteLink {
  readonly written: Uint8Array[] = [];
  readonly #listener: LinkListener;
  readonly #clock: TillClock;
  #up = false;

  constructor(listener: LinkListener, clock: TillClock) {
    this.#listener = listener;
    this.#clock = clock;
    clock.after(0, () => this.plug());
  }

  get isUp(): boolean {
    return this.#up;
  }

  plug(): void {
    if (this.#up) return;
    this.#up = true;
    this.#listener.up(this.#clock.mono());
  }

  pull(path = 'memory'): void {
    if (!this.#up) return;
    this.#up = false;
    this.#listener.down({ code: 'PORT_LOST', path, detail: 'pulled' }, this.#clock.mono());
  }

  /** The device says this. */
  say(bytes: Uint8Array): void {
    if (this.#up) this.#listener.bytes(bytes, this.#clock.mono());
  }

  write(bytes: Uint8Array): Promise<WriteOutcome> {
    if (!this.#up) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });
    this.written.push(bytes);
    return Promise.resolve({ kind: 'written' });
  }

  close(): Promise<void> {
    this.#up = false;
    return Promise.resolve();
  }
}
