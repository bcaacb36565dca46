import type { PlugName, PortWire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import { type Behaviour, type DeviceHands, through } from './behaviour.ts';

/** A port with behaviours between the device and the till. */
export class BehavingWire implements PortWire {
  readonly #wire: PortWire;
  readonly #behaviours: readonly Behaviour[];
  readonly #hands: DeviceHands;

  constructor(wire: PortWire, behaviours: readonly Behaviour[], clock: Pick<Clock, 'after'>) {
    this.#wire = wire;
    this.#behaviours = behaviours;
    this.#hands = {
      say: (bytes) => void wire.send(bytes),
      pull: () => wire.hangup(),
      plug: () => Promise.resolve(wire.replug()),
      after: (ms, act) => void clock.after(ms, act),
    };
  }

  get path(): string {
    return this.#wire.path;
  }

  /** True when the till has taken all that was left of it. */
  async send(bytes: Uint8Array): Promise<boolean> {
    const pieces = through(this.#behaviours, 'said', bytes, this.#hands);
    const taken = await Promise.all(pieces.map((piece) => this.#wire.send(piece)));
    return taken.every(Boolean);
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#wire.listen((bytes) => {
      for (const piece of through(this.#behaviours, 'heard', bytes, this.#hands)) hear(piece);
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
