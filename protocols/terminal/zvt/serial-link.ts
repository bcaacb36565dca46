import { type DleEvent, DleFramer } from '../../framing/dle.ts';
import type { LinkEvent, ZvtLink } from './link.ts';
import { ACK, MAX_REPEATS, NAK, serialFrame, T2_ACK_MS, ZVT_SERIAL } from './serial-frame.ts';

// ZVT on a serial line: every frame is acknowledged before the next one.
//
//   till  10 02 06 01 07 04 .. 10 03 76 57  ─▶
//                                            ◀─  06                                ACK within T2 (5 s), or it is said again
//                                            ◀─  10 02 80 00 00 10 03 F5 1F
//   till  06                                ─▶
//
// A repeat is the same bytes, twice at most. An answer that comes without its ACK, or before it, has heard us. The frame that
// comes again because our ACK was lost is acknowledged again and told to nobody: until the other side has our answer to it,
// the same frame cannot be a new one.

interface Saying {
  readonly frame: Uint8Array;
  readonly repeats: number;
  readonly deadline: number;
}

export class SerialLink implements ZvtLink {
  readonly #framer = new DleFramer(ZVT_SERIAL);
  #queue: Uint8Array[] = [];
  #saying: Saying | undefined;
  /** the newest frame that was heard and not answered through to the other side */
  #unanswered: Uint8Array | undefined;
  #out: LinkEvent[] = [];

  say(message: Uint8Array, at: number): readonly LinkEvent[] {
    this.#queue.push(serialFrame(message));
    if (!this.#saying) this.#next(at);
    return this.#taken();
  }

  push(bytes: Uint8Array, at: number): readonly LinkEvent[] {
    this.#handle(this.#framer.push(bytes, at), at);
    return this.#taken();
  }

  time(at: number): readonly LinkEvent[] {
    this.#handle(this.#framer.silence(at), at);
    if (this.#saying && at >= this.#saying.deadline) this.#repeat(at);
    return this.#taken();
  }

  reset(): void {
    this.#framer.reset();
    this.#queue = [];
    this.#saying = undefined;
    this.#unanswered = undefined;
  }

  get nextDeadline(): number | undefined {
    const due = [this.#framer.nextDeadline, this.#saying?.deadline].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  #taken(): readonly LinkEvent[] {
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #handle(events: readonly DleEvent[], at: number): void {
    for (const event of events) {
      if (event.kind === 'frame') this.#heard(event.payload, at);
      else if (event.kind === 'answer') this.#answered(event.byte, at);
      else if (event.cause !== 'junk') this.#write(Uint8Array.of(NAK));
    }
  }

  #heard(message: Uint8Array, at: number): void {
    this.#write(Uint8Array.of(ACK));
    if (this.#unanswered && isEqual(this.#unanswered, message)) return;
    if (this.#saying) this.#delivered(at);
    this.#unanswered = message;
    this.#out.push({ kind: 'heard', message });
  }

  /** An ACK that nobody waits for is one that came twice, or behind its answer. */
  #answered(byte: number, at: number): void {
    if (!this.#saying) return;
    if (byte === NAK) this.#repeat(at);
    else this.#delivered(at);
  }

  #delivered(at: number): void {
    this.#saying = undefined;
    this.#unanswered = undefined;
    this.#out.push({ kind: 'delivered' });
    this.#next(at);
  }

  #repeat(at: number): void {
    const saying = this.#saying;
    if (!saying) return;
    if (saying.repeats >= MAX_REPEATS) {
      this.#saying = undefined;
      this.#queue = [];
      this.#out.push({ kind: 'not-delivered' });
    } else this.#send({ frame: saying.frame, repeats: saying.repeats + 1, deadline: at + T2_ACK_MS });
  }

  #next(at: number): void {
    const frame = this.#queue.shift();
    if (frame) this.#send({ frame, repeats: 0, deadline: at + T2_ACK_MS });
  }

  #send(saying: Saying): void {
    this.#saying = saying;
    this.#write(saying.frame);
  }

  #write(bytes: Uint8Array): void {
    this.#out.push({ kind: 'write', bytes });
  }
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
