import { decodeUtf8Lossy, encodeUtf8 } from '../bytes/utf8.ts';

// HID reports over a byte stream (TCP, a Unix socket): a gun at another computer, or one that is simulated where the kernel
// has no HID. Ours, so there is no source but this file. The device's side listens and speaks first; numbers are big endian.
//
//   type  length  payload
//   01    00 1C   54 57 52 53 01  0C 2E 0D B3 01 00  00 07 56 6F 79 61 67 65 72 03 53 31 32  05 8C 09 02
//   hello         "TWRS", version, vendor, product, release; manufacturer "", product "Voyager", serial number "S12", each
//                 with its length before it; the report descriptor
//   02    00 40   02 12 5D 51 31 31 33 ...          input report, as hidraw delivers it: the id first, where ids are used
//   03    00 06   FD 03 16 54 0D 00                 output report, as written to hidraw: the id first, 00 where there is none
//   04    00 03   07 FE 01                          set feature report: number of the request, then as an output report
//   05    00 02   08 FE                             get feature report: number of the request, id
//   06    00 04   08 00 FE 01                       done: number, 00 good or 01 refused; of a get the report, its id first
//   07    00 01   2C                                are you there? Either side may ask at any time
//   08    00 01   2C                                yes

/** What the device says of itself, once, before anything else. */
export interface ReportHello {
  readonly kind: 'hello';
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice */
  readonly release: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serialNumber: string;
  readonly descriptor: Uint8Array;
}

export type ReportMessage =
  | ReportHello
  | { readonly kind: 'input'; readonly report: Uint8Array }
  | { readonly kind: 'output'; readonly report: Uint8Array }
  | { readonly kind: 'set-feature'; readonly request: number; readonly report: Uint8Array }
  | { readonly kind: 'get-feature'; readonly request: number; readonly reportId: number }
  | { readonly kind: 'done'; readonly request: number; readonly ok: boolean; readonly report: Uint8Array }
  | { readonly kind: 'ping'; readonly number: number }
  | { readonly kind: 'pong'; readonly number: number };

const TYPES = {
  hello: 0x01,
  input: 0x02,
  output: 0x03,
  'set-feature': 0x04,
  'get-feature': 0x05,
  done: 0x06,
  ping: 0x07,
  pong: 0x08,
} as const satisfies Record<ReportMessage['kind'], number>;

const MAGIC = [0x54, 0x57, 0x52, 0x53];
const VERSION = 1;
/** magic, version, three numbers */
const HELLO_HEAD = 11;
const HEAD_BYTES = 3;
/** Linux: a report descriptor has 4096 bytes at most, and no gun has reports longer than that. */
const MAX_REPORT_BYTES = 4096;
const MAX_TEXT_BYTES = 255;
const MAX_PAYLOAD = HELLO_HEAD + 3 * (1 + MAX_TEXT_BYTES) + MAX_REPORT_BYTES;

export function encodeReportMessage(message: ReportMessage): Uint8Array {
  const payload = payloadOf(message);
  if (payload.length > MAX_PAYLOAD) throw new RangeError(`a message has ${MAX_PAYLOAD} bytes at most`);
  return Uint8Array.of(TYPES[message.kind], payload.length >> 8, payload.length & 0xff, ...payload);
}

function payloadOf(message: ReportMessage): Uint8Array {
  switch (message.kind) {
    case 'hello':
      return helloBytes(message);
    case 'input':
    case 'output':
      return message.report;
    case 'set-feature':
      return Uint8Array.of(message.request, ...message.report);
    case 'get-feature':
      return Uint8Array.of(message.request, message.reportId);
    case 'done':
      return Uint8Array.of(message.request, message.ok ? 0 : 1, ...message.report);
    case 'ping':
    case 'pong':
      return Uint8Array.of(message.number);
    default:
      return message satisfies never;
  }
}

function helloBytes(hello: ReportHello): Uint8Array {
  const numbers = [hello.vendorId, hello.productId, hello.release].flatMap((value) => [value >> 8, value & 0xff]);
  const texts = [hello.manufacturer, hello.product, hello.serialNumber].flatMap((text) => {
    const bytes = encodeUtf8(text).subarray(0, MAX_TEXT_BYTES);
    return [bytes.length, ...bytes];
  });
  return Uint8Array.of(...MAGIC, VERSION, ...numbers, ...texts, ...hello.descriptor);
}

/** The stream is not one of ours, or was damaged: it is of no more use, the connection is closed. */
export interface ReportStreamBroken {
  readonly kind: 'broken';
  readonly why: string;
}

/** Bytes of one connection to messages. Pure; holds at most one message. What follows `broken` is ignored. */
export class ReportStreamReader {
  readonly #from: 'device' | 'host';
  #held = new Uint8Array(256);
  #length = 0;
  #greeted: boolean;
  #broken = false;

