import { decodeLatin1 } from '../bytes/latin1.ts';
import type { Measured, PacketShape, Totals } from '../framing/packet.ts';
import { SSI_NAK, SSI_STATUS, type SsiNakReason, type SsiOpcodeName, ssiOpcode, ssiOpcodeName } from './ssi-table.ts';

// One SSI packet (scanners.md 2.1). No byte marks its beginning: length, opcode, source and checksum are all there is.
//
//   17  F3      00      00      1C 31 33 30 30 ... 34  FB 3F     WeChat QR from a decoder
//   len opcode  source  status  data                   checksum  len counts everything but the checksum
//
//   07 F3 00 00 01 4E 52 FE 65                                   captured (motorola-ssi-scanner): "NR", nothing was read
//
// The GM67 clone sends a long code in one packet with a length of 16 bits (its driver counts all but the checksum; a
// description says one less, the checksum decides):
//
//   FF F4 01 98 F4 00 00 1C 30 31 ...  checksum
//         len16 ^opcode again

export const SSI_HOST = 0x04;
export const SSI_DECODER = 0x00;

/** Time between two characters of one packet (parameter EF). */
const SSI_CHARACTER_MS = 200;

const HEADER = 4;
const LONG_HEADER = 8;
/** Largest QR symbol is 2953 bytes; a chain or long form beyond this is no code. */
export const SSI_MAX_CODE_BYTES = 8192;
const LONG = ssiOpcode('DECODE_DATA_LONG').code;
const SEGMENT = ssiOpcode('MULTIPACKET_SEGMENT').code;

export interface SsiPacket {
  readonly opcode: number;
  readonly source: number;
  readonly status: number;
  /** of the long form too: what stands behind its status byte */
  readonly data: Uint8Array;
}

/** 10000h minus the sum of the bytes, mod 2^16. */
export function ssiChecksum(bytes: Uint8Array): number {
  return -bytes.reduce((sum, byte) => sum + byte, 0) & 0xffff;
}

/** Length byte and checksum of bytes that are said to be one packet. */
export function ssiChecksumOk(bytes: Uint8Array): boolean {
  const isLong = bytes[0] === 0xff && bytes[1] === LONG;
  const counted = isLong ? [longLength(bytes, 0), longLength(bytes, 0) + 1] : [bytes[0] ?? 0];
  if (bytes.length < HEADER + 2 || !counted.includes(bytes.length - 2)) return false;
  return ssiChecksum(bytes.subarray(0, -2)) === (((bytes.at(-2) ?? 0) << 8) | (bytes.at(-1) ?? 0));
}

export function encodeSsi({ opcode, source, status, data }: SsiPacket): Uint8Array {
  const length = HEADER + data.length;
  if (length > 0xff) throw new RangeError('an SSI packet has at most 251 bytes of data');
  return withChecksum([length, opcode, source, status, ...data]);
}

/** The GM67's form of a code that is too long for one packet. */
export function encodeSsiLong(type: number, code: Uint8Array, status = 0): Uint8Array {
  const length = LONG_HEADER + code.length;
  if (code.length > SSI_MAX_CODE_BYTES) throw new RangeError('longer than any code');
  return withChecksum([0xff, LONG, length >> 8, length & 0xff, LONG, SSI_DECODER, status, type, ...code]);
}

function withChecksum(bytes: readonly number[]): Uint8Array {
  const checksum = ssiChecksum(Uint8Array.from(bytes));
  return Uint8Array.of(...bytes, checksum >> 8, checksum & 0xff);
}

/** A packet as {@link ssiShape} found it: length and checksum are good. */
export function parseSsi(bytes: Uint8Array): SsiPacket {
  const [opcode, source, status] = [bytes[1] ?? 0, bytes[2] ?? 0, bytes[3] ?? 0];
  if (opcode === LONG && bytes[0] === 0xff)
    return { opcode, source: bytes[5] ?? 0, status: bytes[6] ?? 0, data: bytes.subarray(LONG_HEADER - 1, -2) };
  return { opcode, source, status, data: bytes.subarray(HEADER, -2) };
}

/** A command of the host; what makes it permanent is a bit, and flash has few writes. */
export function ssiCommand(name: SsiOpcodeName, data: readonly number[] = [], permanent = false): Uint8Array {
  const status = permanent ? SSI_STATUS.permanent : 0;
  return encodeSsi({ opcode: ssiOpcode(name).code, source: SSI_HOST, status, data: Uint8Array.from(data) });
}

export function ssiNak(reason: SsiNakReason): Uint8Array {
  return ssiCommand('CMD_NAK', [SSI_NAK[reason]]);
}

/** The same packet with the retransmit bit set. */
export function ssiResent(packet: Uint8Array): Uint8Array {
  const parsed = parseSsi(packet);
  return encodeSsi({ ...parsed, status: parsed.status | SSI_STATUS.retransmit });
}

/** What one side of the line may say. */
interface Side {
  /** by opcode: 1 where it is possible */
  readonly opcodes: Uint8Array;
  /** by source: 1 where it is possible */
  readonly sources: Uint8Array;
}

/** What a framer needs to know to find packets from one side of the line, or from both. */
export function ssiShape(from: 'decoder' | 'host' | 'both'): PacketShape {
  const side: Side = {
    opcodes: Uint8Array.from({ length: 256 }, (_, code) => (maySay(from, code) ? 1 : 0)),
    sources: new Uint8Array(256),
  };
  if (from !== 'host') side.sources[SSI_DECODER] = 1;
  if (from !== 'decoder') side.sources[SSI_HOST] = 1;
  return {
    starts: Array.from({ length: 256 - HEADER }, (_, n) => n + HEADER),
    headBytes: HEADER - 1,
    maxBytes: LONG_HEADER + SSI_MAX_CODE_BYTES + 3,
    silenceMs: SSI_CHARACTER_MS,
    measure: (buffer, at, to, totals) => measure(buffer, at, to, totals, side),
    missing,
  };
}

