import { ReadlineParser } from '@serialport/parser-readline';
import { encodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { type LineEvent, type LineSource, MAX_LINE_BYTES, PARTIAL_SILENCE_MS } from '../../protocols/framing/line.ts';

const CR = 0x0d;
const LF = 0x0a;

export interface ReadlineOptions {
  readonly terminator: 'CR' | 'LF';
  readonly maxBytes?: number;
}

/**
 * CR and LF guns through `@serialport/parser-readline`, guarded so that none of its measured defects (scanners.md 1.4) can
 * happen: a parser lives for one connection and one unbroken line (no glue), reads Latin-1 (no half character waits for the
 * next code), gives one object per line (none merged), and never holds more than the longest line. The same frames as
 * `LineFramer` gives for these guns.
 */
export class ReadlineLines implements LineSource {
  readonly #end: number;
  readonly #maxBytes: number;
  /** the CR of a CRLF gun stands behind the data until its LF comes */
  readonly #mostBytes: number;
  #parser: ReadlineParser;
  #held = 0;
  #startedAt = 0;
  #lastAt = 0;
  /** bytes of an overlong line since it was given up */
  #discarded: number | undefined;
  #out: LineEvent[] = [];

  constructor(options: ReadlineOptions) {
    this.#end = options.terminator === 'CR' ? CR : LF;
    this.#maxBytes = options.maxBytes ?? MAX_LINE_BYTES;
    this.#mostBytes = this.#maxBytes + (options.terminator === 'LF' ? 1 : 0);
    this.#parser = this.#freshParser();
  }

  get nextDeadline(): number | undefined {
    return this.#held > 0 || this.#discarded !== undefined ? this.#lastAt + PARTIAL_SILENCE_MS : undefined;
  }

  push(bytes: Uint8Array, at: number): LineEvent[] {
    this.#expire(at);
    for (let from = this.#skipBlanks(bytes, 0); from < bytes.length; from = this.#skipBlanks(bytes, from)) {
      const found = bytes.indexOf(this.#end, from);
      const to = found < 0 ? bytes.length : found + 1;
      this.#take(bytes.subarray(from, to), found >= 0, at);
      from = to;
    }
    if (bytes.length > 0) this.#lastAt = at;
    return this.#taken();
  }

  /** A CR or LF before a line belongs to the last one or is a blank line. */
  #skipBlanks(bytes: Uint8Array, from: number): number {
    if (this.#held > 0 || this.#discarded !== undefined) return from;
    let next = from;
    while (bytes[next] === CR || bytes[next] === LF) next += 1;
    return next;
  }

  silence(at: number): LineEvent[] {
    this.#expire(at);
    return this.#taken();
  }

  reset(): LineEvent[] {
    this.#giveUp();
    return this.#taken();
  }

  #taken(): LineEvent[] {
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #expire(at: number): void {
    const deadline = this.nextDeadline;
    if (deadline !== undefined && at >= deadline) this.#giveUp();
  }

  /** One piece that ends with the delimiter, or does not hold it. */
  #take(piece: Uint8Array, ended: boolean, at: number): void {
    if (this.#discarded !== undefined) return this.#discard(piece.length, ended);
    if (this.#held === 0) this.#startedAt = at;
    const data = piece.length - (ended ? 1 : 0);
    if (this.#held + data > this.#mostBytes) return this.#overflow(piece.length, ended);
    this.#parser.write(Buffer.from(piece));
    this.#held += data;
    if (ended) this.#endLine(at);
  }

  #endLine(at: number): void {
    const whole = this.#held + 1;
    this.#held = 0;
    // synchronous: the parser transforms inside write(), and an object-mode side gives line by line
    const text: unknown = this.#parser.read();
    const line = (typeof text === 'string' && encodeLatin1(text)) || new Uint8Array();
    const afterCr = this.#end === LF && line.at(-1) === CR;
    const bytes = afterCr ? line.subarray(0, -1) : line;
    if (bytes.length > this.#maxBytes) this.#report('overflow', whole);
    else if (bytes.length > 0) {
      const terminator = afterCr ? 'CRLF' : this.#end === CR ? 'CR' : 'LF';
      this.#out.push({
        kind: 'frame',
        bytes,
        terminator,
        startedAt: this.#startedAt,
        endedAt: at,
        reason: 'terminator',
      });
    }
  }

  #overflow(length: number, ended: boolean): void {
    const kept = this.#mostBytes + 1;
    const rest = this.#held + length - kept;
    this.#replaceParser();
    this.#report('overflow', kept);
    this.#discarded = 0;
    this.#discard(rest, ended);
  }

  #discard(length: number, ended: boolean): void {
    this.#discarded = (this.#discarded ?? 0) + length;
    if (ended) this.#giveUp();
  }

  /** What is in hand will not become a line. */
  #giveUp(): void {
    if (this.#discarded) this.#report('discarded', this.#discarded);
    if (this.#held > 0) this.#report('partial-dropped', this.#held);
    this.#discarded = undefined;
    this.#replaceParser();
  }

  #report(cause: 'overflow' | 'partial-dropped' | 'discarded', length: number): void {
    this.#out.push({ kind: 'noise', cause, length });
  }

  #replaceParser(): void {
    this.#held = 0;
    this.#parser.destroy();
    this.#parser = this.#freshParser();
  }

  #freshParser(): ReadlineParser {
    return new ReadlineParser({
      delimiter: Buffer.of(this.#end),
      encoding: 'latin1',
      readableObjectMode: true,
    });
  }
}
