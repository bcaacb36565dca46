import type { Measured, PacketShape, Totals } from '../framing/packet.ts';

// Frames that say their length in BCD; the Link family of Asia (terminals.md 2.1), NETS (2.1) and the MIS-POS of Chinese banks
// (3.1) have the same:
//
//   02   00 35    36 30 30 ... 1C   03   15
//   STX  length   body              ETX  LRC
//        BCD, of the body alone          exclusive or from the length to ETX (the KBTG text says: with STX; its examples: without)
//
//   06 taken    15 once more        single bytes between the frames, from either side

const STX = 0x02;
const ETX = 0x03;
export const ACK = 0x06;
export const NAK = 0x15;

/** four BCD digits */
const MAX_COUNTED_BODY = 9999;
/** STX, length, ETX, LRC */
const AROUND = 5;
/** a frame of 10 KB takes 11 s at 9600, but never this long between two bytes */
const SILENCE_MS = 1000;

/** Frames and single control bytes. */
export const countedShape: PacketShape = {
  starts: [STX, ACK, NAK],
  headBytes: 3,
  maxBytes: MAX_COUNTED_BODY + AROUND,
  silenceMs: SILENCE_MS,
  measure,
};

function measure(buffer: Uint8Array, at: number, to: number, totals: Totals): Measured {
  if (buffer[at] !== STX) return 1;
  if (to - at < 3) return 'more';
  const length = bcdLength(buffer[at + 1] ?? 0, buffer[at + 2] ?? 0);
  if (length === undefined || length === 0) return 'junk';
  const size = length + AROUND;
  if (to - at < size) return 'more';
  return buffer[at + size - 2] === ETX && totals.xor(at + 1, at + size) === 0 ? size : 'bad-check';
}

function bcdLength(high: number, low: number): number | undefined {
  const digits = [high >> 4, high & 15, low >> 4, low & 15];
  return digits.some((digit) => digit > 9) ? undefined : digits.reduce((value, digit) => 10 * value + digit, 0);
}

export function encodeCountedFrame(body: Uint8Array): Uint8Array {
  const { length } = body;
  if (length < 1 || length > MAX_COUNTED_BODY) throw new RangeError(`a frame holds no ${length} bytes`);
  const bytes = new Uint8Array(length + AROUND);
  bytes.set([STX, bcd(Math.floor(length / 100)), bcd(length % 100)]);
  bytes.set(body, 3);
  bytes[length + 3] = ETX;
  bytes[length + 4] = lrcBehindStx(bytes);
  return bytes;
}

function bcd(value: number): number {
  return (Math.floor(value / 10) << 4) | (value % 10);
}

/** The LRC that a frame ought to have: over everything between STX and the LRC. */
export function lrcBehindStx(frame: Uint8Array): number {
  return frame.subarray(1, -1).reduce((xor, byte) => xor ^ byte, 0);
}

/** The body of a whole frame, whatever its LRC says: the framer has judged that, and logs are masked behind it. */
export function countedBody(frame: Uint8Array): Uint8Array | undefined {
  const length = bcdLength(frame[1] ?? 0, frame[2] ?? 0);
  const isFrame = frame[0] === STX && length !== undefined && frame.length === length + AROUND && frame.at(-2) === ETX;
  return isFrame ? frame.subarray(3, -2) : undefined;
}
