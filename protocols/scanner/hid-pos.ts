import { AUTO_ENDS } from '../framing/line.ts';
import { LineFramer } from '../framing/line-framer.ts';
import type { GunCode, GunNoise } from './gun-event.ts';
import type { HidPosLayout } from './hid-pos-layout.ts';
import { HONEYWELL_CODE_IDS } from './honeywell.ts';
import { isNewlandAnswer } from './newland.ts';

// USB HID POS: codes in input reports (scanners.md 4.2). A code longer than one report goes on in the next ones.
//
//   02 38 5D 51 31  41 x 56  73 00 01      bit 0 of the last byte: more follows
//   02 38 5D 51 31  42 x 56  73 00 00      the end
//
//   02 08 5D 5A 36  "REVINF" 06 "."  ...   AIM id ]Z6: no code but the answer to a menu command; ]X0: its text

/** What a gun says of itself, among its codes. */
export interface HidPosAnswer {
  readonly kind: 'told';
  readonly bytes: Uint8Array;
  readonly aim?: string;
  readonly codeId?: string;
  readonly at: number;
}

export type HidPosEvent = GunCode | HidPosAnswer | GunNoise;

/** The next report of one code follows within a few ms; later it belongs to another scan. */
const CONTINUED_MS = 250;
/** Largest QR symbol. */
const MAX_CODE_BYTES = 8192;
const BRACKET = 0x5d;
const ANSWER_AIM = new Set([']Z6', ']X0']);

interface Part {
  readonly bytes: Uint8Array;
  readonly aim?: string;
  readonly codeId?: string;
  readonly continued: boolean;
}

interface Chain {
  readonly aim: string | undefined;
  readonly parts: Uint8Array[];
  readonly startedAt: number;
  length: number;
  lastAt: number;
}

/** Reports to codes. Pure: time is an argument; memory is bounded by the longest code. */
export class HidPosReader {
  readonly #layout: HidPosLayout;
  readonly #lines: LineFramer | undefined;
  #chain: Chain | undefined;
  /** the rest of a code whose middle was bad: its parts are no codes */
  #discarding: { readonly aim: string | undefined; lastAt: number } | undefined;
  #out: HidPosEvent[] = [];

  constructor(layout: HidPosLayout) {
    this.#layout = layout;
    this.#lines = layout.streaming ? new LineFramer({ ends: AUTO_ENDS }) : undefined;
  }

