import { AUTO_ENDS, type LineConfig, type LineEvent } from '../framing/line.ts';
import { LineFramer } from '../framing/line-framer.ts';
import { rawOrPacket } from './ssi.ts';
import { type SsiEvent, type SsiRequest, SsiSession, type SsiSessionConfig } from './ssi-session.ts';

// A Zebra gun as it comes out of the box: codes as raw text (parameter EE = 0), answers to commands as packets. After
// EE = 1 the codes are packets too. Between two frames the next bytes say which it is.
//
//   31 33 30 30 ... 34 0D         raw: the second byte is ASCII
//   04 D0 00 00 FF 2C             packet: the second byte is 80 or more, the third the source

export interface SsiGunConfig extends SsiSessionConfig {
  /** raw codes; default CR, LF, CRLF or TAB */
  readonly line?: LineConfig;
}

const CR = 0x0d;
const LF = 0x0a;

/** Pure, like both of its halves. */
export class SsiGun {
  readonly #session: SsiSession;
  readonly #lines: LineFramer;
  /** at most two bytes that may be either */
  #head: number[] = [];
  #lastAt = 0;

  constructor(config: SsiGunConfig = {}) {
    this.#session = new SsiSession(config);
    this.#lines = new LineFramer(config.line ?? { ends: AUTO_ENDS });
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
    for (let from = 0; from < bytes.length; ) from += this.#route(bytes.subarray(from), at, out);
    if (bytes.length > 0) this.#lastAt = at;
    return out;
  }

  wake(at: number): SsiEvent[] {
    const out: SsiEvent[] = [];
    if (this.#head.length > 0 && at >= this.#lastAt + HEAD_MS) this.#toLines(this.#lastAt, out);
    out.push(...this.#session.wake(at), ...this.#lines.silence(at).map((event) => shown(event, at)));
    return out;
  }

  request(request: SsiRequest, at: number): SsiEvent[] {
    return this.#session.request(request, at);
  }

  reset(at: number): SsiEvent[] {
    const out: SsiEvent[] = [];
    this.#toLines(at, out);
    out.push(...this.#session.reset(at), ...this.#lines.reset().map((event) => shown(event, at)));
    return out;
  }

  /** Gives the first bytes to whoever they are for; how many it took. */
  #route(bytes: Uint8Array, at: number, out: SsiEvent[]): number {
    if (this.#lines.held > 0 || this.#lines.nextDeadline !== undefined) return this.#lineByLine(bytes, at, out);
    if (this.#session.held > 0) {
      out.push(...this.#session.push(bytes.subarray(0, 1), at));
      return 1;
    }
    return this.#decide(bytes, at, out);
  }

  #lineByLine(bytes: Uint8Array, at: number, out: SsiEvent[]): number {
    const end = bytes.findIndex((byte) => byte < 0x20);
    const length = end < 0 ? bytes.length : end + 1;
    out.push(...this.#lines.push(bytes.subarray(0, length), at).map((event) => shown(event, at)));
    return length;
  }

  #decide(bytes: Uint8Array, at: number, out: SsiEvent[]): number {
    this.#head.push(bytes[0] ?? 0);
    const verdict = rawOrPacket(Uint8Array.from(this.#head));
    if (verdict === 'packet') {
      out.push(...this.#session.push(Uint8Array.from(this.#head), at));
      this.#head = [];
    } else if (verdict === 'raw') this.#raw(at, out);
    return 1;
  }

  /** An LF behind a CR may still be in front of a packet. */
  #raw(at: number, out: SsiEvent[]): void {
    const [first = 0, ...rest] = this.#head;
    if (rest.length === 0 || (first !== CR && first !== LF)) return this.#toLines(at, out);
    this.#head = [first];
    this.#toLines(at, out);
    for (const byte of rest) this.#route(Uint8Array.of(byte), at, out);
  }

  #toLines(at: number, out: SsiEvent[]): void {
    const head = Uint8Array.from(this.#head);
    this.#head = [];
    out.push(...this.#lines.push(head, at).map((event) => shown(event, at)));
  }
}

/** Two bytes that nothing follows are no packet: the time between characters of one is 200 ms at most. */
const HEAD_MS = 200;

function shown(event: LineEvent, at: number): SsiEvent {
  if (event.kind === 'noise') return { ...event, at };
  const { bytes, startedAt, endedAt } = event;
  return { kind: 'code', bytes, startedAt, endedAt };
}
