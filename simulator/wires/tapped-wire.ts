import type { PlugName, PortWire } from './wire.ts';

/** Whoever watches a wire: the bytes, and who sent them. */
export type Tap = (from: 'device' | 'till', bytes: Uint8Array) => void;

/** A port whose bytes somebody watches, both ways. What nobody took is not told. */
export class TappedWire implements PortWire {
  readonly #wire: PortWire;
  readonly #tap: Tap;

  constructor(wire: PortWire, tap: Tap) {
    this.#wire = wire;
    this.#tap = tap;
  }

  get path(): string {
    return this.#wire.path;
  }

  async send(bytes: Uint8Array): Promise<boolean> {
    const copy = bytes.slice();
    const taken = await this.#wire.send(bytes);
    if (taken) this.#tap('device', copy);
    return taken;
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#wire.listen((bytes) => {
      this.#tap('till', bytes.slice());
      hear(bytes);
    });
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  hangup(): Promise<void> {
    return this.#wire.hangup();
  }

  replug(name?: PlugName): void | Promise<void> {
    return this.#wire.replug(name);
  }

  close(): Promise<void> {
    return this.#wire.close();
  }
}
