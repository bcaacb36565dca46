// Packets that carry their length and a check, on a line that may also carry anything else. The framer hunts: a byte that
// can begin no packet is noise, a failed check advances one byte, silence ends what is only half there (and what stands
// behind it gets its chance). bytes in = packets + noise + held, whatever the chunks were.
//
//   FF 17 F3 00 00 1C 31 33 30 ... FB 3F 05
//   ^noise  ^packet                      ^held until silence

/** What stands at `from`: a packet of so many bytes, not enough to know, nothing, or a packet whose check failed. */
export type Measured = number | 'more' | 'junk' | 'bad-check';

/** Running totals over the held bytes, so that a check costs the same however long the packet is. */
export interface Totals {
  /** sum of the bytes from..to-1, mod 2^16 */
  sum(from: number, to: number): number;
  /** exclusive or of the same bytes */
  xor(from: number, to: number): number;
}

export interface PacketShape {
  /** bytes a packet may begin with; anything else is skipped without a second look */
  readonly starts: readonly number[];
  /** so many bytes that fit are the head of a packet; fewer are just bytes, and silence behind them is nobody's loss */
  readonly headBytes: number;
  /** longest packet; also how much is ever held */
  readonly maxBytes: number;
  /** a packet that stops this long before its end was cut off */
  readonly silenceMs: number;
  measure(buffer: Uint8Array, from: number, to: number, totals: Totals): Measured;
  /** where `measure` says more: nothing can be decided before so many bytes more; default 1 */
  missing?(buffer: Uint8Array, from: number, to: number): number;
}

export interface Packet {
  readonly kind: 'packet';
  readonly bytes: Uint8Array;
  /** monotonic ms of the first and the last byte */
  readonly startedAt: number;
  readonly endedAt: number;
}

export type PacketNoiseCause = 'junk' | 'bad-check' | 'cut-off';

/** Bytes that are no packet. `bad-check` is told at once: whoever can ask for a repeat does it now. */
export interface PacketNoise {
  readonly kind: 'noise';
  readonly cause: PacketNoiseCause;
  readonly length: number;
  readonly at: number;
}

export type PacketEvent = Packet | PacketNoise;

const FIRST_ROOM = 512;
/** bytes taken from a chunk before the hunt goes on: what may be held on top of the longest packet */
const BLOCK = 4096;

/** Pure: time is an argument. Memory: at most four times the longest packet and a block, 12 bytes for each byte of it. */
export class PacketFramer {
  readonly tally = { received: 0, framed: 0, noise: 0 };
  readonly #shape: PacketShape;
  readonly #starts = new Uint8Array(256);
  #bytes = new Uint8Array(FIRST_ROOM);
  #times = new Float64Array(FIRST_ROOM);
  /** totals of everything before this byte */
  #sums = new Uint16Array(FIRST_ROOM + 1);
  #xors = new Uint8Array(FIRST_ROOM + 1);
  #from = 0;
  #to = 0;
  /** the newest noise, not told yet: what failed waits for the end of the chunk, the junk behind it for its own end */
  #failure: PacketNoiseCause = 'bad-check';
  #failed = 0;
  #junk = 0;
  #lastAt = 0;
  #out: PacketEvent[] = [];
  readonly #totals: Totals = {
    sum: (from, to) => ((this.#sums[to] ?? 0) - (this.#sums[from] ?? 0)) & 0xffff,
    xor: (from, to) => (this.#xors[to] ?? 0) ^ (this.#xors[from] ?? 0),
  };

  constructor(shape: PacketShape) {
    this.#shape = shape;
    for (const byte of shape.starts) this.#starts[byte] = 1;
  }

  /** bytes that are neither packet nor noise yet */
  get held(): number {
    return this.#to - this.#from + this.#failed + this.#junk;
  }

  /** true: the head of a packet is there, so the other side is still sending */
  get isMidPacket(): boolean {
    return this.#to - this.#from >= this.#shape.headBytes;
  }

  /** when silence will mean something, or `undefined` while nothing is held */
  get nextDeadline(): number | undefined {
    return this.held > 0 ? this.#lastAt + this.#shape.silenceMs : undefined;
  }

  push(bytes: Uint8Array, at: number): PacketEvent[] {
    this.#expire(at);
    this.tally.received += bytes.length;
    for (let from = 0; from < bytes.length; ) from += this.#take(bytes, from, at);
    if (bytes.length > 0) this.#lastAt = at;
    return this.#taken();
  }

  /**
   * Takes bytes until none is held any more, for whoever shares the line with others; how far that is. What came of it is
   * in the next {@link push}, of no bytes if need be.
   */
  feed(bytes: Uint8Array, from: number, at: number): number {
    this.#expire(at);
    let next = from;
    do next += this.#take(bytes, next, at, this.#missing());
    while (next < bytes.length && this.held > 0);
    this.tally.received += next - from;
    this.#lastAt = at;
    return next;
  }

  #missing(): number {
    return this.#shape.missing?.(this.#bytes, this.#from, this.#to) ?? 1;
  }

  /** Nothing came until `at`; a call too early does no harm. */
  silence(at: number): PacketEvent[] {
    this.#expire(at);
    return this.#taken();
  }

  /** At every open and close: no packet holds bytes of two connections. */
  reset(): PacketEvent[] {
    const left = this.#to - this.#from;
    this.#from = this.#to;
    if (left > 0) this.#noise('cut-off', left);
    this.#tell();
    return this.#taken();
  }

  #taken(): PacketEvent[] {
    this.#tellFailure();
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #expire(at: number): void {
    const deadline = this.nextDeadline;
    if (deadline === undefined || at < deadline) return;
    while (this.#to > this.#from) {
      this.#skip(this.#to - this.#from >= this.#shape.headBytes ? 'cut-off' : 'junk');
      this.#hunt();
    }
    this.#tell();
  }

