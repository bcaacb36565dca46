import { AUTO_ENDS, type LineConfig, type LineEvent } from '../framing/line.ts';
import { LineFramer } from '../framing/line-framer.ts';
import { rawOrPacket } from './ssi.ts';
import { type SsiEvent, type SsiRequest, SsiSession, type SsiSessionConfig } from './ssi-session.ts';

// A Zebra gun as it comes out of the box: codes as raw text (parameter EE = 0), answers to commands as packets. After
// EE = 1 the codes are packets too. Between two frames the next bytes say which it is. Behind the first code that came as a
// packet no raw one is believed any more: a packet whose head was lost reads like one, and its code may be cut.
//
//   31 33 30 30 ... 34 0D         raw: the second byte is ASCII
//   04 D0 00 00 FF 2C             packet: the second byte is 80 or more, the third the source

export interface SsiGunConfig extends SsiSessionConfig {
  /** raw codes; default CR, LF, CRLF or TAB */
  readonly line?: LineConfig;
}

/** Two bytes that nothing follows are no packet: the time between characters of one is 200 ms at most. */
const HEAD_MS = 200;
const NOTHING = new Uint8Array();

/** Pure, like both of its halves. */
export class SsiGun {
  readonly #session: SsiSession;
  readonly #lines: LineFramer;
  readonly #isEnd = new Uint8Array(256);
  /** at most two bytes that may be either */
  #head: Uint8Array = NOTHING;
  /** a code came as a packet: the gun is set so, and what looks like a raw code is a spoilt packet */
  #isPacketed = false;
  #lastAt = 0;

  constructor(config: SsiGunConfig = {}) {
    this.#session = new SsiSession(config);
    const line = config.line ?? { ends: AUTO_ENDS };
    this.#lines = new LineFramer(line);
    for (const end of line.ends) this.#isEnd[end.at(-1) ?? 0] = 1;
  }

  get tally(): { readonly received: number; readonly framed: number; readonly noise: number } {
    const [packets, lines] = [this.#session.tally, this.#lines.tally];
    return {
      received: packets.received + lines.received + this.#head.length,
      framed: packets.framed + lines.framed,
      noise: packets.noise + lines.noise,
    };
  }

  get held(): number {
    return this.#session.held + this.#lines.held + this.#head.length;
  }

  get nextDeadline(): number | undefined {
    const head = this.#head.length > 0 ? this.#lastAt + HEAD_MS : undefined;
    const due = [head, this.#session.nextDeadline, this.#lines.nextDeadline].filter((time) => time !== undefined);
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  push(bytes: Uint8Array, at: number): SsiEvent[] {
    const out = this.wake(at);
    if (bytes.length === 0) return out;
    const all = this.#withHead(bytes);
    for (let from = 0; from < all.length; ) from = this.#route(all, from, at, out);
    this.#lastAt = at;
    return out;
  }

  wake(at: number): SsiEvent[] {
    const out: SsiEvent[] = [];
    if (this.#head.length > 0 && at >= this.#lastAt + HEAD_MS) this.#headToLines(this.#lastAt, out);
    this.#hearSession(this.#session.wake(at), out);
    this.#hearLines(this.#lines.silence(at), at, out);
    return out;
  }

  request(request: SsiRequest, at: number): SsiEvent[] {
    return this.#session.request(request, at);
  }

  reset(at: number): SsiEvent[] {
    const out: SsiEvent[] = [];
    this.#headToLines(at, out);
    out.push(...this.#session.reset(at));
    this.#hearLines(this.#lines.reset(), at, out);
    this.#isPacketed = false;
    return out;
  }

  /** The gun did not want to be set to packets again: its raw codes are believed. */
  believeRaw(): void {
    this.#isPacketed = false;
  }

  /** Gives the next bytes to whoever they are for; how far that is. */
  #route(bytes: Uint8Array, from: number, at: number, out: SsiEvent[]): number {
    if (this.#lines.nextDeadline !== undefined) return this.#toLines(bytes, from, at, out);
    if (this.#session.held > 0) return this.#toSession(bytes, from, at, out);
    const verdict = rawOrPacket(bytes, from);
    if (verdict === 'raw') return this.#toLines(bytes, from, at, out);
    if (verdict === 'packet') return this.#toSession(bytes, from, at, out);
    this.#head = bytes.slice(from);
    return bytes.length;
  }

  #toSession(bytes: Uint8Array, from: number, at: number, out: SsiEvent[]): number {
    const to = this.#session.feed(bytes, from, at);
    this.#hearSession(this.#session.push(NOTHING, at), out);
    return to;
  }

  #toLines(bytes: Uint8Array, from: number, at: number, out: SsiEvent[]): number {
    const to = this.#endOfLine(bytes, from);
    this.#hearLines(this.#lines.push(bytes.subarray(from, to), at), at, out);
    return to;
  }

  /** Behind the next end, and behind further ends that begin no packet: its second byte is 80 or more. */
  #endOfLine(bytes: Uint8Array, from: number): number {
    let to = from;
    while (to < bytes.length && this.#isEnd[bytes[to] ?? 0] !== 1) to += 1;
    to = Math.min(bytes.length, to + 1);
    while (to + 1 < bytes.length && this.#isEnd[bytes[to] ?? 0] === 1 && (bytes[to + 1] ?? 0) < 0x80) to += 1;
    return to;
  }

  #withHead(bytes: Uint8Array): Uint8Array {
    const head = this.#head;
    this.#head = NOTHING;
    return head.length === 0 ? bytes : Uint8Array.of(...head, ...bytes);
  }

  #headToLines(at: number, out: SsiEvent[]): void {
    const head = this.#head;
    this.#head = NOTHING;
    if (head.length > 0) this.#hearLines(this.#lines.push(head, at), at, out);
  }

  #hearSession(events: readonly SsiEvent[], out: SsiEvent[]): void {
    if (events.some(({ kind }) => kind === 'code')) this.#isPacketed = true;
    out.push(...events);
  }

  #hearLines(events: readonly LineEvent[], at: number, out: SsiEvent[]): void {
    for (const event of events) {
      if (event.kind === 'noise') out.push({ ...event, at });
      else if (this.#isPacketed) out.push({ kind: 'raw-again', length: event.bytes.length, at });
      else {
        const { bytes, startedAt, endedAt } = event;
        out.push({ kind: 'code', bytes, startedAt, endedAt });
      }
    }
  }
}
