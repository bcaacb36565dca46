import {
  type LineConfig,
  type LineEvent,
  type LineNoiseCause,
  type LineSource,
  type LineTerminator,
  MAX_LINE_BYTES,
  MIN_IDLE_MS,
  PARTIAL_SILENCE_MS,
} from './line.ts';
import { LineBuffer, runOf } from './line-buffer.ts';
import { MAX_MARK_BYTES, type Mark, markOf, stopOf } from './line-mark.ts';

const CR = 0x0d;
const LF = 0x0a;

/** CRLF guns: the LF follows one character time later, or one USB latency timer (16 ms) later. */
const LF_AFTER_CR_MS = 20;
/** So far a stop is looked for byte by byte; a payment code is not longer. Then the engine searches, at 10 GB/s and more. */
const NEAR = 24;

/** Counts since the framer was made: received = framed + noise + held. Blank lines are noise nobody needs to hear of. */
export interface LineTally {
  received: number;
  framed: number;
  noise: number;
}

/** Serial bytes to lines. Pure: time is an argument; memory is bounded by `maxBytes`. */
export class LineFramer implements LineSource {
  readonly tally: LineTally = { received: 0, framed: 0, noise: 0 };
  readonly #ends: readonly Mark[];
  /** the bytes that prefix and ends end with: between two of them nothing can happen */
  readonly #stops: readonly number[];
  readonly #isStop = new Uint8Array(256);
  readonly #endsWith = new Uint8Array(256);
  /** nothing but noise in front of a line */
  readonly #isBlank = new Uint8Array(256);
  /** Where no prefix is asked for and every end has one byte: what each of them closes is a line without a second look. */
  readonly #plainEnds: readonly (Mark | undefined)[] | undefined;
  /** where each stop comes next in the chunk in hand */
  readonly #nextStops: number[];
  readonly #prefix: Mark | undefined;
  readonly #prefixRequired: boolean;
  /** A control character never stands in data: it starts a line wherever it comes. */
  readonly #prefixRestarts: boolean;
  readonly #waitMs: number;
  readonly #maxBytes: number;
  /** bytes of an end that may stand behind `maxBytes` of data */
  readonly #slack: number;

  #mode: 'hunt' | 'line' | 'discard';
  readonly #line = new LineBuffer();
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
  /** What prefixes have broken off, one behind the other: a storm of them is one event, told when the line in hand ends. */
  #brokenOff = 0;
  #brokenAs: LineNoiseCause = 'partial-dropped';
  #out: LineEvent[] = [];

