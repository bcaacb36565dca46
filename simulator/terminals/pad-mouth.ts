import { PacketFramer } from '../../protocols/framing/packet.ts';
import { encodePad, padShape, parsePad } from '../../protocols/terminal/pad/codec.ts';
import type { PadMessage } from '../../protocols/terminal/pad/messages.ts';
import type { PortWire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { PadCustomer, Random } from './pad-customer.ts';
import type { PadFault } from './pad-faults.ts';
import { PadModel } from './pad-model.ts';
import type { PadPersonality } from './pad-personalities.ts';

export interface PadMouthOptions {
  readonly personality: PadPersonality;
  readonly clock: Clock;
  readonly random: Random;
  readonly customer?: PadCustomer;
  readonly onHeard?: (message: PadMessage) => void;
  readonly onSaid?: (message: PadMessage) => void;
}

const GLUE_MS = 120;

/** A signature pad on a wire: frames to words, words to frames, and what goes wrong between. */
export class SimulatedPad {
  readonly model: PadModel;
  readonly #wire: PortWire;
  readonly #options: PadMouthOptions;
  readonly #framer = new PacketFramer(padShape('till'));
  /** frames that left since the fault began */
  #said = 0;
  #faultOf: PadFault | undefined;
  #glued: Uint8Array[] = [];
  #putBack: () => void = () => undefined;

  constructor(wire: PortWire, options: PadMouthOptions) {
    this.#wire = wire;
    this.#options = options;
    const { personality, clock, random, customer } = options;
    const unplug = (ms: number) => void this.#unplug(ms);
    const say = (message: PadMessage) => this.#say(message);
    this.model = new PadModel({ personality, clock, random, say, unplug, ...(customer && { customer }) });
    wire.listen((bytes) => this.#hear(bytes));
  }

  #hear(bytes: Uint8Array): void {
    for (const event of this.#framer.push(bytes, this.#options.clock.mono())) {
      const message = event.kind === 'packet' ? parsePad(event.bytes, 'till') : undefined;
      if (!message) continue;
      this.#options.onHeard?.(message);
      this.model.hear(message);
    }
  }

  async #unplug(ms: number): Promise<void> {
    await this.#wire.hangup();
    this.#putBack = this.#options.clock.after(ms, () => void this.#wire.replug('same-name'));
  }

  /** Nothing happens by itself any more. The wire is somebody else's. */
  close(): void {
    this.model.powerCycle();
    this.#putBack();
  }

  #say(message: PadMessage): void {
    const { fault } = this.model;
    if (fault !== this.#faultOf) this.#said = 0;
    this.#faultOf = fault;
    this.#said += 1;
    this.#options.onSaid?.(message);
    const frame = encodePad(message);
    const isImage = message.name === 'signed';
    for (const piece of spoilt(frame, fault, this.#said === 1, isImage, this.#options.random)) this.#send(piece, fault);
    if (isImage && fault === 'lrc-error-in-image') this.#spoilOnce();
  }

  /** The second signature of the same customer comes whole. */
  #spoilOnce(): void {
    this.#faultOf = undefined;
    this.model.mend();
  }

  #send(piece: Uint8Array, fault: PadFault | undefined): void {
    if (fault !== 'glued-frames') return void this.#wire.send(piece);
    this.#glued.push(piece);
    if (this.#glued.length > 1) return;
    this.#options.clock.after(GLUE_MS, () => {
      const bytes = Uint8Array.from(this.#glued.flatMap((one) => [...one]));
      this.#glued = [];
      void this.#wire.send(bytes);
    });
  }
}

/** The pieces that reach the wire. */
function spoilt(
  frame: Uint8Array,
  fault: PadFault | undefined,
  isFirst: boolean,
  isImage: boolean,
  random: Random,
): readonly Uint8Array[] {
  switch (fault) {
    case 'one-byte-chunks':
      return Array.from(frame, (byte) => Uint8Array.of(byte));
    case 'noise-before-frame':
      return [Uint8Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * 256)), frame];
    case 'duplicate-frames':
      return [frame, frame];
    case 'bad-lrc':
      return [isFirst ? turned(frame, frame.length - 1, 0xff) : frame];
    case 'lrc-over-stx':
      return [isFirst ? turned(frame, frame.length - 1, 0x02) : frame];
    case 'length-plus-one':
    case 'length-minus-one':
      return [isFirst ? frame.with(2, (frame[2] ?? 0) + (fault === 'length-plus-one' ? 1 : -1)) : frame];
    case 'lrc-error-in-image':
    case 'always-lrc-error':
      return [isImage ? turned(frame, Math.floor(frame.length / 2), 0x10) : frame];
    default:
      return [frame];
  }
}

function turned(frame: Uint8Array, at: number, bits: number): Uint8Array {
  return frame.with(at, (frame[at] ?? 0) ^ bits);
}
