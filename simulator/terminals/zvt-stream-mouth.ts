import { PacketFramer, type PacketShape } from '../../protocols/framing/packet.ts';
import { ZVT_STREAM } from '../../protocols/terminal/zvt/stream.ts';
import type { ArmedFaults, TerminalFault } from '../faults/terminal-faults.ts';
import type { Cuttable, Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { Mouth, MouthEars } from './mouth.ts';
import { PacedSender } from './paced-sender.ts';

/** Classes that no till of ours knows are messages too: they are refused, not overheard (PA00P015 2.66). */
const ANY_CLASS: PacketShape = {
  ...ZVT_STREAM,
  starts: [...ZVT_STREAM.starts, ...Array.from({ length: 0x10 }, (_, at) => at)],
};

/** The terminal's end of ZVT over TCP: bare messages. */
export class ZvtStreamMouth implements Mouth {
  readonly #wire: Wire & Partial<Cuttable>;
  readonly #faults: ArmedFaults;
  readonly #framer = new PacketFramer(ANY_CLASS);
  readonly #sender: PacedSender;
  #held: readonly number[] = [];

  constructor(wire: Wire & Partial<Cuttable>, clock: Clock, faults: ArmedFaults, ears: MouthEars) {
    this.#wire = wire;
    this.#faults = faults;
    this.#sender = new PacedSender(wire, clock);
    wire.listen((bytes) => {
      for (const event of this.#framer.push(bytes, clock.mono())) if (event.kind === 'packet') ears.hear(event.bytes);
    });
  }

  say(message: Uint8Array): void {
    const take = (name: TerminalFault) => this.#faults.take(name);
    if (take('frames-glued')) return void (this.#held = [...message]);
    const spoilt = take('length-off-by-one') ? message.with(2, (message[2] ?? 1) - 1) : message;
    const bytes = Uint8Array.from([...this.#held, ...spoilt]);
    this.#held = [];
    if (take('byte-by-byte'))
      this.#sender.send(Array.from(bytes, (byte) => ({ bytes: Uint8Array.of(byte), afterMs: 2 })));
    else if (take('reset-mid-message')) this.#cutBehind(bytes.subarray(0, bytes.length >> 1), 'reset');
    else if (take('half-close')) this.#cutBehind(new Uint8Array(), 'half');
    else if (take('garbage')) this.#sender.send([{ bytes: Uint8Array.of(0x00, 0xff, 0x33, ...bytes) }]);
    else this.#sender.send([{ bytes }]);
  }

  hush(): void {
    this.#held = [];
    this.#sender.hush();
    this.#framer.reset();
  }

  #cutBehind(bytes: Uint8Array, how: 'half' | 'reset'): void {
    this.#sender.send([{ bytes, behind: () => this.#wire.cut?.(how) }]);
  }
}
