import { type LineConfig, type LineEvent } from '../framing/line.ts';
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
  /** bytes that may be an answer or a header */
  #held = new Uint8Array(64);
  #length = 0;
  #heldFrom = 0;
  #heldAt = 0;
  #waiting: GunCommand[] = [];
  #pending: { readonly command: GunCommand; sends: number; deadline: number } | undefined;
  #reader: { readonly reader: ReplyReader; readonly until: number } | undefined;
  /** bytes of answers and headed codes, and of what was dropped while it was held */
  readonly #own = { framed: 0, noise: 0 };
  #out: ChannelEvent[] = [];

  constructor(config: ChannelConfig) {
    this.#lines = new LineFramer(config.line);
    this.#headed = config.headed ?? false;
  }

  get tally(): { readonly received: number; readonly framed: number; readonly noise: number } {
    const { received, framed, noise } = this.#lines.tally;
    const own = this.#own.framed + this.#own.noise;
    return {
      received: received + own + this.#length,
      framed: framed + this.#own.framed,
      noise: noise + this.#own.noise,
    };
  }

  get held(): number {
    return this.#lines.held + this.#length;
  }

  get nextDeadline(): number | undefined {
    const gap = this.#length > 0 ? this.#heldAt + ANSWER_GAP_MS : undefined;
    const due = [gap, this.#lines.nextDeadline, this.#pending?.deadline, this.#reader?.until];
    const times = due.filter((time) => time !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  push(bytes: Uint8Array, at: number): ChannelEvent[] {
    this.#expire(at);
    for (let from = 0; from < bytes.length; ) from += this.#take(bytes, from, at);
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
    this.#reader = undefined;
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
    if (this.#length > 0 && at >= this.#heldAt + ANSWER_GAP_MS) this.#giveUpHeld();
    if (!this.#pending && this.#reader && at >= this.#reader.until) this.#reader = undefined;
    this.#hear(this.#lines.silence(at), at);
  }

  /** Half an answer is noise; text that only looked like the echo of a tag is a code. */
  #giveUpHeld(): void {
    const isOneLetter = this.#length === 1 && !isControl(this.#held[0] ?? 0);
    if (isOneLetter || this.#isEcho()) this.#release(this.#length);
    else this.#drop(this.#heldAt);
  }

  #isEcho(): boolean {
    const first = this.#held[0] ?? 0;
    return this.#reader?.reader.isText === true && this.#reader.reader.starts.includes(first);
  }

  #drop(at: number): void {
    const length = this.#length;
    this.#length = 0;
    if (length > 0) this.#tellNoise('cut-off', length, at);
  }

  #tellNoise(cause: GunNoise['cause'], length: number, at: number): void {
    this.#own.noise += length;
    this.#out.push({ kind: 'noise', cause, length, at });
  }

  /** Takes the next bytes; how many. */
  #take(bytes: Uint8Array, from: number, at: number): number {
    if (this.#length > 0) {
      this.#hold(bytes[from] ?? 0, at);
      this.#settle(at);
      return 1;
    }
    const run = this.#plainRun(bytes, from);
    if (run > 0) {
      this.#hear(this.#lines.push(bytes.subarray(from, from + run), at), at);
      return run;
    }
    this.#heldFrom = at;
    this.#hold(bytes[from] ?? 0, at);
    this.#settle(at);
    return 1;
  }

  /** How many bytes cannot begin anything but a code. */
  #plainRun(bytes: Uint8Array, from: number): number {
    if (!this.#reader && !this.#headed) return bytes.length - from;
    if (this.#reader?.reader.isText) return this.#plainLine(bytes, from);
    let end = bytes.length;
    for (const start of this.#starts) {
      const at = bytes.indexOf(start, from);
      if (at >= 0 && at < end) end = at;
    }
    return end - from;
  }

  /** Text is an answer only where a line begins: line by line, to know where that is. */
  #plainLine(bytes: Uint8Array, from: number): number {
    let next = from;
    while (next < bytes.length && !this.#mayStart(bytes[next] ?? 0, next > from || this.#lines.held > 0)) {
      next += 1;
      if (isControl(bytes[next - 1] ?? 0)) break;
    }
    return next - from;
  }

  /** bytes that begin an answer that is no text, or a header */
  get #starts(): readonly number[] {
    const starts = this.#reader?.reader.starts ?? [];
    return this.#headed ? [HEADED_START, ...starts] : starts;
  }

  /** An answer that is no text may stand in the middle of a code. */
  #mayStart(byte: number, insideLine: boolean): boolean {
    if (byte === HEADED_START && this.#headed) return true;
    const reader = this.#reader?.reader;
    return reader?.starts.includes(byte) === true && !(insideLine && reader.isText);
  }

  #hold(byte: number, at: number): void {
    if (this.#length === this.#held.length) {
      const wider = new Uint8Array(2 * this.#length);
      wider.set(this.#held);
      this.#held = wider;
    }
    this.#held[this.#length++] = byte;
    this.#heldAt = at;
  }

  #settle(at: number): void {
    while (this.#length > 0) {
      const finding = this.#look();
      if (finding === 'more') return;
      if (finding === 'no') this.#release(1);
      else this.#consume(finding, at);
    }
  }

  #look(): Finding | 'more' | 'no' {
    const held = this.#held.subarray(0, this.#length);
    const first = held[0] ?? 0;
    if (!this.#mayStart(first, this.#lines.held > 0)) return 'no';
    const length = this.#headed && first === HEADED_START ? hearHeaded(held) : 'no';
    if (length !== 'no') return length === 'more' ? 'more' : { kind: 'headed', length };
    const heard = this.#reader?.reader.hear(held) ?? 'no';
    return typeof heard === 'string' ? heard : { kind: 'answer', heard };
  }

  #release(count: number): void {
    // the line keeps its own copy
    const events = this.#lines.push(this.#held.subarray(0, count), this.#heldAt);
    this.#shift(count);
    if (events.length > 0) this.#hear(events, this.#heldAt);
  }

  #shift(count: number): void {
    this.#length -= count;
    if (this.#length > 0) this.#held.copyWithin(0, count, count + this.#length);
  }

  #consume(finding: Finding, at: number): void {
    const length = finding.kind === 'headed' ? finding.length : finding.heard.length;
    const bytes = this.#held.slice(0, length);
    this.#shift(length);
    if (finding.kind === 'headed') this.#emitHeaded(bytes, at);
    else if (!finding.heard.reply) this.#tellNoise('bad-check', length, at);
    else {
      this.#own.framed += length;
      this.#answer(finding.heard.reply.outcome, at, finding.heard.reply.data);
    }
  }

  #emitHeaded(message: Uint8Array, endedAt: number): void {
    this.#own.framed += message.length;
    const code = parseHeaded(message);
    if (!code) return;
    const { aim, codeId, data: bytes } = code;
    this.#out.push({ kind: 'code', bytes, aim, codeId, startedAt: this.#heldFrom, endedAt });
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
    if (reply) this.#reader = { reader: reply, until: pending.deadline + LATE_MS };
    this.#out.push({ kind: 'send', bytes });
  }
}

function isControl(byte: number): boolean {
  return byte < 0x20;
}
