// USB/IP: USB requests over a stream (Linux, Documentation/usb/usbip_protocol.rst, version 1.1.1). All numbers big endian but
// the setup packet, which is USB's own, little endian. A client first asks for a device, then both sides speak of URBs:
//
//   0          4       8      12         16  20            24      28           32       36        40
//   00000001   seqnum  devid  direction  ep  flags         length  start frame  packets  interval  setup[8], then out data
//   00000002   seqnum  devid  direction  ep  victim's seqnum                                       (an URB is called off)
//   00000003   seqnum  0      0          0   status        actual  0            0        0         0[8], then in data
//   00000004   seqnum  0      0          0   status                                                (called off, or too late)

export const HEADER_BYTES = 48;
/** No device of ours moves more in one request; a longer one is a broken stream. */
const MAX_TRANSFER_BYTES = 1_048_576;

const SUBMIT = 1;
const UNLINK = 2;
const SUBMITTED = 3;
const UNLINKED = 4;
const OUT = 0;

/** Errno of a request that was called off: ECONNRESET. */
const CALLED_OFF = -104;
/** EPIPE: the endpoint stalls, which says "I do not know that". */
const STALLED = -32;

export interface Setup {
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

export type Urb =
  | { readonly kind: 'control'; readonly seq: number; readonly setup: Setup; readonly data: Uint8Array }
  | { readonly kind: 'in'; readonly seq: number; readonly endpoint: number; readonly length: number }
  | { readonly kind: 'out'; readonly seq: number; readonly endpoint: number; readonly data: Uint8Array }
  | { readonly kind: 'unlink'; readonly seq: number; readonly victim: number };

/** Cuts a stream into requests, however it was chunked. */
export class UrbReader {
  #rest = Buffer.alloc(0);

  /** Throws on a stream that is not USB/IP: there is no way to find the next request in it. */
  *push(bytes: Uint8Array): Generator<Urb> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (let urb = this.#next(); urb; urb = this.#next()) yield urb;
  }

  #next(): Urb | undefined {
    const rest = this.#rest;
    if (rest.length < HEADER_BYTES) return undefined;
    const command = rest.readUInt32BE(0);
    const seq = rest.readUInt32BE(4);
    if (command === UNLINK) return this.#cut(HEADER_BYTES, { kind: 'unlink', seq, victim: rest.readUInt32BE(20) });
    const length = rest.readUInt32BE(24);
    if (command !== SUBMIT || length > MAX_TRANSFER_BYTES)
      throw new Error(`not an URB: command ${command}, ${length} bytes`);
    const isOut = rest.readUInt32BE(12) === OUT;
    const total = HEADER_BYTES + (isOut ? length : 0);
    if (rest.length < total) return undefined;
    const data = Uint8Array.from(rest.subarray(HEADER_BYTES, total));
    const endpoint = rest.readUInt32BE(16);
    if (endpoint === 0) return this.#cut(total, { kind: 'control', seq, setup: setupOf(rest), data });
    return this.#cut(total, isOut ? { kind: 'out', seq, endpoint, data } : { kind: 'in', seq, endpoint, length });
  }

  #cut(bytes: number, urb: Urb): Urb {
    this.#rest = this.#rest.subarray(bytes);
    return urb;
  }
}

function setupOf(header: Buffer): Setup {
  return {
    requestType: header.readUInt8(40),
    request: header.readUInt8(41),
    value: header.readUInt16LE(42),
    index: header.readUInt16LE(44),
    length: header.readUInt16LE(46),
  };
}

/** A request was carried out: `data` came in, or `taken` bytes went out. */
export function done(seq: number, data: Uint8Array, taken = data.length): Uint8Array {
  return Buffer.concat([header(SUBMITTED, seq, 0, taken), data]);
}

export function stalled(seq: number): Uint8Array {
  return header(SUBMITTED, seq, STALLED, 0);
}

/** `found`: the request still waited and was called off; otherwise its answer is on its way. */
export function unlinked(seq: number, found: boolean): Uint8Array {
  return header(UNLINKED, seq, found ? CALLED_OFF : 0, 0);
}

function header(command: number, seq: number, status: number, actual: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32BE(command, 0);
  bytes.writeUInt32BE(seq, 4);
  bytes.writeInt32BE(status, 20);
  bytes.writeUInt32BE(actual, 24);
  return bytes;
}
