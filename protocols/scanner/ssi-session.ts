import { type Packet, type PacketEvent, PacketFramer, type PacketNoise } from '../framing/packet.ts';
import type { GunAnswer, GunCode, GunNoise, GunNoRead, GunSend } from './gun-event.ts';
import { decodeData, isNoRead, parseSsi, type SsiPacket, ssiCommand, ssiNak, ssiResent, ssiShape } from './ssi.ts';
import { type ChainStep, SsiChain } from './ssi-chain.ts';
import { changesLine } from './ssi-parameters.ts';
import {
  SSI_EVENTS,
  SSI_STATUS,
  type SsiOpcodeName,
  ssiNakReason,
  ssiOpcode,
  ssiOpcodeName,
  ssiSymbology,
} from './ssi-table.ts';

// The host's side of the conversation (scanners.md 2.3; Zebra DS4308 p.157, DS8178 p.191, CR6080 p.185).
//
//   gun  17 F3 00 00 1C 31 33 ... FB 3F     a code
//   host 04 D0 04 00 FF 28                  ACK; had it been lost, the gun would send again:
//   gun  17 F3 00 01 1C 31 33 ... FB 3E     the same with the retransmit bit: ACK again, one payment all the same
//
// Pure: bytes, commands and times in, events out, `send` events being bytes for the gun.

/** The gun sent a packet again because our ACK was lost; it was acknowledged and left out. */
export interface SsiRepeated {
  readonly kind: 'repeated';
  readonly at: number;
}

/** EVENT: decode, boot, parameter entry. */
export interface SsiGunEvent {
  readonly kind: 'event';
  readonly code: number;
  readonly meaning?: string;
  readonly at: number;
}

/** After this answer the gun speaks with the line settings that were just set. */
export interface SsiLineChange {
  readonly kind: 'line-change';
}

/** A raw code from a gun whose codes were packets: a spoilt packet, or the gun lost its setting. It is not believed. */
export interface SsiRawAgain {
  readonly kind: 'raw-again';
  readonly length: number;
  readonly at: number;
}

export type SsiEvent =
  | GunCode
  | GunNoRead
  | GunSend
  | GunNoise
  | GunAnswer
  | SsiRepeated
  | SsiGunEvent
  | SsiLineChange
  | SsiRawAgain;

export interface SsiSessionConfig {
  /** ACK/NAK handshaking, parameter 9F; default true */
  readonly handshaking?: boolean;
  /** parameter 9B; default 2000 */
  readonly responseMs?: number;
  /** 00 before a command, for guns without RTS/CTS: the first byte may be lost while they sleep */
  readonly wakeUp?: boolean;
}

export interface SsiRequest {
  readonly name: SsiOpcodeName;
  readonly data?: readonly number[];
  /** survives power-off; flash writes are limited */
  readonly permanent?: boolean;
}

const RESPONSE_MS = 2000;
/** once, then twice again with the retransmit bit (DS4308 p.157) */
const SENDS = 3;
/** The gun gives up after three sends of 2 s; the last one may still be on the line then. */
const REPEAT_WINDOW_MS = 10_000;
/** GM67 driver: 00, then 50 ms */
const WAKE_UP_MS = 50;
/** A flood of garbage is not answered byte by byte. */
const NAK_PAUSE_MS = 50;
/** Commands that may wait: more is a fault of the caller. */
const MAX_WAITING = 16;

interface Pending {
  readonly request: SsiRequest;
  readonly bytes: Uint8Array;
  sends: number;
  deadline: number;
}

export class SsiSession {
  readonly #framer = new PacketFramer(ssiShape('decoder'));
  readonly #chain: SsiChain;
  readonly #handshaking: boolean;
  readonly #responseMs: number;
  readonly #wakeUp: boolean;
  #waiting: SsiRequest[] = [];
  #pending: Pending | undefined;
  #nakDue = false;
  #nakedAt = Number.NEGATIVE_INFINITY;
  #accepted: { readonly packet: SsiPacket; readonly at: number } | undefined;
  #out: SsiEvent[] = [];

  constructor(config: SsiSessionConfig = {}) {
    this.#handshaking = config.handshaking ?? true;
    this.#responseMs = config.responseMs ?? RESPONSE_MS;
    this.#chain = new SsiChain(this.#responseMs);
    this.#wakeUp = config.wakeUp ?? false;
  }

  get tally(): { readonly received: number; readonly framed: number; readonly noise: number } {
    return this.#framer.tally;
  }

  get held(): number {
    return this.#framer.held;
  }

