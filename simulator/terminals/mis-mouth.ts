import { PacketFramer } from '../../protocols/framing/packet.ts';
import { countedBody, encodeCountedFrame } from '../../protocols/terminal/counted-frame.ts';
import { MIS_CONTROL, misShape } from '../../protocols/terminal/mis/frame.ts';
import {
  encodeMisObjects,
  type MisObject,
  type MisPart,
  misObject,
  parseMisObjects,
} from '../../protocols/terminal/mis/objects.ts';
import type { PortWire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { MisFault } from './mis-faults.ts';
import { MisModel } from './mis-model.ts';
import type { MisPersonality } from './mis-personalities.ts';
import type { Random } from './pad-customer.ts';

export interface MisMouthOptions {
  readonly personality: MisPersonality;
  readonly clock: Clock;
  readonly random: Random;
  /** the terminal's own host behind the till: what it answers to a relayed packet */
  readonly host?: (packet: Uint8Array) => Uint8Array;
  /** minutes ahead of UTC; without it the simulated shop's */
  readonly zoneMinutes?: number;
}

const UNPLUGGED_MS = 300;
const REBOOT_MS = 500;
/** longer than a USB adapter holds bytes back, shorter than what ends a frame */
const GAP_MS = 200;
const MAX_REPEATS = 2;
const TO_HOST = Uint8Array.from('0200 to the host', (char) => char.charCodeAt(0));

type Request = readonly MisObject[];

/** A MIS terminal on a wire: frames to requests, answers to frames, and what goes wrong between. */
export class SimulatedMis {
  readonly model: MisModel;
  /** requests taken, the same bytes again counted again */
  requests = 0;
  readonly relayed: Uint8Array[] = [];
  /** somebody looks on: a request of the till is taken */
  onRequest: (objects: readonly MisObject[]) => void = () => undefined;
  /** this goes wrong with the request that comes now */
  onFault: (fault: MisFault) => void = () => undefined;
  readonly #wire: PortWire;
  readonly #options: MisMouthOptions;
  readonly #framer = new PacketFramer(misShape);
  readonly #faults: MisFault[] = [];
  #fault: MisFault | undefined;
  #last: { readonly identity: string; frames: readonly Uint8Array[] } | undefined;
  /** frames of the answer, the first of them waits for its ACK */
  #answering: Uint8Array[] = [];
  #repeats = 0;
  #naks = 0;
  #late: Uint8Array | undefined;
  #relaying: Request | undefined;
  #callOff: () => void = () => undefined;
  #putBack: () => void = () => undefined;
  #isOff = false;

  constructor(wire: PortWire, options: MisMouthOptions) {
    this.#wire = wire;
    this.#options = options;
    this.model = new MisModel(options.personality, options.zoneMinutes);
    wire.listen((bytes) => this.#hear(bytes));
  }

  /** The fault of one of the next requests, in the order in which they were given. */
  breakNext(fault: MisFault): void {
    this.#faults.push(fault);
  }

  /** Nothing goes wrong any more. */
  calm(): void {
    this.#faults.length = 0;
  }

  get waiting(): readonly MisFault[] {
    return this.#faults;
  }

  #hear(bytes: Uint8Array): void {
    if (this.#isOff) return;
    const { clock } = this.#options;
    for (const event of this.#framer.push(bytes, clock.mono())) {
      if (event.kind === 'noise') {
        if (event.cause !== 'junk') this.#control('NAK');
      } else if (event.bytes.length === 1) this.#verdict(event.bytes[0]);
      else this.#frame(event.bytes);
    }
  }

  #frame(bytes: Uint8Array): void {
    const { tags, packetTypes } = this.#options.personality.dialect;
    const objects = parseMisObjects(countedBody(bytes) ?? new Uint8Array(), tags.container);
    if (typeof objects === 'string') return this.#control('NAK');
    const isRelay = misObject(objects, tags.packetType)?.value[0] === packetTypes.relay;
    if (isRelay) this.#fromHost(objects);
    else this.#request(objects, bytes);
  }

  #request(objects: Request, bytes: Uint8Array): void {
    const { personality, clock } = this.#options;
    if (this.#naks === 0) {
      this.#fault = this.#faults.shift();
      if (this.#fault) this.onFault(this.#fault);
    }
    if (this.#refuses()) return;
    this.requests += 1;
    this.onRequest(objects);
    const identity = [...bytes].join();
    if (identity === this.#last?.identity && !personality.chargesRepeats) {
      this.#control('ACK');
      return this.#say(this.#last.frames);
    }
    this.#last = { identity, frames: [] };
    const fault = this.#fault;
    clock.after(personality.ackMs, () => this.#acknowledge(fault));
    clock.after(personality.hostMs, () => this.#toHost(objects, fault));
  }

  /** NAK and EOT in the place of an ACK. */
  #refuses(): boolean {
    if (this.#fault === 'busy') this.#control('EOT');
    else if (this.#fault === 'nak-always' || (this.#fault === 'nak-first' && this.#naks < 2)) {
      this.#naks += 1;
      this.#control('NAK');
      if (this.#fault === 'nak-always' && this.#naks === this.#options.personality.dialect.sends) this.#naks = 0;
      return true;
    }
    this.#naks = 0;
    return this.#fault === 'busy';
  }

  #acknowledge(fault: MisFault | undefined): void {
    const { clock, personality } = this.#options;
    switch (fault) {
      case 'ack-dropped':
      case 'ack-glued-to-answer':
      case 'answer-before-ack':
        return;
      case 'ack-delayed':
        clock.after(Math.max(0, personality.hostMs - personality.ackMs - 10), () => this.#control('ACK'));
        return;
      case 'ack-duplicated':
        for (let n = 0; n < 3; n++) this.#control('ACK');
        return;
      case 'ack-then-nak':
        this.#control('ACK');
        this.#control('NAK');
        return;
      default:
        this.#control('ACK');
    }
  }

  #toHost(objects: Request, fault: MisFault | undefined): void {
    if (fault !== 'relay') return this.#decide(objects, fault);
    const { tags, packetTypes } = this.#options.personality.dialect;
    this.#relaying = objects;
    const echoed = [tags.command, tags.correlation].flatMap((tag): MisPart[] => {
      const value = misObject(objects, tag)?.value;
      return value ? [[tag, value]] : [];
    });
    const parts: MisPart[] = [
      [tags.packetType, Uint8Array.of(packetTypes.relay)],
      ...echoed,
      [tags.hostPacket, TO_HOST],
    ];
    this.#send(encodeCountedFrame(encodeMisObjects(parts)));
  }

  /** Only a host that really answered lets the sale go on. */
  #fromHost(objects: Request): void {
    const packet = misObject(objects, this.#options.personality.dialect.tags.hostPacket)?.value;
    const request = this.#relaying;
    this.#relaying = undefined;
    this.#control('ACK');
    if (!packet || !request) return;
    this.relayed.push(packet);
    this.#decide(request, undefined);
  }

  #decide(objects: Request, fault: MisFault | undefined): void {
    const { answer, reboots } = this.model.react(objects, fault, this.#options.clock.now());
    if (reboots) return this.#reboot();
    if (!answer) return;
    if (fault === 'unplugged-after-approval') return void this.#unplug();
    const frames = this.#packets(changed(answer, fault, this.#options.personality), fault);
    if (this.#last) this.#last.frames = frames;
    const [first] = frames;
    if (fault === 'late-answer') {
      this.#late = first;
      return;
    }
    if (this.#late) {
      this.#send(this.#late);
      this.#late = undefined;
    }
    this.#say(fault === 'packets-cut' ? frames.slice(0, 1) : frames);
    if (fault === 'duplicate-answer' && first) this.#send(first);
    if (fault === 'answer-before-ack') this.#control('ACK');
  }

  #packets(answer: readonly MisPart[], fault: MisFault | undefined): Uint8Array[] {
    if (fault !== 'packets' && fault !== 'packets-cut') return [encodeCountedFrame(encodeMisObjects(answer))];
    const { more } = this.#options.personality.dialect.tags;
    const [head, tail] = [answer.slice(0, 3), answer.slice(3)];
    const part = (parts: readonly MisPart[], isLast: boolean) =>
      encodeCountedFrame(encodeMisObjects([...head, ...parts, [more, Uint8Array.of(isLast ? 0 : 1)]]));
    return [part([['DF44', 'FIRST PACKET']], false), part(tail.slice(0, 1), false), part(tail.slice(1), true)];
  }

  /** One packet after the other, each behind the ACK of the one before. */
  #say(frames: readonly Uint8Array[]): void {
    this.#answering = [...frames];
    this.#repeats = 0;
    this.#sendAnswer();
  }

  #sendAnswer(): void {
    const [frame] = this.#answering;
    this.#callOff();
    if (!frame) return;
    for (const piece of spoilt(frame, this.#fault, this.#repeats === 0, this.#options.random)) this.#send(piece);
    if (this.#fault === 'gaps') this.#slowly(frame);
    const { clock, personality } = this.#options;
    const sendingMs = this.#fault === 'gaps' ? 3 * GAP_MS : 0;
    this.#callOff = clock.after(personality.repeatMs + sendingMs, () => this.#repeat());
  }

  #slowly(frame: Uint8Array): void {
    const third = Math.ceil(frame.length / 3);
    for (let n = 0; n < 3; n++)
      this.#options.clock.after(n * GAP_MS, () => this.#send(frame.subarray(n * third, (n + 1) * third)));
  }

  #repeat(): void {
    this.#repeats += 1;
    if (this.#repeats <= MAX_REPEATS) this.#sendAnswer();
    else this.#answering = [];
  }

  #verdict(byte: number | undefined): void {
    if (this.#answering.length === 0) return;
    if (byte === MIS_CONTROL.NAK) return this.#repeat();
    if (byte !== MIS_CONTROL.ACK) return;
    this.#answering.shift();
    this.#repeats = 0;
    this.#sendAnswer();
  }

  #control(name: keyof typeof MIS_CONTROL): void {
    this.#send(Uint8Array.of(MIS_CONTROL[name]));
  }

  #send(bytes: Uint8Array): void {
    if (!this.#isOff && bytes.length > 0) void this.#wire.send(bytes);
  }

  #reboot(): void {
    this.#isOff = true;
    this.#callOff();
    this.#answering = [];
    this.#last = undefined;
    this.#options.clock.after(REBOOT_MS, () => {
      this.#isOff = false;
    });
  }

  async #unplug(): Promise<void> {
    await this.#wire.hangup();
    this.#putBack = this.#options.clock.after(UNPLUGGED_MS, () => void this.#wire.replug('same-name'));
  }

  /** Nothing happens by itself any more. The wire is somebody else's. */
  close(): void {
    this.#isOff = true;
    this.#callOff();
    this.#putBack();
  }
}

