import { ThroughWire } from '../wires/through-wire.ts';
import type { PortWire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import { type Behaviour, type DeviceHands, through } from './behaviour.ts';

/** A port with behaviours between the device and the till. */
export class BehavingWire extends ThroughWire {
  readonly #behaviours: readonly Behaviour[];
  readonly #hands: DeviceHands;

  constructor(wire: PortWire, behaviours: readonly Behaviour[], clock: Pick<Clock, 'after'>) {
    super(wire);
    this.#behaviours = behaviours;
    this.#hands = {
      say: (bytes) => void wire.send(bytes),
      pull: () => wire.hangup(),
      plug: () => Promise.resolve(wire.replug()),
      after: (ms, act) => void clock.after(ms, act),
    };
  }

  /** True when the till has taken all that was left of it. */
  async send(bytes: Uint8Array): Promise<boolean> {
    const pieces = through(this.#behaviours, 'said', bytes, this.#hands);
    const taken = await Promise.all(pieces.map((piece) => this.wire.send(piece)));
    return taken.every(Boolean);
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.wire.listen((bytes) => {
      for (const piece of through(this.#behaviours, 'heard', bytes, this.#hands)) hear(piece);
    });
  }
}
