import type { Measured, PacketShape, Totals } from '../../framing/packet.ts';

// MIS-POS of a Chinese bank, as observed on the line of a BOC "银捷" terminal (terminals.md 3.1):
//
//   02   00 18    DF 01 01 02  DF 02 01 45  DF 04 02 29 54  DF 07 02 35 31   03   25
//   STX  length   objects                                                    ETX  LRC
//        BCD, of the objects alone                                                exclusive or from the length to ETX
//
//   06 taken    15 once more    04 busy        single bytes between the frames, from either side

const STX = 0x02;
const ETX = 0x03;
export const MIS_CONTROL = { ACK: 0x06, NAK: 0x15, EOT: 0x04 } as const;
export type MisControl = keyof typeof MIS_CONTROL;

/** four BCD digits */
export const MAX_MIS_OBJECTS = 9999;
/** STX, length, ETX, LRC */
const AROUND = 5;
/** a frame of 10 KB takes 11 s at 9600, but never this long between two bytes */
export const MIS_SILENCE_MS = 400;

/** Frames and control bytes. */
export const misShape: PacketShape = {
  starts: [STX, ...Object.values(MIS_CONTROL)],
  headBytes: 3,
  maxBytes: MAX_MIS_OBJECTS + AROUND,
  silenceMs: MIS_SILENCE_MS,
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

export function encodeMisFrame(objects: Uint8Array): Uint8Array {
  const { length } = objects;
  if (length < 1 || length > MAX_MIS_OBJECTS) throw new RangeError(`a frame holds no ${length} bytes of objects`);
  const bytes = new Uint8Array(length + AROUND);
  bytes.set([STX, bcd(Math.floor(length / 100)), bcd(length % 100)]);
  bytes.set(objects, 3);
  bytes[length + 3] = ETX;
  bytes[length + 4] = misLrc(bytes);
  return bytes;
}

function bcd(value: number): number {
  return (Math.floor(value / 10) << 4) | (value % 10);
}

/** The LRC that the frame ought to have: over everything between STX and the LRC. */
export function misLrc(frame: Uint8Array): number {
  return frame.subarray(1, -1).reduce((xor, byte) => xor ^ byte, 0);
}

/** The objects of a whole frame; its LRC is another matter, for logs are masked behind it (terminals.md 3.1). */
export function misObjects(frame: Uint8Array): Uint8Array | undefined {
  const length = bcdLength(frame[1] ?? 0, frame[2] ?? 0);
  const isFrame = frame[0] === STX && length !== undefined && frame.length === length + AROUND && frame.at(-2) === ETX;
  return isFrame ? frame.subarray(3, -2) : undefined;
}
