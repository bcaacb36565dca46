import type { Measured, PacketShape } from '../framing/packet.ts';

// Where one command of a host ends and the next begins: what a gun's ear needs. Each shape is the other side of the reply
// reader of its language.
//
//   16 54 0D | 16 4D 0D 53 43 4E 4C 45 44 30 21      Honeywell: SYN, what, CR; a menu command runs to its "." or "!"
//   7E 01 30 30 30 30 40 ... 3B 03                   Newland: to the ETX
//   7E 00 08 01 00 02 01 02 DA                       Grow: counted
//   5A 00 00 08 53 52 ... 08 A5                      M3Y: counted
//   5E 5F 5E 53 43 41 4E 2E                          DE2120: to the "."
//   44                                               Datalogic: one byte each
//   23 40 2F 2F 2F 2F 0D                             CipherLab: a letter, or #@ to the CR

const CR = 0x0d;
/** A host writes a command in one go; what stops this long was given up. */
const SILENCE_MS = 200;
/** The longest group of settings that anyone sets at once. */
const MAX_TEXT = 1024;

function textShape(head: readonly number[], startsAt: number, isEnd: (byte: number) => boolean): PacketShape {
  return {
    starts: [head[0] ?? 0],
    headBytes: head.length,
    maxBytes: MAX_TEXT,
    silenceMs: SILENCE_MS,
    measure: (buffer, from, to) => {
      for (const [n, byte] of head.entries()) if (from + n < to && buffer[from + n] !== byte) return 'junk';
      for (let at = from + startsAt; at < to; at++) if (isEnd(buffer[at] ?? 0)) return at - from + 1;
      return 'more';
    },
  };
}

const DOT = 0x2e;
const BANG = 0x21;
const ETX = 0x03;

const newlandCommandShape: PacketShape = textShape([0x7e, 0x01], 6, (byte) => byte === ETX);
export const de2120CommandShape: PacketShape = textShape([0x5e, 0x5f, 0x5e], 3, (byte) => byte === DOT);

export const honeywellCommandShape: PacketShape = {
  starts: [0x16],
  headBytes: 3,
  maxBytes: MAX_TEXT,
  silenceMs: SILENCE_MS,
  measure: (buffer, from, to) => {
    if (to - from < 3) return 'more';
    if (buffer[from + 2] !== CR) return 'junk';
    if (buffer[from + 1] !== 0x4d) return 3;
    for (let at = from + 3; at < to; at++) if (buffer[at] === DOT || buffer[at] === BANG) return at - from + 1;
    return 'more';
  },
};

/** `fixed` bytes around what the byte or the two bytes at `at` count. The check is the codec's. */
function countedShape(head: readonly number[], at: number, width: 1 | 2, fixed: number): PacketShape {
  return {
    starts: [head[0] ?? 0],
    headBytes: head.length,
    maxBytes: fixed + 255,
    silenceMs: SILENCE_MS,
    measure: (buffer, from, to): Measured => {
      for (const [n, byte] of head.entries()) if (from + n < to && buffer[from + n] !== byte) return 'junk';
      if (to - from < at + width) return 'more';
      const count =
        width === 1 ? (buffer[from + at] ?? 0) : ((buffer[from + at] ?? 0) << 8) | (buffer[from + at + 1] ?? 0);
      if (count > 255) return 'junk';
      return to - from < fixed + count ? 'more' : fixed + count;
    },
  };
}

const growCommandShape: PacketShape = countedShape([0x7e, 0x00], 3, 1, 8);
export const m3yCommandShape: PacketShape = countedShape([0x5a, 0x00], 2, 2, 6);

/** Both of Newland's languages on one line: EM3095 and its kin know both. */
export const newlandOrGrowShape: PacketShape = {
  ...newlandCommandShape,
  headBytes: 2,
  measure: (buffer, from, to, totals) => {
    if (to - from < 2) return 'more';
    const shape = buffer[from + 1] === 0x00 ? growCommandShape : newlandCommandShape;
    return shape.measure(buffer, from, to, totals);
  },
};

/** Vguang's frames for the box, among the zeros of its reports. */
export const vguangCommandShape: PacketShape = {
  starts: [0x55],
  headBytes: 2,
  maxBytes: 6 + 255,
  silenceMs: SILENCE_MS,
  measure: (buffer, from, to, totals): Measured => {
    if (to - from >= 2 && buffer[from + 1] !== 0xaa) return 'junk';
    if (to - from < 5) return 'more';
    const length = 6 + (buffer[from + 3] ?? 0) + ((buffer[from + 4] ?? 0) << 8);
    if (length > 6 + 255) return 'junk';
    if (to - from < length) return 'more';
    return totals.xor(from, from + length) === 0 ? length : 'bad-check';
  },
};

/** One byte, or the digits and CR of a beep (Magellan). */
export const datalogicCommandShape: PacketShape = {
  starts: Array.from({ length: 256 }, (_, byte) => byte),
  headBytes: 2,
  maxBytes: 3,
  silenceMs: SILENCE_MS,
  measure: (buffer, from, to) => {
    const first = buffer[from] ?? 0;
    if (first !== 0x30 && first !== 0x33) return 1;
    if (to - from < 3) return 'more';
    return buffer[from + 2] === CR ? 3 : 'junk';
  },
};

/** A letter, or seven bytes to the CR. */
export const cipherlabCommandShape: PacketShape = {
  starts: [0x44, 0x45, 0x23],
  headBytes: 2,
  maxBytes: 7,
  silenceMs: SILENCE_MS,
  measure: (buffer, from, to) => {
    if (buffer[from] !== 0x23) return 1;
    if (to - from >= 2 && buffer[from + 1] !== 0x40) return 'junk';
    if (to - from < 7) return 'more';
    return buffer[from + 6] === CR ? 7 : 'junk';
  },
};
