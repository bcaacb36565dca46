// What a serial gun says: [prefix] data end. No length, no checksum: silence and the port's opening are the only other
// landmarks (scanners.md 1.1, 1.4).
//
//   31 33 30 30 ... 34 0D          CR gun
//   31 33 30 30 ... 34 0D 0A       CRLF gun: the frame is out at the CR, an LF within 20 ms is swallowed
//   02 31 33 30 30 ... 34 03       STX/ETX preset of cash registers
//
// bytes in = frames + noise + held, whatever the chunks were.

const CR = 0x0d;
const LF = 0x0a;

/** Largest QR symbol: 2953 bytes or 7089 digits (ISO/IEC 18004). A longer line is no code. */
export const MAX_LINE_BYTES = 8192;
/** CRLF guns: the LF follows one character time later, or one USB latency timer (16 ms) later. */
const LF_AFTER_CR_MS = 20;
/** A line that stops this long before its end was cut off: it is dropped, never completed by the next scan. */
export const PARTIAL_SILENCE_MS = 500;
/** Shortest silence that ends a code of a gun without a terminator. */
export const MIN_IDLE_MS = 100;
/** Prefixes and ends are compared in one 32-bit word. */
const MAX_MARK_BYTES = 4;

export type LineEndName = 'CR' | 'LF' | 'CRLF' | 'TAB' | 'ETX';

/** How a frame ended, as far as it was known when it was emitted: a CRLF gun's frame is out before its LF comes. */
export type LineTerminator = LineEndName | 'other' | 'none';

export interface LineFrame {
  readonly kind: 'frame';
  /** without prefix and end */
  readonly bytes: Uint8Array;
  readonly terminator: LineTerminator;
  /** monotonic ms of the first and the last byte */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly reason: 'terminator' | 'idle';
}

export type LineNoiseCause = 'junk-before-prefix' | 'partial-dropped' | 'overflow' | 'discarded';

/** Bytes that are no frame. `discarded` follows `overflow`: the rest of the overlong line. */
export interface LineNoise {
  readonly kind: 'noise';
  readonly cause: LineNoiseCause;
  readonly length: number;
}

export type LineEvent = LineFrame | LineNoise;

/** Anything that turns a gun's bytes into lines. */
export interface LineSource {
  /** `at`: monotonic ms, never running backwards */
  push(bytes: Uint8Array, at: number): LineEvent[];
  /** Nothing came until `at`. To be called at {@link nextDeadline}; a call too early does no harm. */
  silence(at: number): LineEvent[];
  /** Call at every open and close: no frame holds bytes of two connections. */
  reset(): LineEvent[];
  /** when silence will mean something, or `undefined` while nothing is held */
  readonly nextDeadline: number | undefined;
}

export interface LineConfig {
  /** see {@link lineEnds}; empty: only silence ends a line */
  readonly ends: readonly Uint8Array[];
  readonly prefix?: Uint8Array;
  /** default true: bytes before the prefix are noise. false: the prefix is cut off where it is there */
  readonly prefixRequired?: boolean;
  /** silence that ends a line when there are no `ends`; default {@link MIN_IDLE_MS} */
  readonly idleMs?: number;
  readonly maxBytes?: number;
}

const END_BYTES = { CR: [CR], LF: [LF], CRLF: [CR, LF], TAB: [0x09], ETX: [0x03] } as const;

/** The byte sequences that end a line. A CR stands in front of an LF in CRLF guns: it never belongs to the data. */
export function lineEnds(...names: readonly LineEndName[]): Uint8Array[] {
  const chosen = new Set(names);
  if (chosen.has('CR')) chosen.delete('CRLF');
  else if (chosen.has('LF')) chosen.add('CRLF');
  return [...chosen].map((name) => Uint8Array.from(END_BYTES[name]));
}

/** CR, LF, CRLF or TAB: whatever the gun was set to. */
export const AUTO_ENDS: readonly Uint8Array[] = lineEnds('CR', 'LF', 'CRLF', 'TAB');

