import { crc16Xmodem } from '../../protocols/bytes/crc.ts';
import { type DleEvent, DleFramer, dleFrame } from '../../protocols/framing/dle.ts';
import {
  ACK,
  MAX_REPEATS,
  NAK,
  serialFrame,
  T2_ACK_MS,
  ZVT_SERIAL,
} from '../../protocols/terminal/zvt/serial-frame.ts';
import type { ArmedFaults, TerminalFault } from '../faults/terminal-faults.ts';
import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { Mouth, MouthEars } from './mouth.ts';
import { PacedSender, type Piece } from './paced-sender.ts';

const LATE_ACK_MS = 4_000;
const GARBAGE = Uint8Array.of(0x00, 0xff, 0x10, 0x55, 0x03);

/** The terminal's end of a serial ZVT line: DLE frames, acknowledged one by one. */
export class ZvtSerialMouth implements Mouth {
  readonly #clock: Clock;
  readonly #faults: ArmedFaults;
  readonly #ears: MouthEars;
  readonly #framer = new DleFramer(ZVT_SERIAL);
  #queue: Uint8Array[] = [];
  #saying: { readonly message: Uint8Array; repeats: number } | undefined;
  #callOff: () => void = () => undefined;
  #listenOff: () => void = () => undefined;
  /** an acknowledgement that waits for the answer to go with it, or behind it */
  #held: 'glued' | 'behind' | undefined;
  readonly #sender: PacedSender;

  constructor(wire: Wire, clock: Clock, faults: ArmedFaults, ears: MouthEars) {
    this.#clock = clock;
    this.#faults = faults;
    this.#ears = ears;
    this.#sender = new PacedSender(wire, clock);
    wire.listen((bytes) => this.#handle(this.#framer.push(bytes, clock.mono())));
  }

  say(message: Uint8Array): void {
    this.#queue.push(message);
    if (!this.#saying) this.#next();
  }

  hush(): void {
    this.#queue = [];
    this.#saying = undefined;
    this.#held = undefined;
    this.#sender.hush();
    this.#callOff();
    this.#framer.reset();
  }

  #next(): void {
    const message = this.#queue.shift();
    this.#saying = message && { message, repeats: 0 };
    if (message) this.#write(this.#pieces(message));
  }

  #write(pieces: readonly Piece[]): void {
    this.#send(pieces);
    this.#callOff();
    this.#callOff = this.#clock.after(T2_ACK_MS, () => this.#repeat());
  }

  /** The same bytes again, at most twice. */
  #repeat(): void {
    const saying = this.#saying;
    if (!saying) return;
    if (saying.repeats >= MAX_REPEATS) {
      this.hush();
      return this.#ears.lost();
    }
    saying.repeats += 1;
    this.#write([{ bytes: serialFrame(saying.message) }]);
  }

  #handle(events: readonly DleEvent[]): void {
    for (const event of events) {
      if (event.kind === 'frame') this.#heard(event.payload);
      else if (event.kind === 'answer') this.#answered(event.byte);
      else if (event.cause !== 'junk') this.#send([{ bytes: Uint8Array.of(NAK) }]);
    }
    this.#listenOff();
    const due = this.#framer.nextDeadline;
    if (due === undefined) return;
    this.#listenOff = this.#clock.after(due - this.#clock.mono(), () =>
      this.#handle(this.#framer.silence(this.#clock.mono())),
    );
  }

  #answered(byte: number): void {
    if (!this.#saying) return;
    if (byte === NAK) return this.#repeat();
    this.#said();
  }

  #said(): void {
    this.#callOff();
    this.#saying = undefined;
    this.#next();
  }

  #heard(message: Uint8Array): void {
    if (this.#faults.take('nak-first')) return this.#send([{ bytes: Uint8Array.of(NAK) }]);
    this.#acknowledge();
    // whoever answers has heard
    if (this.#saying) this.#said();
    this.#ears.hear(message);
  }

  #acknowledge(): void {
    const ack = Uint8Array.of(ACK);
    const take = (name: TerminalFault) => this.#faults.take(name);
    if (take('ack-lost')) return;
    if (take('ack-glued')) return void (this.#held = 'glued');
    if (take('answer-before-ack')) return void (this.#held = 'behind');
    if (take('ack-delayed')) return void this.#clock.after(LATE_ACK_MS, () => this.#send([{ bytes: ack }]));
    if (take('ack-twice')) return this.#send([{ bytes: Uint8Array.of(ACK, ACK) }]);
    if (take('ack-then-nak')) return this.#send([{ bytes: Uint8Array.of(ACK, NAK) }]);
    this.#send([{ bytes: ack }]);
  }

  /** What leaves for a message the first time; repeats are always whole. */
  #pieces(message: Uint8Array): readonly Piece[] {
    const frame = this.#withHeldAck(this.#spoilt(message));
    const take = (name: TerminalFault) => this.#faults.take(name);
    if (take('byte-by-byte')) return Array.from(frame, (byte) => ({ bytes: Uint8Array.of(byte), afterMs: 3 }));
    if (take('garbage')) return [{ bytes: Uint8Array.of(...GARBAGE, ...frame) }];
    const gap = take('gap-199') ? 199 : take('gap-201') ? 201 : undefined;
    if (gap === undefined) return [{ bytes: frame }];
    const half = frame.length >> 1;
    return [{ bytes: frame.subarray(0, half) }, { bytes: frame.subarray(half), afterMs: gap }];
  }

  #spoilt(message: Uint8Array): Uint8Array {
    const frame = serialFrame(message);
    if (this.#faults.take('bad-check')) return frame.with(3, (frame[3] ?? 0) ^ 0x20);
    if (this.#faults.take('length-off-by-one')) return serialFrame(message.with(2, (message[2] ?? 1) - 1));
    if (!this.#faults.take('xmodem-check')) return frame;
    const crc = crc16Xmodem(Uint8Array.of(...message, 0x03));
    return dleFrame(message, Uint8Array.of(crc & 0xff, crc >> 8));
  }

  #withHeldAck(frame: Uint8Array): Uint8Array {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return frame;
    return held === 'glued' ? Uint8Array.of(ACK, ...frame) : Uint8Array.of(...frame, ACK);
  }

  #send(pieces: readonly Piece[]): void {
    this.#sender.send(pieces);
  }
}
