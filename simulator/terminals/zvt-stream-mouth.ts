import { PacketFramer } from '../../protocols/framing/packet.ts';
import { ZVT_STREAM } from '../../protocols/terminal/zvt/stream.ts';
import type { ArmedFaults } from '../faults/terminal-faults.ts';
import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { Mouth, MouthEars } from './mouth.ts';

/** What a TCP port can do to its visitor. */
export interface Cuttable {
  cut(how: 'half' | 'end' | 'reset'): void;
}

/** The terminal's end of ZVT over TCP: bare messages. */
export class ZvtStreamMouth implements Mouth {
  readonly #wire: Wire & Partial<Cuttable>;
  readonly #clock: Clock;
  readonly #faults: ArmedFaults;
  readonly #framer = new PacketFramer(ZVT_STREAM);
  #held: readonly number[] = [];
  #sending: Promise<unknown> = Promise.resolve();

  constructor(wire: Wire & Partial<Cuttable>, clock: Clock, faults: ArmedFaults, ears: MouthEars) {
    this.#wire = wire;
    this.#clock = clock;
    this.#faults = faults;
    wire.listen((bytes) => {
      for (const event of this.#framer.push(bytes, clock.mono())) if (event.kind === 'packet') ears.hear(event.bytes);
    });
  }

  say(message: Uint8Array): void {
    if (this.#faults.take('frames-glued')) return void (this.#held = [...message]);
    const spoilt = this.#faults.take('length-off-by-one') ? message.with(2, (message[2] ?? 1) - 1) : message;
    const bytes = Uint8Array.from([...this.#held, ...spoilt]);
    this.#held = [];
    if (this.#faults.take('byte-by-byte')) this.#dribble(bytes);
    else if (this.#faults.take('reset-mid-message')) this.#cutBehind(bytes.subarray(0, bytes.length >> 1), 'reset');
    else if (this.#faults.take('half-close')) this.#cutBehind(new Uint8Array(), 'half');
    else if (this.#faults.take('garbage')) this.#send(Uint8Array.of(0x00, 0xff, 0x33, ...bytes));
    else this.#send(bytes);
  }

  hush(): void {
    this.#held = [];
    this.#framer.reset();
  }

  #send(bytes: Uint8Array): void {
    this.#sending = this.#sending.then(() => this.#wire.send(bytes));
  }

  #dribble(bytes: Uint8Array): void {
    for (const byte of bytes) {
      const pause = () => new Promise<void>((resolve) => void this.#clock.after(2, resolve));
      this.#sending = this.#sending.then(pause).then(() => this.#wire.send(Uint8Array.of(byte)));
    }
  }

  #cutBehind(bytes: Uint8Array, how: 'half' | 'reset'): void {
    this.#send(bytes);
    this.#sending = this.#sending.then(() => this.#wire.cut?.(how));
  }
}
