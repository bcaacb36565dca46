import type { LineConfig, LineEvent } from '../framing/line.ts';
import { LineFramer } from '../framing/line-framer.ts';
import type { GunAnswer, GunCode, GunNoise, GunSend } from './gun-event.ts';
import { type GunCommand, type Heard, REPLY_MS, type ReplyReader, TRIES } from './gun-language.ts';
import { HEADED_START, hearHeaded, parseHeaded } from './honeywell-header.ts';

// A serial gun that takes commands: answers and codes come on one line (scanners.md 3.6). While a command waits, bytes that
// are its answer are taken out, wherever they stand; everything else is a code.
//
//   > 7E 00 08 01 00 02 01 02 DA
//   < 31 33 30 30 31 32 | 02 00 00 01 00 33 31 | 33 34 35 36 ... 34 0D     the answer in the middle of a code
//
// One command in flight, three tries. Pure: time is an argument.

export type ChannelEvent = GunCode | GunSend | GunNoise | GunAnswer;

export interface ChannelConfig {
  readonly line: LineConfig;
  /** codes wrapped by DECHDR1, see honeywell-header.ts */
  readonly headed?: boolean;
}

/** Inside an answer the bytes follow each other; behind a stopped one comes a code, decoded tens of ms later. */
const ANSWER_GAP_MS = 50;
/** An answer may come after we stopped waiting: it is still no code. */
const LATE_MS = 2000;
/** Commands that may wait: more is a fault of the caller. */
const MAX_WAITING = 16;

type Finding =
  | { readonly kind: 'answer'; readonly heard: Exclude<Heard, string> }
  | { readonly kind: 'headed'; readonly length: number };

export class CommandChannel {
  readonly #lines: LineFramer;
  readonly #headed: boolean;
  /** bytes that may be an answer or a header, and more is needed to know */
  #held: Uint8Array = NOTHING;
  #heldFrom = 0;
  #heldAt = 0;
  #waiting: GunCommand[] = [];
  #pending: { readonly command: GunCommand; sends: number; deadline: number } | undefined;
  #reader: { readonly reader: ReplyReader; readonly until: number } | undefined;
  /** bytes that begin an answer or a header */
  readonly #starts = new Uint8Array(256);
  /** bytes of answers and headed codes, and of what was dropped while it was held */
  readonly #own = { framed: 0, noise: 0 };
  #out: ChannelEvent[] = [];

  constructor(config: ChannelConfig) {
    this.#lines = new LineFramer(config.line);
    this.#headed = config.headed ?? false;
    this.#listenFor(undefined, 0);
  }

  get tally(): { readonly received: number; readonly framed: number; readonly noise: number } {
    const { received, framed, noise } = this.#lines.tally;
    const own = this.#own.framed + this.#own.noise;
    return {
      received: received + own + this.#held.length,
      framed: framed + this.#own.framed,
      noise: noise + this.#own.noise,
    };
  }

  get held(): number {
    return this.#lines.held + this.#held.length;
  }