/** A gun without a terminator: max(100 ms, 10 character times + 50 ms), scanners.md 1.3. */
export function idleMsAt(baudRate: number, bitsPerCharacter = 10): number {
  return Math.max(MIN_IDLE_MS, 10 * characterMs(baudRate, bitsPerCharacter) + 50);
}

/** Milliseconds one character takes; 8N1 is start + 8 + stop = 10 bit times. */
export function characterMs(baudRate: number, bitsPerCharacter = 10): number {
  return (bitsPerCharacter * 1000) / baudRate;
}

interface Mark {
  readonly value: number;
  readonly mask: number;
  readonly length: number;
  readonly name: LineTerminator;
}

/** Counts since the framer was made: received = framed + noise + held. Blank lines are noise nobody needs to hear of. */
export interface LineTally {
  received: number;
  framed: number;
  noise: number;
}

/** Copying so few bytes one by one is quicker than asking for it. */
const SHORT_RUN = 48;
/** A gun's codes come in such chunks; longer ones are floods and files. */
const SHORT_CHUNK = 1024;

/** Serial bytes to lines. Pure: time is an argument; memory is bounded by `maxBytes`. */
export class LineFramer implements LineSource {
  readonly tally: LineTally = { received: 0, framed: 0, noise: 0 };
  readonly #ends: readonly Mark[];
  readonly #endsWith = new Uint8Array(256);
  /** ends of one byte that end no longer one: what they close is a line without a second look */
  readonly #plainEnds: (Mark | undefined)[] = [];
  /** the bytes that prefix and ends end with: between two of them nothing can happen */
  readonly #stops: readonly number[];
  /** of the chunk in hand */
  #copy: Uint8Array | undefined;
  /** where each of them comes next in the chunk in hand */
  readonly #nextStops: number[];
  readonly #prefix: Mark | undefined;
  readonly #prefixRequired: boolean;
  /** A control character never stands in data: it starts a line wherever it comes. */
  readonly #prefixRestarts: boolean;
  readonly #prefixIsBlank: boolean;
  readonly #waitMs: number;
  readonly #maxBytes: number;
  /** bytes of an end that may stand behind `maxBytes` of data */
  readonly #slack: number;

  #mode: 'hunt' | 'line' | 'discard';
  #buffer = new Uint8Array(256);
  #length = 0;
  /** prefix bytes of the line in hand */
  #overhead = 0;
  /** bytes skipped while hunting or discarding */
  #skipped = 0;
  /** the last four bytes */
  #recent = 0;
  #startedAt = 0;
  #lastAt = 0;
  /** an LF until then belongs to the CR before it, and counts as the line did */
  #lineFeedUntil = Number.NEGATIVE_INFINITY;
  #lineFeedCounts: 'framed' | 'noise' = 'noise';
  #out: LineEvent[] = [];