  get nextDeadline(): number | undefined {
    const repeat = this.#accepted && this.#accepted.at + REPEAT_WINDOW_MS;
    const times = [this.#framer.nextDeadline, this.#chain.nextDeadline, repeat, this.#pending?.deadline];
    const due = times.filter((time) => time !== undefined);
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  push(bytes: Uint8Array, at: number): SsiEvent[] {
    this.#expire(at);
    this.#hear(this.#framer.push(bytes, at), at);
    this.#speak(at);
    return this.#taken();
  }

  /** Takes bytes until none is held any more; how far that is. What came of it is in the next {@link push}. */
  feed(bytes: Uint8Array, from: number, at: number): number {
    return this.#framer.feed(bytes, from, at);
  }

  /** To be called at {@link nextDeadline}; a call too early does no harm. */
  wake(at: number): SsiEvent[] {
    this.#expire(at);
    this.#hear(this.#framer.silence(at), at);
    this.#speak(at);
    return this.#taken();
  }

  /** A command; its `answer` event comes later, in any case. */
  request(request: SsiRequest, at: number): SsiEvent[] {
    if (this.#waiting.length >= MAX_WAITING) throw new RangeError(`${MAX_WAITING} commands are waiting already`);
    this.#waiting.push(request);
    this.#speak(at);
    return this.#taken();
  }

  /**
   * At every open and close. What was accepted is remembered: a gun that sends it again after the port came back means
   * the same scan.
   */
  reset(at: number): SsiEvent[] {
    this.#hear(this.#framer.reset(), at);
    this.#abort(this.#chain.drop(), at);
    const unanswered = [...(this.#pending ? [this.#pending.request] : []), ...this.#waiting];
    this.#pending = undefined;
    this.#waiting = [];
    this.#nakDue = false;
    for (const { name } of unanswered) this.#out.push({ kind: 'answer', command: name, outcome: 'no-answer' });
    return this.#taken();
  }

  #taken(): SsiEvent[] {
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #expire(at: number): void {
    if (this.#accepted && at >= this.#accepted.at + REPEAT_WINDOW_MS) this.#accepted = undefined;
    if (!this.#framer.isMidPacket) this.#abort(this.#chain.expire(at), at);
  }

  #hear(events: readonly PacketEvent[], at: number): void {
    for (const event of events) {
      if (event.kind === 'noise') this.#hearNoise(event);
      else this.#hearPacket(event, at);
    }
  }

  /** A packet with a bad check, or cut off: ask once. Bytes that can be no packet: say nothing, listen. */
  #hearNoise({ cause, length, at }: PacketNoise): void {
    this.#out.push({ kind: 'noise', cause, length, at });
    if (cause !== 'junk') this.#nakDue = true;
    // without handshaking nothing is sent again: what was unreadable is missing from the code
    if (!this.#handshaking) this.#abort(this.#chain.drop(), at);
  }

  #hearPacket(packet: Packet, at: number): void {
    const parsed = parseSsi(packet.bytes);
    const name = ssiOpcodeName(parsed.opcode);
    this.#nakDue = false;
    if (name === 'CMD_ACK' || name === 'CMD_NAK') return this.#hearVerdict(name, parsed, at);
    if (this.#isRepeat(parsed)) return this.#hearRepeat(name, parsed, at);
    const told = this.#out;
    this.#out = [];
    const accepted = this.#accept(name, parsed, packet);
    const news = this.#taken();
    this.#out = told;
    if (accepted) this.#acknowledge(name);
    else this.#cancel();
    this.#out.push(...news);
    if (accepted) this.#accepted = { packet: parsed, at };
  }

  #hearRepeat(name: SsiOpcodeName | undefined, packet: SsiPacket, at: number): void {
    if (name === 'DECODE_DATA' && !this.#chain.repeated(packet, at)) return this.#cancel();
    this.#acknowledge(name);
    this.#out.push({ kind: 'repeated', at });
  }

  #acknowledge(name: SsiOpcodeName | undefined): void {
    if (!this.#handshaking) return;
    const ack = name === 'MULTIPACKET_SEGMENT' ? 'MULTIPACKET_ACK' : 'CMD_ACK';
    this.#out.push({ kind: 'send', bytes: ssiCommand(ack) });
  }

  /** The gun stops sending this code, and its error beep says so. */
  #cancel(): void {
    if (this.#handshaking) this.#out.push({ kind: 'send', bytes: ssiNak('CANCEL') });
  }

  /** The bit alone is not enough: the first send may have been lost before it reached us. */
  #isRepeat(packet: SsiPacket): boolean {
    const last = this.#accepted?.packet;
    if (!(packet.status & SSI_STATUS.retransmit) || !last || last.opcode !== packet.opcode) return false;
    const same = (last.status | SSI_STATUS.retransmit) === packet.status && last.data.length === packet.data.length;
    return same && last.data.every((byte, n) => byte === packet.data[n]);
  }

  /** false: it is part of a code that was given up. */
  #accept(name: SsiOpcodeName | undefined, parsed: SsiPacket, { startedAt, endedAt }: Packet): boolean {
    if (name === 'DECODE_DATA') return this.#step(this.#chain.decodeData(parsed, startedAt, endedAt), endedAt);
    if (name === 'MULTIPACKET_SEGMENT') return this.#step(this.#chain.segment(parsed, startedAt, endedAt), endedAt);
    if (name === 'DECODE_DATA_LONG') this.#emit({ ...decodeData(parsed), startedAt }, endedAt);
    else if (name === 'EVENT') this.#tellEvent(parsed.data[0] ?? 0, endedAt);
    else this.#hearAnswer(name, parsed);
    return true;
  }

  #step(step: ChainStep, at: number): boolean {
    this.#abort(step.dropped, at);
    if (step.kind === 'code') this.#emit(step.code, at);
    return step.kind !== 'refused';
  }

  #abort(length: number, at: number): void {
    if (length > 0) this.#out.push({ kind: 'noise', cause: 'continuation-aborted', length, at });
  }

  #emit(scan: { type: number; code: Uint8Array; startedAt: number }, endedAt: number): void {
    if (isNoRead(scan.code)) return void this.#out.push({ kind: 'no-read', at: endedAt });
    const symbology = ssiSymbology(scan.type);
    const { code: bytes, startedAt } = scan;
    this.#out.push({ kind: 'code', bytes, ...(symbology !== undefined && { symbology }), startedAt, endedAt });
  }

