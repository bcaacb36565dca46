import { PacketFramer, type PacketShape } from '../../protocols/framing/packet.ts';
import { ACK, NAK } from '../../protocols/terminal/counted-frame.ts';
import type { ArmedFaults, TerminalFault } from '../faults/terminal-faults.ts';
import type { Wire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { Mouth, MouthEars } from './mouth.ts';
import { PacedSender, type Piece } from './paced-sender.ts';

/** 2 s for the acknowledgement, then the same frame again, three times in all (Transbank's document; KBTG's says three as well) */
const ACK_MS = 2_000;
const SENDS = 3;
const LATE_ACK_MS = 1_500;
const GARBAGE = Uint8Array.of(0x00, 0xff, 0x41, 0x7f);

/** The terminal's end of a line whose frames are taken or refused by one byte: Link, NETS, NCCC, Transbank. */
export class AckedMouth implements Mouth {
  readonly #clock: Clock;
  readonly #faults: ArmedFaults;
  readonly #ears: MouthEars;
  readonly #framer: PacketFramer;
  readonly #sender: PacedSender;
  #queue: Uint8Array[] = [];
  /** `tillSpoke`: of something else meanwhile */
  #saying: { readonly frame: Uint8Array; sends: number; tillSpoke: boolean } | undefined;
  #callOff: () => void = () => undefined;
  /** an acknowledgement that waits for the answer to go with it, or behind it */
  #held: 'glued' | 'behind' | undefined;

  constructor(wire: Wire, clock: Clock, faults: ArmedFaults, shape: PacketShape, ears: MouthEars) {
    this.#clock = clock;
    this.#faults = faults;
    this.#ears = ears;
    this.#framer = new PacketFramer(shape);
    this.#sender = new PacedSender(wire, clock);
    wire.listen((bytes) => {
      for (const event of this.#framer.push(bytes, clock.mono())) {
        if (event.kind === 'noise') this.#noise(event.cause);
        else if (event.bytes.length > 1) this.#heard(event.bytes);
        else this.#answered(event.bytes[0] ?? 0);
      }
    });
  }

  /** `frame`: whole, with its check. */
  say(frame: Uint8Array): void {
    this.#queue.push(frame);
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
    const frame = this.#queue.shift();
    this.#saying = frame && { frame, sends: 1, tillSpoke: false };
    if (frame) this.#write(this.#pieces(frame));
  }

  #write(pieces: readonly Piece[]): void {
    this.#sender.send(pieces);
    this.#callOff();
    this.#callOff = this.#clock.after(ACK_MS, () => this.#again());
  }

  #again(): void {
    const saying = this.#saying;
    if (!saying) return;
    if (saying.sends >= SENDS) return this.#untaken(saying.tillSpoke);
    saying.sends += 1;
    this.#write([{ bytes: saying.frame }]);
  }

  /** Said often enough. A till that came back and asked something is there, and gets its answer; only this frame is given up. */
  #untaken(isTillThere: boolean): void {
    if (isTillThere) return this.#next();
    this.hush();
    this.#ears.lost();
  }

  #answered(byte: number): void {
    if (!this.#saying) return;
    if (byte === NAK) return this.#again();
    this.#callOff();
    this.#saying = undefined;
    this.#next();
  }

  #noise(cause: string): void {
    if (cause === 'bad-check') this.#sender.send([{ bytes: Uint8Array.of(NAK) }]);
  }

  #heard(frame: Uint8Array): void {
    if (this.#saying) this.#saying.tillSpoke = true;
    if (this.#faults.take('nak-first')) return this.#noise('bad-check');
    this.#acknowledge();
    this.#ears.hear(frame);
  }

  #acknowledge(): void {
    const send = (...bytes: readonly number[]) => this.#sender.send([{ bytes: Uint8Array.of(...bytes) }]);
    const take = (name: TerminalFault) => this.#faults.take(name);
    if (take('ack-lost')) return;
    if (take('ack-glued')) return void (this.#held = 'glued');
    if (take('answer-before-ack')) return void (this.#held = 'behind');
    if (take('ack-delayed')) return void this.#clock.after(LATE_ACK_MS, () => send(ACK));
    if (take('ack-twice')) return send(ACK, ACK);
    if (take('ack-then-nak')) return send(ACK, NAK);
    send(ACK);
  }

  /** What leaves for a frame the first time; repeats are always whole. */
  #pieces(whole: Uint8Array): readonly Piece[] {
    const take = (name: TerminalFault) => this.#faults.take(name);
    const frame = this.#withHeldAck(take('bad-check') ? whole.with(1, (whole[1] ?? 0) ^ 0x20) : whole);
    if (take('byte-by-byte')) return Array.from(frame, (byte) => ({ bytes: Uint8Array.of(byte), afterMs: 3 }));
    if (take('garbage')) return [{ bytes: Uint8Array.of(...GARBAGE, ...frame) }];
    const gap = take('gap-199') ? 199 : take('gap-201') ? 201 : undefined;
    if (gap === undefined) return [{ bytes: frame }];
    const half = frame.length >> 1;
    return [{ bytes: frame.subarray(0, half) }, { bytes: frame.subarray(half), afterMs: gap }];
  }

  #withHeldAck(frame: Uint8Array): Uint8Array {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return frame;
    return held === 'glued' ? Uint8Array.of(ACK, ...frame) : Uint8Array.of(...frame, ACK);
  }
}