  get nextDeadline(): number | undefined {
    const gap = this.#held.length > 0 ? this.#heldAt + ANSWER_GAP_MS : undefined;
    const due = [gap, this.#lines.nextDeadline, this.#pending?.deadline, this.#reader?.until];
    const times = due.filter((time) => time !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  push(bytes: Uint8Array, at: number): ChannelEvent[] {
    this.#expire(at);
    if (bytes.length > 0) this.#take(this.#withHeld(bytes, at), at);
    this.#speak(at);
    return this.#taken();
  }

  /** To be called at {@link nextDeadline}; a call too early does no harm. */
  wake(at: number): ChannelEvent[] {
    this.#expire(at);
    this.#speak(at);
    return this.#taken();
  }

  /** A command; its `answer` event comes later, in any case. */
  request(command: GunCommand, at: number): ChannelEvent[] {
    if (this.#waiting.length >= MAX_WAITING) throw new RangeError(`${MAX_WAITING} commands are waiting already`);
    this.#waiting.push(command);
    this.#speak(at);
    return this.#taken();
  }

  /** At every open and close. */
  reset(at: number): ChannelEvent[] {
    this.#drop(at);
    this.#hear(this.#lines.reset(), at);
    const unanswered = [...(this.#pending ? [this.#pending.command] : []), ...this.#waiting];
    this.#pending = undefined;
    this.#listenFor(undefined, 0);
    this.#waiting = [];
    for (const { name } of unanswered) this.#out.push({ kind: 'answer', command: name, outcome: 'no-answer' });
    return this.#taken();
  }

  #taken(): ChannelEvent[] {
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #expire(at: number): void {
    if (this.#held.length > 0 && at >= this.#heldAt + ANSWER_GAP_MS) this.#giveUpHeld();
    if (!this.#pending && this.#reader && at >= this.#reader.until) this.#listenFor(undefined, 0);
    this.#hear(this.#lines.silence(at), at);
  }

  /** Half an answer is noise; text that only looked like the echo of a tag is a code. */
  #giveUpHeld(): void {
    const held = this.#held;
    const isOneLetter = held.length === 1 && !isControl(held[0] ?? 0);
    if (!isOneLetter && !this.#isEcho()) return this.#drop(this.#heldAt);
    this.#held = NOTHING;
    this.#give(held, 0, held.length, this.#heldAt);
  }

  #isEcho(): boolean {
    const first = this.#held[0] ?? 0;
    return this.#reader?.reader.isText === true && this.#reader.reader.starts.includes(first);
  }

  #drop(at: number): void {
    const { length } = this.#held;
    this.#held = NOTHING;
    if (length > 0) this.#tellNoise('cut-off', length, at);
  }

  #tellNoise(cause: GunNoise['cause'], length: number, at: number): void {
    this.#own.noise += length;
    this.#out.push({ kind: 'noise', cause, length, at });
  }

  #withHeld(bytes: Uint8Array, at: number): Uint8Array {
    const held = this.#held;
    this.#held = NOTHING;
    if (held.length > 0) return joined(held, bytes);
    this.#heldFrom = at;
    return bytes;
  }

  /** Answers and headed codes are taken out; what lies between them goes to the lines, in one piece where it can. */
  #take(bytes: Uint8Array, at: number): void {
    let [given, next] = [0, 0];
    while ((next = this.#nextStart(bytes, next)) < bytes.length) {
      if (this.#beginsText(bytes[next] ?? 0)) {
        if (next > given && !isControl(bytes[next - 1] ?? 0)) {
          next += 1;
          continue;
        }
        given = this.#give(bytes, given, next, at);
      }
      const finding = this.#look(bytes, next);
      if (finding === 'no') next += 1;
      else {
        given = this.#give(bytes, given, next, at);
        if (finding === 'more') return this.#hold(bytes, next, at);
        given = next += this.#consume(finding, bytes, next, at);
      }
    }
    this.#give(bytes, given, bytes.length, at);
  }

  /** Where an answer or a header may begin. */
  #nextStart(bytes: Uint8Array, from: number): number {
    if (!this.#reader && !this.#headed) return bytes.length;
    let next = from;
    while (next < bytes.length && this.#starts[bytes[next] ?? 0] !== 1) next += 1;
    return next;
  }

  /** It may begin an answer that reads like a code: one is only where a line begins. */
  #beginsText(byte: number): boolean {
    return this.#reader?.reader.isText === true && !(this.#headed && byte === HEADED_START);
  }

  #listenFor(reader: ReplyReader | undefined, until: number): void {
    this.#reader = reader && { reader, until };
    this.#starts.fill(0);
    for (const byte of reader?.starts ?? []) this.#starts[byte] = 1;
    if (this.#headed) this.#starts[HEADED_START] = 1;
  }

  #look(bytes: Uint8Array, from: number): Finding | 'more' | 'no' {
    const isHead = this.#headed && bytes[from] === HEADED_START;
    const length = isHead ? hearHeaded(bytes, from) : 'no';
    if (length !== 'no') return length === 'more' ? 'more' : { kind: 'headed', length };
    const reader = this.#reader?.reader;
    if (!reader || (reader.isText && this.#lines.held > 0)) return 'no';
    const heard = reader.hear(bytes, from);
    return typeof heard === 'string' ? heard : { kind: 'answer', heard };
  }

  #hold(bytes: Uint8Array, from: number, at: number): void {
    if (from > 0) this.#heldFrom = at;
    this.#held = bytes.slice(from);
    this.#heldAt = at;
  }

  /** To the lines; behind what was given. */
  #give(bytes: Uint8Array, from: number, to: number, at: number): number {
    if (to > from) this.#hear(this.#lines.push(bytes.subarray(from, to), at), at);
    return to;
  }

  /** How many bytes it was. */
  #consume(finding: Finding, bytes: Uint8Array, from: number, at: number): number {
    const { length, reply } = finding.kind === 'headed' ? { ...finding, reply: undefined } : finding.heard;
    if (finding.kind === 'headed')
      this.#emitHeaded(bytes.slice(from, from + length), from > 0 ? at : this.#heldFrom, at);
    else if (!reply) this.#tellNoise('bad-check', length, at);
    else {
      this.#own.framed += length;
      this.#answer(reply.outcome, at, reply.data);
    }
    return length;
  }

  #emitHeaded(message: Uint8Array, startedAt: number, endedAt: number): void {
    this.#own.framed += message.length;
    const code = parseHeaded(message);
    if (!code) return;
    const { aim, codeId, data: bytes } = code;
    this.#out.push({ kind: 'code', bytes, aim, codeId, startedAt, endedAt });
  }