  constructor(config: LineConfig) {
    this.#ends = config.ends.map(markOf).sort((a, b) => b.length - a.length);
    for (const end of this.#ends) this.#endsWith[end.value & 0xff] = 1;
    this.#prefix = config.prefix?.length ? markOf(config.prefix) : undefined;
    this.#prefixRequired = this.#prefix !== undefined && (config.prefixRequired ?? true);
    this.#prefixRestarts = (config.prefix?.[0] ?? 0x20) < 0x20;
    this.#prefixIsBlank = isBlank(config.prefix?.[0] ?? 0x20);
    this.#waitMs = this.#ends.length > 0 ? PARTIAL_SILENCE_MS : (config.idleMs ?? MIN_IDLE_MS);
    this.#maxBytes = config.maxBytes ?? MAX_LINE_BYTES;
    this.#slack = Math.max(0, ...this.#ends.map((end) => end.length - 1));
    this.#mode = this.#prefixRequired ? 'hunt' : 'line';
    const stops = this.#ends.map((end) => end.value & 0xff);
    this.#stops = [...new Set(this.#prefix ? [...stops, this.#prefix.value & 0xff] : stops)];
    this.#nextStops = this.#stops.map(() => -1);
    if (!this.#prefix)
      for (const end of this.#ends)
        if (stops.filter((stop) => stop === (end.value & 0xff)).length === 1 && end.length === 1)
          this.#plainEnds[end.value] = end;
  }

  /** bytes that are neither framed nor noise yet */
  get held(): number {
    return this.#length + this.#overhead + this.#skipped;
  }

  get nextDeadline(): number | undefined {
    return this.held > 0 || this.#mode === 'discard' ? this.#lastAt + this.#waitMs : undefined;
  }

  push(bytes: Uint8Array, at: number): LineEvent[] {
    this.#expire(at);
    this.tally.received += bytes.length;
    this.#takeAll(bytes, at);
    if (bytes.length > 0) this.#lastAt = at;
    return this.#taken();
  }

  silence(at: number): LineEvent[] {
    this.#expire(at);
    return this.#taken();
  }

  reset(): LineEvent[] {
    this.#dropHeld();
    this.#lineFeedUntil = Number.NEGATIVE_INFINITY;
    return this.#taken();
  }

  #taken(): LineEvent[] {
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #expire(at: number): void {
    const deadline = this.nextDeadline;
    if (deadline === undefined || at < deadline) return;
    if (this.#ends.length === 0 && this.#mode === 'line') this.#endByIdle();
    else this.#dropHeld();
  }

  /** From stop to stop: what lies between them cannot begin or end a line. */
  #takeAll(bytes: Uint8Array, at: number): void {
    this.#nextStops.fill(-1);
    let from = this.#swallowed(bytes, 0, at);
    while (from < bytes.length) {
      const stop = this.#nextStop(bytes, from);
      const end = stop < bytes.length && this.held === 0 ? this.#plainEnds[bytes[stop] ?? 0] : undefined;
      if (end && this.#isWhole(bytes, from, stop)) this.#emitWhole(bytes, from, stop, end, at);
      else {
        if (stop > from) this.#run(bytes, from, stop, at);
        if (stop < bytes.length) this.#take(bytes[stop] ?? 0, at);
      }
      from = this.#swallowed(bytes, stop + 1, at);
    }
    this.#copy = undefined;
  }

  #nextStop(bytes: Uint8Array, from: number): number {
    let first = bytes.length;
    const next = this.#nextStops;
    for (let n = 0; n < next.length; n++) {
      let at = next[n] ?? 0;
      if (at < from) {
        at = bytes.indexOf(this.#stops[n] ?? 0, from);
        if (at < 0) at = bytes.length;
        next[n] = at;
      }
      if (at < first) first = at;
    }
    return first;
  }

  /** Behind the LF of a CRLF whose CR has ended a line already. */
  #swallowed(bytes: Uint8Array, from: number, at: number): number {
    if (this.#lineFeedUntil === Number.NEGATIVE_INFINITY || from >= bytes.length) return from;
    const isPart = bytes[from] === LF && at <= this.#lineFeedUntil;
    this.#lineFeedUntil = Number.NEGATIVE_INFINITY;
    if (!isPart) return from;
    this.tally[this.#lineFeedCounts] += 1;
    return from + 1;
  }

  /** Is it a line of its own, from its first byte to its end? */
  #isWhole(bytes: Uint8Array, from: number, stop: number): boolean {
    const length = stop - from;
    return this.#mode === 'line' && length > 0 && length <= this.#maxBytes && !isBlank(bytes[from] ?? 0);
  }

  #emitWhole(chunk: Uint8Array, from: number, stop: number, end: Mark, at: number): void {
    const bytes = this.#kept(chunk, from, stop);
    this.tally.framed += stop - from + 1;
    this.#out.push({ kind: 'frame', bytes, terminator: end.name, startedAt: at, endedAt: at, reason: 'terminator' });
    if (end.value === CR) this.#expectLineFeed(at, 'framed');
  }

  /** A line outlives the chunk it came in. A long chunk is copied once for all of its lines. */
  #kept(chunk: Uint8Array, from: number, to: number): Uint8Array {
    if (chunk.length <= SHORT_CHUNK) return copied(chunk, from, to);
    this.#copy ??= new Uint8Array(chunk);
    return this.#copy.subarray(from, to);
  }

  #expectLineFeed(at: number, counts: 'framed' | 'noise'): void {
    this.#lineFeedUntil = at + LF_AFTER_CR_MS;
    this.#lineFeedCounts = counts;
  }

