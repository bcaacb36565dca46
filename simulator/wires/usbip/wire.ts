import type { Wire } from '../wire.ts';
import type { UsbDevice } from './device.ts';
import type { UsbFunction } from './function.ts';

/** One function of a USB device as a model's mouth and ear. `make` builds the function around the ear. */
export class UsbWire implements Wire {
  readonly function: UsbFunction;
  readonly #endpoint: number;
  #device: UsbDevice | undefined;
  #hear: ((bytes: Uint8Array) => void) | undefined;
  /** what came while nobody listened: the host waits */
  readonly #held: { readonly bytes: Uint8Array; readonly taken: () => void }[] = [];
  #paused = false;

  /** `endpoint`: the one that brings bytes to the host, counted from the function's first */
  constructor(make: (onBytes: (bytes: Uint8Array) => Promise<void>) => UsbFunction, endpoint: number) {
    this.function = make((bytes) => this.#take(bytes));
    this.#endpoint = endpoint;
  }

  /** The device that has this function. */
  join(device: UsbDevice): void {
    this.#device = device;
  }

  async send(bytes: Uint8Array): Promise<boolean> {
    if (bytes.length === 0) return true;
    return (await this.#device?.send(this.function, this.#endpoint, bytes)) ?? false;
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#hear = hear;
    this.#deliver();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  #take(bytes: Uint8Array): Promise<void> {
    return new Promise((taken) => {
      this.#held.push({ bytes, taken });
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#hear && !this.#paused) {
      const next = this.#held.shift();
      if (!next) return;
      this.#hear(next.bytes);
      next.taken();
    }
  }
}