  #hear(events: readonly LineEvent[], at: number): void {
    for (const event of events) {
      if (event.kind === 'noise') this.#out.push({ ...event, at });
      else {
        const { bytes, startedAt, endedAt } = event;
        this.#out.push({ kind: 'code', bytes, startedAt, endedAt });
      }
    }
  }

  /** An answer nobody waits for any more is swallowed. A gun that heard us badly is asked again. */
  #answer(outcome: GunAnswer['outcome'], at: number, data?: Uint8Array): void {
    const pending = this.#pending;
    if (!pending) return;
    if (outcome === 'bad-check' && pending.sends < TRIES) return this.#send(pending, at);
    this.#pending = undefined;
    this.#out.push({ kind: 'answer', command: pending.command.name, outcome, ...(data && { data }) });
  }

  #speak(at: number): void {
    const pending = this.#pending;
    if (pending && at >= pending.deadline) {
      if (pending.sends < TRIES) this.#send(pending, at);
      else this.#answer('no-answer', at);
    }
    while (!this.#pending && this.#waiting.length > 0) this.#sendNext(at);
  }

  #sendNext(at: number): void {
    const command = this.#waiting.shift();
    if (!command) return;
    if (!command.reply) {
      this.#out.push({ kind: 'send', bytes: command.bytes });
      this.#out.push({ kind: 'answer', command: command.name, outcome: 'ok' });
      return;
    }
    this.#pending = { command, sends: 0, deadline: at };
    this.#send(this.#pending, at);
  }

  #send(pending: { readonly command: GunCommand; sends: number; deadline: number }, at: number): void {
    const { bytes, reply, timeoutMs = REPLY_MS } = pending.command;
    pending.sends += 1;
    pending.deadline = at + timeoutMs;
    if (reply) this.#listenFor(reply, pending.deadline + LATE_MS);
    this.#out.push({ kind: 'send', bytes });
  }
}

const NOTHING = new Uint8Array();

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function isControl(byte: number): boolean {
  return byte < 0x20;
}