  /** Bytes that begin and end nothing. */
  #run(bytes: Uint8Array, from: number, to: number, at: number): void {
    for (let n = Math.max(from, to - MAX_MARK_BYTES); n < to; n++) this.#recent = (this.#recent << 8) | (bytes[n] ?? 0);
    const skipsBlanks = this.#mode === 'hunt' ? !this.#prefixIsBlank : this.#mode === 'line' && this.#ends.length > 0;
    let first = from;
    if (skipsBlanks && this.held === 0) while (first < to && isBlank(bytes[first] ?? 0)) first += 1;
    this.tally.noise += first - from;
    if (first === to) return;
    if (this.#mode === 'line') this.#appendRun(bytes, first, to, at);
    else this.#skipped += to - first;
  }

  #appendRun(bytes: Uint8Array, from: number, to: number, at: number): void {
    if (this.held === 0) this.#startedAt = at;
    const most = this.#maxBytes + this.#slack - this.#length;
    const end = Math.min(to, from + most);
    this.#makeRoom(this.#length + end - from);
    if (end - from <= SHORT_RUN) for (let n = from; n < end; n++) this.#buffer[this.#length + n - from] = bytes[n] ?? 0;
    else this.#buffer.set(bytes.subarray(from, end), this.#length);
    this.#length += end - from;
    if (end === to) return;
    this.#overflow();
    this.#skipped += to - end - 1;
  }

  #take(byte: number, at: number): void {
    this.#recent = (this.#recent << 8) | byte;
    if (this.#mode === 'line') this.#inLine(byte, at);
    else if (this.#mode === 'hunt') this.#inHunt(byte, at);
    else {
      this.#skipped += 1;
      if (this.#endsWith[byte] === 1 && this.#endAt(MAX_MARK_BYTES)) this.#dropHeld();
    }
  }

  #inHunt(byte: number, at: number): void {
    if (this.held === 0 && isBlank(byte) && !this.#prefixIsBlank) return void (this.tally.noise += 1);
    this.#skipped += 1;
    if (this.#skipped >= (this.#prefix?.length ?? 0) && this.#isPrefix()) this.#beginAfterPrefix(at);
  }

  #inLine(byte: number, at: number): void {
    if (this.#prefix && this.#startsHere() && this.#isPrefix()) return this.#beginAfterPrefix(at);
    const end = this.#endsWith[byte] === 1 ? this.#endAt(this.#length + 1) : undefined;
    if (end) return this.#endByTerminator(end, byte, at);
    if (this.#ends.length > 0 && this.held === 0 && isBlank(byte)) return void (this.tally.noise += 1);
    if (this.#length >= this.#maxBytes + this.#slack) return this.#overflow();
    if (this.held === 0) this.#startedAt = at;
    this.#append(byte);
  }

  #append(byte: number): void {
    this.#makeRoom(this.#length + 1);
    this.#buffer[this.#length++] = byte;
  }

  #makeRoom(wanted: number): void {
    if (wanted <= this.#buffer.length) return;
    const wider = new Uint8Array(Math.min(Math.max(2 * this.#buffer.length, wanted), this.#maxBytes + this.#slack));
    wider.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = wider;
  }

  #startsHere(): boolean {
    const length = this.#prefix?.length ?? 0;
    if (this.#prefixRestarts) return this.#length + 1 >= length;
    return this.#overhead === 0 && this.#length + 1 === length;
  }

  #isPrefix(): boolean {
    return this.#prefix !== undefined && (this.#recent & this.#prefix.mask) === this.#prefix.value;
  }

  #endAt(available: number): Mark | undefined {
    return this.#ends.find((end) => end.length <= available && (this.#recent & end.mask) === end.value);
  }

  #beginAfterPrefix(at: number): void {
    const prefix = this.#prefix?.length ?? 0;
    if (this.#mode === 'hunt') this.#skipped -= prefix;
    else this.#length -= prefix - 1;
    this.#dropHeld(this.#overhead > 0 ? 'partial-dropped' : 'junk-before-prefix');
    this.#mode = 'line';
    this.#overhead = prefix;
    this.#startedAt = at;
  }

  #endByTerminator(end: Mark, byte: number, at: number): void {
    const payload = this.#length - (end.length - 1);
    const whole = this.#length + 1 + this.#overhead;
    if (byte === CR) this.#expectLineFeed(at, payload > 0 && payload <= this.#maxBytes ? 'framed' : 'noise');
    if (payload > this.#maxBytes) this.#report('overflow', whole);
    else if (payload === 0) this.tally.noise += whole;
    else this.#emit(payload, whole, end.name, at);
    this.#clear();
  }

  /** A gun thought to send no end may send one all the same; it is not part of the code. */
  #endByIdle(): void {
    let payload = this.#length;
    while (payload > 0 && isBlank(this.#buffer[payload - 1] ?? 0)) payload -= 1;
    if (payload === 0) this.tally.noise += this.held;
    else this.#emit(payload, this.held, 'none', this.#lastAt);
    this.#clear();
  }

  #emit(payload: number, whole: number, terminator: LineTerminator, endedAt: number): void {
    this.tally.framed += whole;
    const bytes = this.#buffer.slice(0, payload);
    const reason = terminator === 'none' ? 'idle' : 'terminator';
    this.#out.push({ kind: 'frame', bytes, terminator, startedAt: this.#startedAt, endedAt, reason });
  }

  #overflow(): void {
    this.#report('overflow', this.held + 1);
    this.#clear();
    this.#mode = 'discard';
  }

  /** What is in hand will not become a frame. */
  #dropHeld(cause: LineNoiseCause = DROPPED_AS[this.#mode]): void {
    if (this.held > 0) this.#report(cause, this.held);
    this.#clear();
  }

  #report(cause: LineNoiseCause, length: number): void {
    this.tally.noise += length;
    this.#out.push({ kind: 'noise', cause, length });
  }

  #clear(): void {
    this.#length = 0;
    this.#overhead = 0;
    this.#skipped = 0;
    this.#mode = this.#prefixRequired ? 'hunt' : 'line';
  }
}

const DROPPED_AS = { hunt: 'junk-before-prefix', line: 'partial-dropped', discard: 'discarded' } as const;

function copied(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copy = new Uint8Array(to - from);
  if (copy.length > SHORT_RUN) copy.set(bytes.subarray(from, to));
  else for (let n = from; n < to; n++) copy[n - from] = bytes[n] ?? 0;
  return copy;
}

function isBlank(byte: number): boolean {
  return byte === CR || byte === LF;
}

function markOf(bytes: Uint8Array): Mark {
  if (bytes.length === 0 || bytes.length > MAX_MARK_BYTES) throw new RangeError('a prefix or end has 1 to 4 bytes');
  const value = bytes.reduce((word, byte) => (word << 8) | byte, 0);
  const mask = bytes.length === MAX_MARK_BYTES ? -1 : (1 << (8 * bytes.length)) - 1;
  return { value, mask, length: bytes.length, name: nameOf(bytes) };
}

function nameOf(bytes: Uint8Array): LineTerminator {
  const names = Object.keys(END_BYTES) as LineEndName[];
  return (
    names.find((name) => END_BYTES[name].length === bytes.length && END_BYTES[name].every((b, i) => b === bytes[i])) ??
    'other'
  );
}
