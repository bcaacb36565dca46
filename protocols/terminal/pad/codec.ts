import { decodeLatin1, encodeLatin1 } from '../../bytes/latin1.ts';
import type { Measured, PacketShape, Totals } from '../../framing/packet.ts';
import { PAD_MESSAGES, type PadField, type PadMessage, type PadMessageName, type PadRow } from './messages.ts';

//   02   00 0A     A2        30 42 33 46 32 41 37 31   03    D9      sign over the feature code 0B3F2A71
//   STX  length    command   payload                   ETX   LRC     length: command, payload and ETX, big endian
//                                                                    LRC: exclusive or from the length to ETX
//
// Pictures are full of 02 and 03: only the length says where a frame ends.

const STX = 0x02;
const ETX = 0x03;
/** the length at most, as the observed driver has it */
const MAX_PAD_LENGTH = 10_241;
/** STX, length, LRC */
const AROUND = 4;
const HEAD = 4;
/** 10 KB take 0.9 s at 115200; a pad that stops within a frame for so long has been interrupted */
const SILENCE_MS = 500;

export type PadSide = PadRow['from'];

const ROWS = Object.entries(PAD_MESSAGES) as readonly (readonly [PadMessageName, PadRow])[];

/** The frames of one side; of both when nothing says who spoke. */
export function padShape(from: PadSide | 'both'): PacketShape {
  const codes = new Set(ROWS.filter(([, row]) => from === 'both' || row.from === from).map(([, row]) => row.code));
  return {
    starts: [STX],
    headBytes: HEAD,
    maxBytes: MAX_PAD_LENGTH + AROUND,
    silenceMs: SILENCE_MS,
    measure: (buffer, at, to, totals) => measure(buffer, at, to, totals, codes),
  };
}

function measure(buffer: Uint8Array, at: number, to: number, totals: Totals, codes: ReadonlySet<number>): Measured {
  if (to - at < HEAD) return 'more';
  const length = ((buffer[at + 1] ?? 0) << 8) | (buffer[at + 2] ?? 0);
  if (length < 2 || length > MAX_PAD_LENGTH || !codes.has(buffer[at + 3] ?? 0)) return 'junk';
  const size = length + AROUND;
  if (to - at < size) return 'more';
  return buffer[at + size - 2] === ETX && totals.xor(at + 1, at + size) === 0 ? size : 'bad-check';
}

export function encodePad(message: PadMessage): Uint8Array {
  const row: PadRow = PAD_MESSAGES[message.name];
  const values: Readonly<Record<string, unknown>> = { ...message };
  const parts = Object.entries(row.fields).map(([name, field]) => bytesOf(field, values[name]));
  const length = parts.reduce((sum, part) => sum + part.length, 2);
  if (length > MAX_PAD_LENGTH) throw new RangeError(`${message.name}: ${length} bytes are more than a frame holds`);
  const bytes = new Uint8Array(length + AROUND);
  bytes.set([STX, length >> 8, length & 0xff, row.code]);
  let at = HEAD;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes[at] = ETX;
  bytes[at + 1] = bytes.subarray(1, at + 1).reduce((xor, byte) => xor ^ byte, 0);
  return bytes;
}

function bytesOf(field: PadField, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return encodeLatin1(value) ?? new Uint8Array();
  const number = typeof value === 'number' ? value : 0;
  switch (field) {
    case 'word':
      return Uint8Array.of(number >> 8, number);
    case 'sequence':
      return Uint8Array.of(number >> 16, number >> 8, number);
    case 'status':
      return value === undefined ? new Uint8Array() : Uint8Array.of(number);
    default:
      return Uint8Array.of(number);
  }
}

/** A frame that the framer has checked; `undefined` when its payload is not that of the command. */
export function parsePad(frame: Uint8Array, from: PadSide): PadMessage | undefined {
  const payload = frame.subarray(HEAD, -2);
  for (const [name, row] of ROWS) {
    if (row.from !== from || row.code !== frame[HEAD - 1]) continue;
    const fields = fieldsOf(row, payload);
    // the row's fields are what the type of its message was made from
    if (fields) return { name, ...fields } as unknown as PadMessage;
  }
  return undefined;
}

const SIZES: Readonly<Record<PadField, number>> = { byte: 1, word: 2, sequence: 3, code: 8, status: 1, rest: 0 };

function fieldsOf(row: PadRow, payload: Uint8Array): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const [name, field] of Object.entries(row.fields)) {
    const part = payload.subarray(at, field === 'rest' ? payload.length : at + SIZES[field]);
    if (part.length < SIZES[field] && !(field === 'status' && part.length === 0)) return undefined;
    values[name] = valueOf(field, part);
    at += part.length;
  }
  return at === payload.length ? values : undefined;
}

function valueOf(field: PadField, part: Uint8Array): unknown {
  if (field === 'rest') return part.slice();
  if (field === 'code') return decodeLatin1(part);
  if (part.length === 0) return undefined;
  return part.reduce((value, byte) => value * 256 + byte, 0);
}