/** Opcodes of guns newer than the table are 80 and above; below that only known ones, for there text would pass. */
function maySay(from: 'decoder' | 'host' | 'both', code: number): boolean {
  const name = ssiOpcodeName(code);
  if (name === undefined) return code >= 0x80;
  return from === 'both' || ssiOpcode(name).from === 'both' || ssiOpcode(name).from === from;
}

function measure(buffer: Uint8Array, at: number, to: number, totals: Totals, side: Side): Measured {
  const held = to - at;
  const length = buffer[at] ?? 0;
  const opcode = buffer[at + 1] ?? 0;
  if (held >= 2 && side.opcodes[opcode] !== 1) return 'junk';
  if (held >= 2 && length === 0xff && opcode === LONG) return measureLong(buffer, at, to, totals);
  const source = buffer[at + 2] ?? 0;
  if (held >= 3 && side.sources[source] !== 1 && !isFirstSegment(source, opcode)) return 'junk';
  if (held < length + 2) return 'more';
  return isGood(buffer, at, length, totals) ? length + 2 : 'bad-check';
}

function missing(buffer: Uint8Array, at: number, to: number): number {
  const held = to - at;
  const isLong = buffer[at] === 0xff && buffer[at + 1] === LONG;
  if (held < (isLong ? LONG_HEADER : HEADER - 1)) return 1;
  return Math.max(1, (isLong ? longLength(buffer, at) : (buffer[at] ?? 0)) + 2 - held);
}

function measureLong(buffer: Uint8Array, at: number, to: number, totals: Totals): Measured {
  const held = to - at;
  if (held >= 4 && !isLongLength(longLength(buffer, at))) return 'junk';
  if (held >= 5 && buffer[at + 4] !== LONG) return 'junk';
  if (held < LONG_HEADER) return 'more';
  const length = longLength(buffer, at);
  if (held < length + 2) return 'more';
  if (isGood(buffer, at, length, totals)) return length + 2;
  if (held < length + 3) return 'more';
  return isGood(buffer, at, length + 1, totals) ? length + 3 : 'bad-check';
}

function isGood(buffer: Uint8Array, at: number, length: number, totals: Totals): boolean {
  const checksum = ((buffer[at + length] ?? 0) << 8) | (buffer[at + length + 1] ?? 0);
  return ((totals.sum(at, at + length) + checksum) & 0xffff) === 0;
}

function longLength(buffer: Uint8Array, at: number): number {
  return ((buffer[at + 2] ?? 0) << 8) | (buffer[at + 3] ?? 0);
}

function isLongLength(length: number): boolean {
  return length >= LONG_HEADER && length <= LONG_HEADER + SSI_MAX_CODE_BYTES;
}

/** The first segment of a cordless gun's long code says 02 where the source stands (enioka). */
function isFirstSegment(source: number, opcode: number): boolean {
  return opcode === SEGMENT && source === 0x02;
}

/**
 * Is this the beginning of packets, or of raw text? Zebra guns come set to raw (parameter EE), and answer commands with
 * packets all the same. The second byte of a packet is 80 or more and the third its source; text of a paycode is ASCII.
 */
export function rawOrPacket(bytes: Uint8Array, from = 0): 'raw' | 'packet' | 'undecided' {
  const [length, opcode, source] = [bytes[from], bytes[from + 1], bytes[from + 2]];
  if (length === undefined) return 'undecided';
  if (length < HEADER) return 'raw';
  if (opcode === undefined) return 'undecided';
  if (opcode < 0x80 && !(opcode === SEGMENT && length >= 0x80)) return 'raw';
  if (opcode === LONG && length === 0xff) return 'packet';
  if (source === undefined) return 'undecided';
  return source === SSI_DECODER || isFirstSegment(source, opcode) ? 'packet' : 'raw';
}

/** DECODE_DATA in any of its forms: bar code type, then the code. */
export interface SsiDecodeData {
  readonly type: number;
  readonly code: Uint8Array;
}

export function decodeData(packet: SsiPacket): SsiDecodeData {
  return { type: packet.data[0] ?? 0, code: packet.data.subarray(1) };
}

/** What a gun that read nothing sends when it is told to (parameter 5E). */
export function isNoRead(code: Uint8Array): boolean {
  return code.length === 2 && decodeLatin1(code) === 'NR';
}

/**
 * Part of a code from a cordless gun. The first one carries a head of its own:
 *
 *   FF 73 02 00 00  F3 00 00 01 F7 1C 01 01 F4  5A 5A ...      500 x "Z", QR
 *            index  opcode   len16 type  len16  data
 *   FF 73 00 00 01  5A 5A ...                                  the next one; the last is shorter than FF
 */
export interface SsiSegment {
  readonly index: number;
  /** of the first one only: bar code type and bytes of the whole code */
  readonly head?: { readonly type: number; readonly length: number };
  readonly data: Uint8Array;
}

const SEGMENT_HEAD = 10;

export function parseSegment({ data }: SsiPacket): SsiSegment | undefined {
  const index = data[0];
  if (index === undefined) return undefined;
  if (index > 0) return { index, data: data.subarray(1) };
  if (data.length < SEGMENT_HEAD || data[1] !== ssiOpcode('DECODE_DATA').code) return undefined;
  const length = ((data[8] ?? 0) << 8) | (data[9] ?? 0);
  return { index, head: { type: data[6] ?? 0, length }, data: data.subarray(SEGMENT_HEAD) };
}