  constructor(config: LineConfig) {
    this.#ends = config.ends.map(markOf).sort((a, b) => b.length - a.length);
    for (const end of this.#ends) this.#endsWith[stopOf(end)] = 1;
    this.#prefix = config.prefix?.length ? markOf(config.prefix) : undefined;
    this.#prefixRequired = this.#prefix !== undefined && (config.prefixRequired ?? true);
    this.#prefixRestarts = (config.prefix?.[0] ?? 0x20) < 0x20;
    this.#waitMs = this.#ends.length > 0 ? PARTIAL_SILENCE_MS : (config.idleMs ?? MIN_IDLE_MS);
    this.#maxBytes = config.maxBytes ?? MAX_LINE_BYTES;
    this.#slack = Math.max(0, ...this.#ends.map((end) => end.length - 1));
    this.#mode = this.#prefixRequired ? 'hunt' : 'line';
    const marks = this.#prefix ? [...this.#ends, this.#prefix] : this.#ends;
    this.#stops = [...new Set(marks.map(stopOf))];
    for (const stop of this.#stops) this.#isStop[stop] = 1;
    this.#nextStops = this.#stops.map(() => -1);
    this.#plainEnds = plainEnds(this.#ends, this.#prefix);
    for (const byte of this.#blanks(config.prefix?.[0])) this.#isBlank[byte] = 1;
  }

  /** CR and LF in front of a line belong to the last one, and a bare end is an empty line; a prefix may begin with one. */
  #blanks(prefixStart: number | undefined): readonly number[] {
    const lineEnds = [CR, LF].filter((byte) => byte !== prefixStart);
    if (this.#mode === 'hunt') return lineEnds.length < 2 ? [] : lineEnds;
    return this.#ends.length > 0 ? [...lineEnds, ...(this.#plainEnds ? this.#stops : [])] : [];
  }

  /** bytes that are neither framed nor noise yet */
  get held(): number {
    return this.#line.length + this.#overhead + this.#skipped;
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
    for (let from = 0; from < bytes.length; ) {
      from = this.#skipBlanks(bytes, this.#skipLineFeed(bytes, from, at));
      if (from >= bytes.length) return;
      const stop = this.#nextStop(bytes, from);
      if (stop < bytes.length && this.#plainEnds) this.#endPlain(bytes, from, stop, at);
      else {
        if (stop > from) this.#run(bytes, from, stop, at);
        if (stop < bytes.length) this.#take(bytes[stop] ?? 0, at);
      }
      from = stop + 1;
    }
  }

  #skipLineFeed(bytes: Uint8Array, from: number, at: number): number {
    if (this.#lineFeedUntil === Number.NEGATIVE_INFINITY) return from;
    const isPart = bytes[from] === LF && at <= this.#lineFeedUntil;
    this.#lineFeedUntil = Number.NEGATIVE_INFINITY;
    if (!isPart) return from;
    this.tally[this.#lineFeedCounts] += 1;
    return from + 1;
  }

  #skipBlanks(bytes: Uint8Array, from: number): number {
    if (this.held > 0 || this.#mode === 'discard') return from;
    let next = from;
    while (next < bytes.length && this.#isBlank[bytes[next] ?? 0] === 1) next += 1;
    this.tally.noise += next - from;
    return next;
  }

  #nextStop(bytes: Uint8Array, from: number): number {
    const near = Math.min(bytes.length, from + NEAR);
    for (let n = from; n < near; n++) if (this.#isStop[bytes[n] ?? 0] === 1) return n;
    let first = bytes.length;
    for (let n = 0; n < this.#stops.length; n++) {
      let next = this.#nextStops[n] ?? 0;
      if (next < near) next = this.#nextStops[n] = indexOrEnd(bytes, this.#stops[n] ?? 0, near);
      if (next < first) first = next;
    }
    return first;
  }

  /** A line, from where it was left or from its first byte, to an end of one byte. */
  #endPlain(bytes: Uint8Array, from: number, stop: number, at: number): void {
    const end = this.#plainEnds?.[bytes[stop] ?? 0];
    const held = this.#line.length;
    if (!end || this.#mode === 'discard' || held + stop - from > this.#maxBytes) {
      if (stop > from) this.#run(bytes, from, stop, at);
      return this.#take(bytes[stop] ?? 0, at);
    }
    const startedAt = held === 0 ? at : this.#startedAt;
    const line = held === 0 ? runOf(bytes, from, stop) : this.#completed(bytes, from, stop);
    this.tally.framed += line.length + 1;
    this.#out.push({ kind: 'frame', bytes: line, terminator: end.name, startedAt, endedAt: at, reason: 'terminator' });
    if (end.value === CR) this.#expectLineFeed(at, 'framed');
  }

  #completed(bytes: Uint8Array, from: number, to: number): Uint8Array {
    if (to > from) this.#line.append(bytes, from, to);
    return this.#line.take(this.#line.length);
  }

  #expectLineFeed(at: number, counts: 'framed' | 'noise'): void {
    this.#lineFeedUntil = at + LF_AFTER_CR_MS;
    this.#lineFeedCounts = counts;
  }

  /** Bytes that begin and end nothing. */
  #run(bytes: Uint8Array, from: number, to: number, at: number): void {
    if (!this.#plainEnds) for (let n = Math.max(from, to - MAX_MARK_BYTES); n < to; n++) this.#remember(bytes[n] ?? 0);
    if (this.#mode === 'line') this.#appendRun(bytes, from, to, at);
    else this.#skipped += to - from;
  }

  #appendRun(bytes: Uint8Array, from: number, to: number, at: number): void {
    if (this.held === 0) this.#startedAt = at;
    const end = Math.min(to, from + this.#maxBytes + this.#slack - this.#line.length);
    if (end > from) this.#line.append(bytes, from, end);
    if (end === to) return;
    this.#overflow();
    this.#skipped += to - end - 1;
  }

  #take(byte: number, at: number): void {
    this.#remember(byte);
    if (this.#mode === 'line') this.#inLine(byte, at);
    else if (this.#mode === 'hunt') this.#inHunt(at);
    else {
      this.#skipped += 1;
      if (this.#endsWith[byte] === 1 && this.#endAt(MAX_MARK_BYTES)) this.#dropHeld();
    }
  }

  #remember(byte: number): void {
    this.#recent = (this.#recent << 8) | byte;
  }

  #inHunt(at: number): void {
    this.#skipped += 1;
    if (this.#skipped >= (this.#prefix?.length ?? 0) && this.#isPrefix()) this.#beginAfterPrefix(at);
  }

  #inLine(byte: number, at: number): void {
    if (this.#prefix && this.#startsHere() && this.#isPrefix()) return this.#beginAfterPrefix(at);
    const end = this.#endsWith[byte] === 1 ? this.#endAt(this.#line.length + 1) : undefined;
    if (end) return this.#endByTerminator(end, byte, at);
    if (this.#ends.length > 0 && this.held === 0 && isLineEnd(byte)) return void (this.tally.noise += 1);
    if (this.#line.length >= this.#maxBytes + this.#slack) return this.#overflow();
    if (this.held === 0) this.#startedAt = at;
    this.#line.push(byte);
  }

  #startsHere(): boolean {
    const length = this.#prefix?.length ?? 0;
    if (this.#prefixRestarts) return this.#line.length + 1 >= length;
    return this.#overhead === 0 && this.#line.length + 1 === length;
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
    const before = this.held - (this.#mode === 'hunt' ? 0 : prefix - 1);
    // a prefix with nothing behind it is a blank line
    if (before === this.#overhead) this.tally.noise += before;
    else this.#breakOff(this.#overhead > 0 ? 'partial-dropped' : 'junk-before-prefix', before);
    this.#clear();
    this.#mode = 'line';
    this.#overhead = prefix;
    this.#startedAt = at;
  }

  #breakOff(cause: LineNoiseCause, length: number): void {
    if (cause !== this.#brokenAs) this.#tellBrokenOff();
    this.#brokenAs = cause;
    this.#brokenOff += length;
    this.tally.noise += length;
  }

  #tellBrokenOff(): void {
    if (this.#brokenOff > 0) this.#out.push({ kind: 'noise', cause: this.#brokenAs, length: this.#brokenOff });
    this.#brokenOff = 0;
  }

  #endByTerminator(end: Mark, byte: number, at: number): void {
    this.#tellBrokenOff();
    const payload = this.#line.length - (end.length - 1);
    const whole = this.held + 1;
    if (byte === CR) this.#expectLineFeed(at, payload > 0 && payload <= this.#maxBytes ? 'framed' : 'noise');
    if (payload > this.#maxBytes) this.#report('overflow', whole);
    else if (payload === 0) this.tally.noise += whole;
    else this.#emit(payload, whole, end.name, at);
    this.#clear();
  }

  /** A gun thought to send no end may send one all the same; it is not part of the code. */
  #endByIdle(): void {
    this.#tellBrokenOff();
    let payload = this.#line.length;
    while (payload > 0 && isLineEnd(this.#line.at(payload - 1))) payload -= 1;
    if (payload === 0) this.tally.noise += this.held;
    else this.#emit(payload, this.held, 'none', this.#lastAt);
    this.#clear();
  }

  #emit(payload: number, whole: number, terminator: LineTerminator, endedAt: number): void {
    this.tally.framed += whole;
    const bytes = this.#line.take(payload);
    const reason = terminator === 'none' ? 'idle' : 'terminator';
    this.#out.push({ kind: 'frame', bytes, terminator, startedAt: this.#startedAt, endedAt, reason });
  }

  #overflow(): void {
    this.#tellBrokenOff();
    this.#report('overflow', this.held + 1);
    this.#clear();
    this.#mode = 'discard';
  }

  /** What is in hand will not become a frame. */
  #dropHeld(): void {
    this.#tellBrokenOff();
    if (this.held > 0) this.#report(DROPPED_AS[this.#mode], this.held);
    this.#clear();
  }

  #report(cause: LineNoiseCause, length: number): void {
    this.tally.noise += length;
    this.#out.push({ kind: 'noise', cause, length });
  }

  #clear(): void {
    this.#line.clear();
    this.#overhead = 0;
    this.#skipped = 0;
    this.#mode = this.#prefixRequired ? 'hunt' : 'line';
  }
}

const DROPPED_AS = { hunt: 'junk-before-prefix', line: 'partial-dropped', discard: 'discarded' } as const;

function indexOrEnd(bytes: Uint8Array, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found < 0 ? bytes.length : found;
}

function isLineEnd(byte: number): boolean {
  return byte === CR || byte === LF;
}

/** By their byte; `undefined` where a prefix or a longer end asks for a second look. */
function plainEnds(ends: readonly Mark[], prefix: Mark | undefined): (Mark | undefined)[] | undefined {
  if (prefix || ends.length === 0 || ends.some((end) => end.length > 1)) return undefined;
  const byByte: (Mark | undefined)[] = [];
  for (const end of ends) byByte[end.value] = end;
  return byByte;
}
