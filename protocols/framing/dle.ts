// Frames between two marks of two bytes, DLE inside doubled, a check behind the end, single answer bytes between frames:
//
//   06 | 10 02  80 00 00  10 03  F5 1F            ACK, then a frame
//        10 02  06 01 07 04 00000000 10 10 03  10 03  0A BB        data 10 03: the 10 is doubled, so it is not the end
//
// The check bytes are not doubled and may be anything, also 10 02. bytes in = frames + answers + noise + held, whatever the
// chunks were. DLE STX always begins a frame anew; a frame whose check failed is searched again, one byte further on, for
// another beginning. What stands in a broken frame, or directly behind junk, is never taken for an answer byte: 06 is an ACK
// and also the class of most messages.

const DLE = 0x10;
const STX = 0x02;
const ETX = 0x03;

export interface DleShape {
  /** bytes that are an answer by themselves, between frames */
  readonly answers: readonly number[];
  readonly checkBytes: number;
  /** `payload` without marks and doubling */
  isRight(payload: Uint8Array, check: Uint8Array): boolean;
  /** longest payload */
  readonly maxBytes: number;
  /** a frame that stops this long before its end was cut off */
  readonly silenceMs: number;
}

export interface DleFrame {
  readonly kind: 'frame';
  readonly payload: Uint8Array;
  /** monotonic ms of the last byte */
  readonly at: number;
}

export interface DleAnswer {
  readonly kind: 'answer';
  readonly byte: number;
  readonly at: number;
}

export type DleNoiseCause = 'junk' | 'bad-check' | 'cut-off' | 'overlong';

export interface DleNoise {
  readonly kind: 'noise';
  readonly cause: DleNoiseCause;
  readonly length: number;
  readonly at: number;
}

export type DleEvent = DleFrame | DleAnswer | DleNoise;

const FIRST_ROOM = 512;
/** bytes taken from a chunk before the hunt goes on */
const BLOCK = 4096;

/** Pure: time is an argument. Memory: the longest frame with every byte doubled, and a block. */
export class DleFramer {
  readonly tally = { received: 0, framed: 0, noise: 0 };
  readonly #shape: DleShape;
  readonly #maxRaw: number;
  #bytes = new Uint8Array(FIRST_ROOM);
  #from = 0;
  #to = 0;
  /** of the frame that begins at #from: what is looked at next, and whether the byte before it is an open DLE */
  #scan = 2;
  #afterDle = false;
  #endMark = 0;
  /** answer bytes before this place belong to a broken frame */
  #brokenUntil = 0;
  #junk = 0;
  #lastAt = 0;
  #out: DleEvent[] = [];

  constructor(shape: DleShape) {
    this.#shape = shape;
    this.#maxRaw = 2 * shape.maxBytes + 4 + shape.checkBytes;
  }

  /** bytes that are neither frame nor noise yet */
  get held(): number {
    return this.#to - this.#from + this.#junk;
  }

  /** true: a frame has begun, so the other side is still sending */
  get isMidFrame(): boolean {
    return this.#to - this.#from >= 2;
  }

  get nextDeadline(): number | undefined {
    return this.held > 0 ? this.#lastAt + this.#shape.silenceMs : undefined;
  }

  push(bytes: Uint8Array, at: number): DleEvent[] {
    this.#expire(at);
    this.tally.received += bytes.length;
    for (let from = 0; from < bytes.length; from += BLOCK) {
      this.#lastAt = at;
      this.#append(bytes.subarray(from, from + BLOCK));
      this.#hunt();
    }
    return this.#taken();
  }

  /** Nothing came until `at`; a call too early does no harm. */
  silence(at: number): DleEvent[] {
    this.#expire(at);
    return this.#taken();
  }

  /** At every open and close: no frame holds bytes of two connections. */
  reset(): DleEvent[] {
    this.#drop();
    return this.#taken();
  }

