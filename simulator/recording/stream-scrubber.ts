import { PacketFramer } from '../../protocols/framing/packet.ts';
import type { FrameKind, FrameText } from './gun-frames.ts';
import { type Cell, Lane } from './lane.ts';
import { OVER_MS, type Scrubber, type Settled } from './scrubber.ts';
import type { Manner, SyntheticCodes } from './synthetic.ts';

// A stream of bytes: frames where the language has them, lines around them. Places are counted from the first byte of the
// recording; `settled` is where the bytes end that nobody will change any more.

interface Chunk {
  readonly at: number;
  /** place behind its last byte */
  readonly end: number;
}

interface OpenFrame {
  readonly from: number;
  readonly to: number;
  readonly text: FrameText;
  /** the same part once more, because its acknowledgement was lost: it becomes what that one becomes */
  readonly repeats?: OpenFrame;
}

export class StreamScrubber implements Scrubber {
  readonly #kind: FrameKind | undefined;
  readonly #framer: PacketFramer | undefined;
  readonly #lane: Lane;
  #bytes = new Uint8Array();
  /** place of the first held byte */
  #base = 0;
  /** place behind the last byte that was looked at */
  #seen = 0;
  #chunks: Chunk[] = [];
  /** frames of the code in hand: their checks are made right when it is replaced */
  #frames: OpenFrame[] = [];
  #lastAt = 0;

  constructor(codes: SyntheticCodes, kind?: FrameKind, manner: Manner = {}) {
    this.#kind = kind;
    this.#framer = kind && new PacketFramer(kind.shape);
    this.#lane = new Lane(codes, manner);
  }

  push(bytes: Uint8Array, at: number): readonly Settled[] {
    this.#expire(at);
    this.#bytes = Uint8Array.of(...this.#bytes, ...bytes);
    this.#chunks.push({ at, end: this.#base + this.#bytes.length });
    this.#lastAt = at;
    if (this.#framer) this.#take(this.#framer.push(bytes, at));
    else this.#text(bytes.length);
    return this.#settle();
  }

  silence(at: number): readonly Settled[] {
    if (this.#framer) this.#take(this.#framer.silence(at));
    this.#expire(at);
    return this.#settle();
  }

  end(): readonly Settled[] {
    if (this.#framer) this.#take(this.#framer.reset());
    this.#over();
    return this.#settle();
  }

  #expire(at: number): void {
    if (at - this.#lastAt >= OVER_MS && !this.#lane.isEmpty) this.#over();
  }

  #take(events: ReturnType<PacketFramer['push']>): void {
    for (const event of events) {
      if (event.kind === 'noise') this.#text(event.length);
      else this.#frame(event.bytes.length);
    }
  }

  #frame(length: number): void {
    const from = this.#seen;
    const frame = this.#view(from, from + length);
    const text = this.#kind?.text(frame);
    if (this.#frames.length === 0 || !text) this.#over();
    this.#seen += length;
    if (!text) return;
    const last = this.#frames.at(-1);
    const repeats = last && this.#isSameText(frame, text, last) ? last : undefined;
    this.#frames.push({ from, to: this.#seen, text, ...(repeats && { repeats }) });
    if (!repeats) this.#addFrameText(from, frame, text);
    if (!text.continues) this.#over();
  }

  #isSameText(frame: Uint8Array, { from, to }: FrameText, last: OpenFrame): boolean {
    const [one, other] = [frame.subarray(from, to), this.#textOf(last)];
    return one.length === other.length && one.every((byte, at) => byte === other[at]);
  }

  #textOf({ from, text }: OpenFrame): Uint8Array {
    return this.#view(from + text.from, from + text.to);
  }

  #addFrameText(at: number, frame: Uint8Array, { from, to }: FrameText): void {
    for (let n = from; n < to; n++) {
      // a suffix that the gun is set to stands behind the code
      if ((frame[n] ?? 0) < 0x20) this.#lane.flush();
      else this.#lane.add(this.#cell(at + n));
    }
  }

  /** Bytes of no frame: a control character ends a code. */
  #text(length: number): void {
    if (this.#frames.length > 0) this.#over();
    for (let left = length; left > 0; left--) {
      const place = this.#seen;
      this.#seen += 1;
      if ((this.#bytes[place - this.#base] ?? 0) < 0x20) this.#over();
      else this.#lane.add(this.#cell(place));
    }
  }

  #over(): void {
    this.#lane.flush();
    for (const frame of this.#frames) {
      if (frame.repeats) this.#textOf(frame).set(this.#textOf(frame.repeats));
      this.#kind?.repair(this.#view(frame.from, frame.to));
    }
    this.#frames = [];
  }

  #cell(place: number): Cell {
    return {
      char: String.fromCharCode(this.#bytes[place - this.#base] ?? 0),
      write: (char) => {
        this.#bytes[place - this.#base] = char.charCodeAt(0);
      },
    };
  }

  #view(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from - this.#base, to - this.#base);
  }

  #settle(): readonly Settled[] {
    const settled: Settled[] = [];
    if (!this.#lane.isEmpty || this.#frames.length > 0) return settled;
    for (let chunk = this.#chunks[0]; chunk && chunk.end <= this.#seen; chunk = this.#chunks[0]) {
      settled.push({ at: chunk.at, bytes: this.#view(this.#base, chunk.end).slice() });
      this.#bytes = this.#bytes.slice(chunk.end - this.#base);
      this.#base = chunk.end;
      this.#chunks.shift();
    }
    return settled;
  }
}