  /** Takes the next bytes, as many as are looked at in one go; how many it took. */
  #take(bytes: Uint8Array, from: number, at: number, most = BLOCK): number {
    let next = from;
    if (this.#to === this.#from) {
      while (next < bytes.length && this.#starts[bytes[next] ?? 0] !== 1) next += 1;
      if (next > from) this.#noise('junk', next - from);
    }
    const end = Math.min(bytes.length, next + most);
    if (end > next) this.#append(bytes, next, end, at);
    this.#hunt();
    return end - from;
  }

  #append(bytes: Uint8Array, from: number, end: number, at: number): void {
    while (this.#to + end - from > this.#bytes.length) this.#makeRoom(end - from);
    const [held, times, sums, xors] = [this.#bytes, this.#times, this.#sums, this.#xors];
    let to = this.#to;
    let sum = sums[to] ?? 0;
    let xor = xors[to] ?? 0;
    for (let n = from; n < end; n++, to++) {
      const byte = bytes[n] ?? 0;
      sum += byte;
      xor ^= byte;
      held[to] = byte;
      times[to] = at;
      sums[to + 1] = sum;
      xors[to + 1] = xor;
    }
    this.#to = to;
    this.#lastAt = at;
  }

  #makeRoom(wanted: number): void {
    const [from, to] = [this.#from, this.#to];
    const size = to - from + wanted > this.#bytes.length / 2 ? 2 * this.#bytes.length : this.#bytes.length;
    this.#bytes = moved(new Uint8Array(size), this.#bytes.subarray(from, to));
    this.#times = moved(new Float64Array(size), this.#times.subarray(from, to));
    this.#sums = moved(new Uint16Array(size + 1), this.#sums.subarray(from, to + 1));
    this.#xors = moved(new Uint8Array(size + 1), this.#xors.subarray(from, to + 1));
    this.#from = 0;
    this.#to = to - from;
  }

  #hunt(): void {
    while (this.#to > this.#from) {
      const found = this.#measure();
      if (found === 'more') return;
      if (typeof found === 'number') this.#emit(found);
      else this.#skip(found);
    }
  }

  #measure(): Measured {
    if (this.#starts[this.#bytes[this.#from] ?? 0] !== 1) return 'junk';
    const found = this.#shape.measure(this.#bytes, this.#from, this.#to, this.#totals);
    if (found === 'more' && this.#to - this.#from >= this.#shape.maxBytes) return 'junk';
    return found;
  }

  #emit(length: number): void {
    this.#tell();
    const end = this.#from + length;
    const startedAt = this.#times[this.#from] ?? 0;
    const endedAt = this.#times[end - 1] ?? 0;
    this.#out.push({ kind: 'packet', bytes: this.#bytes.slice(this.#from, end), startedAt, endedAt });
    this.tally.framed += length;
    this.#from = end;
  }

  #skip(cause: PacketNoiseCause): void {
    this.#from += 1;
    this.#noise(cause, 1);
  }

  /** One event for a run of the same kind, however long it is; junk between two failed checks is part of what failed. */
  #noise(cause: PacketNoiseCause, length: number): void {
    if (cause === 'junk') this.#junk += length;
    else if (cause === this.#failure && this.#failed > 0) this.#failed += this.#takeJunk() + length;
    else {
      this.#tell();
      this.#failure = cause;
      this.#failed = length;
    }
  }

  #takeJunk(): number {
    const junk = this.#junk;
    this.#junk = 0;
    return junk;
  }

  #tell(): void {
    this.#tellFailure();
    if (this.#junk > 0) this.#report('junk', this.#takeJunk());
  }

  #tellFailure(): void {
    if (this.#failed > 0) this.#report(this.#failure, this.#failed);
    this.#failed = 0;
  }

  #report(cause: PacketNoiseCause, length: number): void {
    this.tally.noise += length;
    this.#out.push({ kind: 'noise', cause, length, at: this.#lastAt });
  }
}

function moved<T extends Uint8Array | Uint16Array | Float64Array>(target: T, held: T): T {
  target.set(held);
  return target;
}