function changed(answer: readonly MisPart[], fault: MisFault | undefined, { dialect }: MisPersonality): MisPart[] {
  const { correlation, command, result } = dialect.tags;
  return answer.flatMap((part): MisPart[] => {
    const [tag, value] = part;
    if (fault === 'wrong-echo' && tag === correlation) return [[tag, Uint8Array.of(0xbe, 0xef)]];
    if (fault === 'wrong-command' && tag === command) return [[tag, Uint8Array.of(0x77)]];
    if (fault === 'no-result-code' && tag === result) return [];
    return [[tag, value]];
  });
}

/** The pieces of an answer that reach the wire at once. */
function spoilt(
  frame: Uint8Array,
  fault: MisFault | undefined,
  isFirst: boolean,
  random: Random,
): readonly Uint8Array[] {
  const last = frame.length - 1;
  switch (fault) {
    case 'ack-glued-to-answer':
      return isFirst ? [Uint8Array.of(MIS_CONTROL.ACK, ...frame)] : [frame];
    case 'one-byte-chunks':
      return Array.from(frame, (byte) => Uint8Array.of(byte));
    case 'gaps':
      return [];
    case 'noise-before-frame':
      return [
        Uint8Array.from({ length: 1 + Math.floor(random() * 12) }, () => 0x80 + Math.floor(random() * 64)),
        frame,
      ];
    case 'always-bad-lrc':
      return [frame.with(last, (frame[last] ?? 0) ^ 0xff)];
    case 'bad-lrc':
      return [isFirst ? frame.with(last, (frame[last] ?? 0) ^ 0xff) : frame];
    case 'lrc-over-stx':
      return [isFirst ? frame.with(last, (frame[last] ?? 0) ^ 0x02) : frame];
    case 'length-plus-one':
      return [isFirst ? frame.with(2, bcdStep(frame[2] ?? 0, 1)) : frame];
    case 'length-minus-one':
      return [isFirst ? frame.with(2, bcdStep(frame[2] ?? 0, -1)) : frame];
    case 'length-not-bcd':
      return [isFirst ? frame.with(2, 0xaa) : frame];
    default:
      return [frame];
  }
}

function bcdStep(byte: number, step: number): number {
  const value = (10 * (byte >> 4) + (byte & 15) + step + 100) % 100;
  return (Math.floor(value / 10) << 4) | (value % 10);
}
