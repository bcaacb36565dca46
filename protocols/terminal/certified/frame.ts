import { crc32 } from '../../bytes/crc.ts';
import type { Measured, PacketShape } from '../../framing/packet.ts';

// The line of a certified terminal's security module, as a public firmware has it (payment.md 4.4; 115200 8N1):
//
//   02   C1        00 02                           49     03       "who are you": nothing but the command
//   STX  command   length, big endian: data, CRC   CRC    ETX      CRC: the low byte of CRC-32 over command, length and data
//                  and ETX                                         (what it covers is assumed)
//
// Data may hold 02 and 03: only the length says where a frame ends.

const STX = 0x02;
const ETX = 0x03;
/** STX, command, length */
const HEAD = 4;
/** CRC and ETX, which the length counts */
const TAIL = 2;
/** a serial number has at most 50 characters, a place 32 */
const MAX_CERTIFIED_DATA = 128;
const SILENCE_MS = 200;

export const certifiedShape: PacketShape = {
  starts: [STX],
  headBytes: HEAD,
  maxBytes: HEAD + MAX_CERTIFIED_DATA + TAIL,
  silenceMs: SILENCE_MS,
  measure,
};

function measure(buffer: Uint8Array, at: number, to: number): Measured {
  if (to - at < HEAD) return 'more';
  const length = ((buffer[at + 2] ?? 0) << 8) | (buffer[at + 3] ?? 0);
  if (length < TAIL || length > MAX_CERTIFIED_DATA + TAIL) return 'junk';
  const size = HEAD + length;
  if (to - at < size) return 'more';
  const end = at + size;
  const checked = (crc32(buffer.subarray(at + 1, end - TAIL)) & 0xff) === buffer[end - 2];
  return checked && buffer[end - 1] === ETX ? size : 'bad-check';
}

export interface CertifiedFrame {
  readonly command: number;
  readonly data: Uint8Array;
}

export function encodeCertifiedFrame({ command, data }: CertifiedFrame): Uint8Array {
  if (data.length > MAX_CERTIFIED_DATA) throw new RangeError(`a frame holds no ${data.length} bytes`);
  const length = data.length + TAIL;
  const bytes = new Uint8Array(HEAD + length);
  bytes.set([STX, command, length >> 8, length & 0xff]);
  bytes.set(data, HEAD);
  bytes[HEAD + data.length] = crc32(bytes.subarray(1, HEAD + data.length)) & 0xff;
  bytes[bytes.length - 1] = ETX;
  return bytes;
}

/** Of a whole frame, as the framer gives it. */
export function certifiedFrame(bytes: Uint8Array): CertifiedFrame {
  return { command: bytes[1] ?? 0, data: bytes.subarray(HEAD, -TAIL) };
}
