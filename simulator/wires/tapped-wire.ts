import { ThroughWire } from './through-wire.ts';
import type { PortWire } from './wire.ts';

/** Whoever watches a wire: the bytes, and who sent them. */
export type Tap = (from: 'device' | 'till', bytes: Uint8Array) => void;

/** A port whose bytes somebody watches, both ways. What nobody took is not told. */
export class TappedWire extends ThroughWire {
  readonly #tap: Tap;

  constructor(wire: PortWire, tap: Tap) {
    super(wire);
    this.#tap = tap;
  }

  async send(bytes: Uint8Array): Promise<boolean> {
    const copy = bytes.slice();
    const taken = await this.wire.send(bytes);
    if (taken) this.#tap('device', copy);
    return taken;
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.wire.listen((bytes) => {
      this.#tap('till', bytes.slice());
      hear(bytes);
    });
  }
}