  /** bytes of a code that is not whole yet */
  get held(): number {
    return (this.#chain?.length ?? 0) + (this.#lines?.held ?? 0);
  }

  get nextDeadline(): number | undefined {
    const open = this.#chain ?? this.#discarding;
    return open ? open.lastAt + CONTINUED_MS : this.#lines?.nextDeadline;
  }

  /** One report as hidraw delivers it. */
  push(report: Uint8Array, at: number): HidPosEvent[] {
    this.#expire(at);
    const { reportId, reportBytes, data } = this.#layout;
    if (reportId !== 0 && report[0] !== reportId) return this.#taken();
    const part = report.length === reportBytes ? this.#read(report) : undefined;
    if (!part || part.bytes.length > data.length) this.#spoilt(report, at);
    else if (this.#lines) this.#stream(this.#lines, part.bytes, at);
    else this.#take(part, at);
    return this.#taken();
  }

  /** Nothing came until `at`; a call too early does no harm. */
  silence(at: number): HidPosEvent[] {
    this.#expire(at);
    return this.#taken();
  }

  /** At every open and close. */
  reset(at: number): HidPosEvent[] {
    this.#abort(at);
    this.#discarding = undefined;
    for (const event of this.#lines?.reset() ?? []) if (event.kind === 'noise') this.#out.push({ ...event, at });
    return this.#taken();
  }

  #taken(): HidPosEvent[] {
    const events = this.#out;
    this.#out = [];
    return events;
  }

  #expire(at: number): void {
    if (this.#chain && at - this.#chain.lastAt >= CONTINUED_MS) this.#abort(at);
    if (this.#discarding && at - this.#discarding.lastAt >= CONTINUED_MS) this.#discarding = undefined;
    if (this.#lines) this.#stream(this.#lines, new Uint8Array(), at);
  }

  /** The fields of one report; `undefined` when it counts more bytes than it has. */
  #read(report: Uint8Array): Part | undefined {
    const { data, count, continued } = this.#layout;
    const field = report.subarray(data.at, data.at + data.length);
    const length = count === undefined ? trimmedLength(field) : (report[count] ?? 0);
    if (length > data.length) return undefined;
    const aim = this.#aim(report);
    const codeId = this.#codeId(report);
    return {
      bytes: field.slice(0, length),
      ...(aim !== undefined && { aim }),
      ...(codeId !== undefined && { codeId }),
      continued: continued !== undefined && ((report[continued.at] ?? 0) & continued.mask) !== 0,
    };
  }

  #aim(report: Uint8Array): string | undefined {
    const places = this.#layout.aim;
    if (!places || report[places[0]] !== BRACKET) return undefined;
    const aim = String.fromCharCode(BRACKET, report[places[1]] ?? 0, report[places[2]] ?? 0);
    return /^\][A-Za-z][0-9A-Za-z]$/.test(aim) ? aim : undefined;
  }

  #codeId(report: Uint8Array): string | undefined {
    const byte = this.#layout.codeId === undefined ? 0 : (report[this.#layout.codeId] ?? 0);
    return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : undefined;
  }

  /** Its length is wrong, so nothing in it is believed, and what it belonged to is lost. */
  #spoilt(report: Uint8Array, at: number): void {
    const open = this.#chain;
    if (open) {
      this.#abort(at);
      this.#discarding = { aim: open.aim, lastAt: at };
    }
    this.#out.push({ kind: 'noise', cause: 'bad-length', length: report.length, at });
  }

  #take(part: Part, at: number): void {
    if (this.#chain && this.#chain.aim !== part.aim) this.#abort(at);
    if (this.#discarding && this.#discard(part, at)) return;
    const chain = this.#chain ?? { aim: part.aim, parts: [], startedAt: at, length: 0, lastAt: at };
    this.#chain = chain;
    chain.parts.push(part.bytes);
    chain.length += part.bytes.length;
    chain.lastAt = at;
    if (chain.length > MAX_CODE_BYTES) this.#overflow(part, at);
    else if (!part.continued) this.#emit(chain, part, at);
  }

  #overflow(part: Part, at: number): void {
    this.#abort(at);
    if (part.continued) this.#discarding = { aim: part.aim, lastAt: at };
  }

  /** true: this report belongs to the code that is being thrown away. */
  #discard(part: Part, at: number): boolean {
    const discarding = this.#discarding;
    if (!discarding || discarding.aim !== part.aim) {
      this.#discarding = undefined;
      return false;
    }
    this.#out.push({ kind: 'noise', cause: 'discarded', length: part.bytes.length, at });
    discarding.lastAt = at;
    if (!part.continued) this.#discarding = undefined;
    return true;
  }

  #abort(at: number): void {
    const length = this.#chain?.length ?? 0;
    if (this.#chain) this.#out.push({ kind: 'noise', cause: 'continuation-aborted', length, at });
    this.#chain = undefined;
  }

  #emit(chain: Chain, { aim, codeId }: Part, at: number): void {
    this.#chain = undefined;
    const bytes = joined(chain.parts, chain.length);
    const ids = { ...(aim !== undefined && { aim }), ...(codeId !== undefined && { codeId }) };
    if (this.#isAnswer(bytes, aim)) return void this.#out.push({ kind: 'told', bytes, ...ids, at });
    const symbology = codeId === undefined ? undefined : HONEYWELL_CODE_IDS[codeId];
    const name = symbology === undefined ? {} : { symbology };
    if (bytes.length > 0)
      this.#out.push({ kind: 'code', bytes, ...ids, ...name, startedAt: chain.startedAt, endedAt: at });
  }

  #isAnswer(bytes: Uint8Array, aim: string | undefined): boolean {
    if (this.#layout.answers === 'aim') return aim !== undefined && ANSWER_AIM.has(aim);
    return this.#layout.answers === 'newland' && isNewlandAnswer(bytes);
  }

  #stream(lines: LineFramer, bytes: Uint8Array, at: number): void {
    for (const event of bytes.length > 0 ? lines.push(bytes, at) : lines.silence(at)) {
      if (event.kind === 'noise') this.#out.push({ ...event, at });
      else {
        const { bytes: code, startedAt, endedAt } = event;
        this.#out.push({ kind: 'code', bytes: code, startedAt, endedAt });
      }
    }
  }
}

