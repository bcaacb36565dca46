import { Ear } from '../ear.ts';
import type { Wire } from '../wire.ts';
import type { UsbDevice } from './device.ts';
import type { UsbFunction } from './function.ts';

/** One function of a USB device as a model's mouth and ear. `make` builds the function around the ear. */
export class UsbWire extends Ear implements Wire {
  readonly function: UsbFunction;
  readonly #endpoint: number;
  #device: UsbDevice | undefined;

  /** `endpoint`: the one that brings bytes to the host, counted from the function's first */
  constructor(make: (onBytes: (bytes: Uint8Array) => Promise<void>) => UsbFunction, endpoint: number) {
    super();
    this.function = make((bytes) => this.take(bytes));
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
}