  #tellEvent(code: number, at: number): void {
    const meaning = SSI_EVENTS[code];
    this.#out.push({ kind: 'event', code, ...(meaning !== undefined && { meaning }), at });
  }

  #hearVerdict(name: 'CMD_ACK' | 'CMD_NAK', packet: SsiPacket, at: number): void {
    const pending = this.#pending;
    if (!pending) return;
    const reason = name === 'CMD_NAK' ? ssiNakReason(packet.data[0] ?? 0) : undefined;
    if (name === 'CMD_ACK') {
      if (ssiOpcode(pending.request.name).reply === 'CMD_ACK') this.#answer('ok');
    } else if (reason === 'RESEND') this.#sendAgain(pending, at);
    else this.#answer(reason === 'BAD_CONTEXT' ? 'bad-data' : 'denied');
  }

  /** Data is an answer of its own: no ACK comes before it. */
  #hearAnswer(name: SsiOpcodeName | undefined, { data }: SsiPacket): void {
    if (this.#pending && ssiOpcode(this.#pending.request.name).reply === name) this.#answer('ok', data);
  }

  #answer(outcome: GunAnswer['outcome'], data?: Uint8Array): void {
    const request = this.#pending?.request;
    if (!request) return;
    this.#pending = undefined;
    this.#out.push({ kind: 'answer', command: request.name, outcome, ...(data && { data }) });
    if (outcome === 'ok' && request.name === 'PARAM_SEND' && changesLine(Uint8Array.from(request.data ?? [])))
      this.#out.push({ kind: 'line-change' });
  }

  /** The host is silent while the gun is sending. */
  #speak(at: number): void {
    if (this.#framer.isMidPacket) return;
    if (this.#nakDue) this.#askAgain(at);
    if (this.#pending && at >= this.#pending.deadline) this.#sendAgain(this.#pending, at);
    while (!this.#pending && this.#waiting.length > 0) this.#sendNext(at);
  }

  #askAgain(at: number): void {
    this.#nakDue = false;
    if (!this.#handshaking || at - this.#nakedAt < NAK_PAUSE_MS) return;
    this.#nakedAt = at;
    this.#chain.spoilt();
    this.#out.push({ kind: 'send', bytes: ssiNak('RESEND') });
  }

  #sendNext(at: number): void {
    const request = this.#waiting.shift();
    if (!request) return;
    const bytes = ssiCommand(request.name, request.data ?? [], request.permanent);
    this.#pending = { request, bytes, sends: 0, deadline: at };
    if (!this.#wakeUp) return this.#sendAgain(this.#pending, at);
    this.#out.push({ kind: 'send', bytes: Uint8Array.of(0) });
    this.#pending.deadline = at + WAKE_UP_MS;
  }

  #sendAgain(pending: Pending, at: number): void {
    if (pending.sends >= SENDS) return this.#answer('no-answer');
    this.#out.push({ kind: 'send', bytes: pending.sends === 0 ? pending.bytes : ssiResent(pending.bytes) });
    pending.sends += 1;
    pending.deadline = at + this.#responseMs;
    const { reply } = ssiOpcode(pending.request.name);
    if (reply === 'none' || (reply === 'CMD_ACK' && !this.#handshaking)) this.#answer('ok');
  }
}