/** Without a count the filling is cut off; a code that ends with 00 cannot be told from it. */
function trimmedLength(field: Uint8Array): number {
  let length = field.length;
  while (length > 0 && field[length - 1] === 0) length -= 1;
  return length;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export interface HidPosCode {
  readonly bytes: Uint8Array;
  readonly aim?: string;
  readonly codeId?: string;
  /** the maker's number, where the layout has a place for it */
  readonly symbology?: number;
}

/** A code as reports: how a gun of this layout would send it. */
export function encodeHidPos(layout: HidPosLayout, { bytes, aim, codeId, symbology }: HidPosCode): Uint8Array[] {
  const reports: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += layout.data.length) {
    const part = bytes.subarray(at, at + layout.data.length);
    const report = new Uint8Array(layout.reportBytes);
    if (layout.reportId !== 0) report[0] = layout.reportId;
    if (layout.count !== undefined) report[layout.count] = part.length;
    for (const [n, place] of (layout.aim ?? []).entries()) report[place] = aim?.charCodeAt(n) ?? 0;
    report.set(part, layout.data.at);
    if (layout.codeId !== undefined) report[layout.codeId] = codeId?.charCodeAt(0) ?? 0;
    if (layout.symbology !== undefined) report[layout.symbology] = symbology ?? 0;
    const { continued } = layout;
    if (continued && at + part.length < bytes.length)
      report[continued.at] = (report[continued.at] ?? 0) | continued.mask;
    reports.push(report);
  }
  return reports;
}

/** To the gun: Honeywell's output report. Its second byte is 0F before menu commands in every sample; the gun ignores it. */
export function honeywellOut(command: Uint8Array): Uint8Array {
  return Uint8Array.of(HONEYWELL_OUT, command[1] === 0x4d ? 0x0f : command.length, ...command);
}

/** To the gun: Newland's, in either of its languages, filled up to 64 bytes. */
export function newlandOut(command: Uint8Array): Uint8Array {
  if (command.length > 62) throw new RangeError('a command has 62 bytes at most');
  const report = new Uint8Array(64);
  report.set([NEWLAND_OUT, command.length, ...command]);
  return report;
}

export const HONEYWELL_OUT = 0xfd;
export const NEWLAND_OUT = 0x04;
/** A feature report that switches a Honeywell gun to HID POS (WebHidBarcodeScanner). */
export const HONEYWELL_HID_POS_ON = Uint8Array.of(0xfe, 0x01);

/** The command in an output report, or `undefined` when it is none. */
export function commandOf(report: Uint8Array): Uint8Array | undefined {
  if (report[0] === HONEYWELL_OUT) {
    const end = report.findLastIndex((byte) => byte !== 0) + 1;
    return report.slice(2, end);
  }
  const length = report[1] ?? 0;
  return report[0] === NEWLAND_OUT && length <= report.length - 2 ? report.slice(2, 2 + length) : undefined;
}