  #taken(): DleEvent[] {
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #expire(at: number): void {
    const deadline = this.nextDeadline;
    if (deadline !== undefined && at >= deadline) this.#drop();
  }

  /** What is held is no frame any more. A complete one cannot be in it: its end would have been seen. */
  #drop(): void {
    const left = this.#to - this.#from;
    if (this.isMidFrame) this.#noise('cut-off', left);
    else this.#junk += left;
    this.#begin(this.#to);
    this.#tellJunk();
    this.#brokenUntil = 0;
  }

  #append(part: Uint8Array): void {
    if (this.#to + part.length > this.#bytes.length) this.#makeRoom(part.length);
    this.#bytes.set(part, this.#to);
    this.#to += part.length;
  }

  #makeRoom(wanted: number): void {
    const held = this.#to - this.#from;
    let size = this.#bytes.length;
    while (held + wanted > size / 2) size *= 2;
    const fresh = new Uint8Array(size);
    fresh.set(this.#bytes.subarray(this.#from, this.#to));
    this.#bytes = fresh;
    const gone = this.#from;
    this.#scan = Math.max(0, this.#scan - gone);
    this.#endMark = Math.max(0, this.#endMark - gone);
    this.#brokenUntil = Math.max(0, this.#brokenUntil - gone);
    this.#from = 0;
    this.#to = held;
  }

  /** The next frame, if one begins there, is looked at from its beginning. */
  #begin(at: number): void {
    this.#from = at;
    this.#scan = at + 2;
    this.#afterDle = false;
    this.#endMark = 0;
  }

  #hunt(): void {
    while (this.#from < this.#to) {
      const byte = this.#bytes[this.#from] ?? 0;
      if (byte !== DLE) this.#single(byte);
      else if (this.#from + 1 >= this.#to) return;
      else if (this.#bytes[this.#from + 1] !== STX) this.#skip();
      else if (!this.#frame()) return;
    }
  }

  #single(byte: number): void {
    if (!this.#shape.answers.includes(byte) || this.#from < this.#brokenUntil || this.#junk > 0) return this.#skip();
    this.tally.framed += 1;
    this.#out.push({ kind: 'answer', byte, at: this.#lastAt });
    this.#begin(this.#from + 1);
  }

  #skip(): void {
    this.#junk += 1;
    this.#begin(this.#from + 1);
  }

  /** false: its end is not here yet. */
  #frame(): boolean {
    if (this.#endMark === 0) this.#scanToEnd();
    if (this.#endMark === 0) {
      if (this.#scan - this.#from <= this.#maxRaw) return false;
      this.#fail('overlong', this.#scan);
      return true;
    }
    const end = this.#endMark + this.#shape.checkBytes;
    if (end > this.#to) return false;
    const payload = undoubled(this.#bytes.subarray(this.#from + 2, this.#endMark - 2));
    const isRight = payload !== undefined && payload.length <= this.#shape.maxBytes;
    if (isRight && this.#shape.isRight(payload, this.#bytes.subarray(this.#endMark, end))) this.#emit(payload, end);
    else this.#fail('bad-check', end);
    return true;
  }

  /** To behind DLE ETX. Whatever else follows a DLE makes the frame a bad one, but not a shorter one. */
  #scanToEnd(): void {
    while (this.#scan < this.#to && this.#endMark === 0 && this.#scan - this.#from <= this.#maxRaw) {
      const byte = this.#bytes[this.#scan] ?? 0;
      this.#scan += 1;
      if (!this.#afterDle) this.#afterDle = byte === DLE;
      else {
        this.#afterDle = false;
        if (byte === ETX) this.#endMark = this.#scan;
        else if (byte === STX) this.#restart(this.#scan - 2);
      }
    }
  }

  /** DLE STX inside a frame: the sender began anew. */
  #restart(at: number): void {
    this.#noise('cut-off', at - this.#from);
    this.#begin(at);
  }

  #emit(payload: Uint8Array, end: number): void {
    this.#tellJunk();
    this.tally.framed += end - this.#from;
    this.#out.push({ kind: 'frame', payload, at: this.#lastAt });
    this.#begin(end);
  }

  /** Noise up to the next place in it where a frame may begin. */
  #fail(cause: DleNoiseCause, end: number): void {
    let next = this.#from + 1;
    while (next < end && !this.#mayBegin(next, end)) next += 1;
    this.#brokenUntil = Math.max(this.#brokenUntil, end);
    this.#noise(cause, next - this.#from);
    this.#begin(next);
  }

  #mayBegin(at: number, end: number): boolean {
    return this.#bytes[at] === DLE && (at + 1 === end || this.#bytes[at + 1] === STX);
  }

  #noise(cause: DleNoiseCause, length: number): void {
    this.#tellJunk();
    this.tally.noise += length;
    this.#out.push({ kind: 'noise', cause, length, at: this.#lastAt });
  }

  /** A run of junk is one event, told at its end. */
  #tellJunk(): void {
    const length = this.#junk;
    this.#junk = 0;
    if (length > 0) this.#noise('junk', length);
  }
}

/** `undefined`: a DLE that is not doubled. */
function undoubled(raw: Uint8Array): Uint8Array | undefined {
  const payload = new Uint8Array(raw.length);
  let length = 0;
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at] ?? 0;
    if (byte === DLE && raw[++at] !== DLE) return undefined;
    payload[length++] = byte;
  }
  return payload.slice(0, length);
}

/** The frame of a payload and its check bytes. */
export function dleFrame(payload: Uint8Array, check: Uint8Array): Uint8Array {
  const doubled = Array.from(payload).flatMap((byte) => (byte === DLE ? [DLE, DLE] : [byte]));
  return Uint8Array.from([DLE, STX, ...doubled, DLE, ETX, ...check]);
}