  /** `from`: who sends what is read here */
  constructor(from: 'device' | 'host') {
    this.#from = from;
    this.#greeted = from === 'host';
  }

  get held(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): (ReportMessage | ReportStreamBroken)[] {
    const out: (ReportMessage | ReportStreamBroken)[] = [];
    for (let at = 0; at < bytes.length && !this.#broken; ) {
      const wanted = this.#wanted() - this.#length;
      const part = bytes.subarray(at, at + wanted);
      this.#hold(part);
      at += part.length;
      if (part.length === wanted) this.#settle(out);
    }
    return out;
  }

  /** How many bytes are looked at next: the head, then the whole message. */
  #wanted(): number {
    return this.#length < HEAD_BYTES ? HEAD_BYTES : HEAD_BYTES + this.#payloadLength();
  }

  #payloadLength(): number {
    return ((this.#held[1] ?? 0) << 8) | (this.#held[2] ?? 0);
  }

  #hold(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#held.length) {
      const wider = new Uint8Array(Math.max(2 * this.#held.length, length));
      wider.set(this.#held.subarray(0, this.#length));
      this.#held = wider;
    }
    this.#held.set(part, this.#length);
    this.#length = length;
  }

  #settle(out: (ReportMessage | ReportStreamBroken)[]): void {
    const kind = kindOf(this.#held[0] ?? 0);
    const wrong = this.#whyWrong(kind);
    if (!kind || wrong !== undefined) return this.#break(wrong ?? 'no such message', out);
    if (this.#length < HEAD_BYTES + this.#payloadLength()) return;
    const message = parsePayload(kind, this.#held.slice(HEAD_BYTES, this.#length));
    if (!message) return this.#break(`a ${kind} message that cannot be read`, out);
    this.#length = 0;
    this.#greeted = true;
    out.push(message);
  }

  #whyWrong(kind: ReportMessage['kind'] | undefined): string | undefined {
    if (!kind) return `no message begins with ${this.#held[0] ?? 0}`;
    if (this.#payloadLength() > MAX_PAYLOAD) return `a message of ${this.#payloadLength()} bytes`;
    if (!this.#greeted && kind !== 'hello') return 'no greeting came first';
    if (this.#greeted && kind === 'hello') return 'a second greeting';
    return SPOKEN_BY[kind] === 'either' || SPOKEN_BY[kind] === this.#from
      ? undefined
      : `${kind} from the ${this.#from}`;
  }

  #break(why: string, out: (ReportMessage | ReportStreamBroken)[]): void {
    this.#broken = true;
    this.#length = 0;
    out.push({ kind: 'broken', why });
  }
}

const SPOKEN_BY: Readonly<Record<ReportMessage['kind'], 'device' | 'host' | 'either'>> = {
  hello: 'device',
  input: 'device',
  output: 'host',
  'set-feature': 'host',
  'get-feature': 'host',
  done: 'device',
  ping: 'either',
  pong: 'either',
};

function kindOf(type: number): ReportMessage['kind'] | undefined {
  return (Object.keys(TYPES) as ReportMessage['kind'][]).find((kind) => TYPES[kind] === type);
}

function parsePayload(kind: ReportMessage['kind'], payload: Uint8Array): ReportMessage | undefined {
  const [first = 0, second = 0] = payload;
  switch (kind) {
    case 'hello':
      return parseHello(payload);
    case 'input':
    case 'output':
      return payload.length > 0 ? { kind, report: payload } : undefined;
    case 'set-feature':
      return payload.length > 1 ? { kind, request: first, report: payload.subarray(1) } : undefined;
    case 'get-feature':
      return payload.length === 2 ? { kind, request: first, reportId: second } : undefined;
    case 'done':
      return payload.length > 1 ? { kind, request: first, ok: second === 0, report: payload.subarray(2) } : undefined;
    case 'ping':
    case 'pong':
      return payload.length === 1 ? { kind, number: first } : undefined;
    default:
      return kind satisfies never;
  }
}

function parseHello(payload: Uint8Array): ReportHello | undefined {
  if (payload.length < HELLO_HEAD || MAGIC.some((byte, n) => payload[n] !== byte) || payload[4] !== VERSION)
    return undefined;
  const number = (at: number) => ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
  const texts: string[] = [];
  let at = HELLO_HEAD;
  for (let n = 0; n < 3; n++) {
    const end = at + 1 + (payload[at] ?? 0);
    if (at >= payload.length || end > payload.length) return undefined;
    texts.push(decodeUtf8Lossy(payload.subarray(at + 1, end)));
    at = end;
  }
  const [manufacturer = '', product = '', serialNumber = ''] = texts;
  const ids = { vendorId: number(5), productId: number(7), release: number(9) };
  return { kind: 'hello', ...ids, manufacturer, product, serialNumber, descriptor: payload.subarray(at) };
}
