import type { Measured, PacketShape, Totals } from '../framing/packet.ts';

// Vguang 微光互联 TX200 / TX400, HID 0525:A4AC with reports that have no id (scanners.md 3.4).
//
//   00        55 AA  04   05 00  08 01 04 01 00  F2     buzzer once, 200 ms on, 50 ms off
//   report id head   cmd  len16  data            xor    over everything from the head on; length is little endian
//
//   55 AA  30   00      12 00  31 33 30 30 ... 34  DA   from the box: status 00 = good (the 30 is assumed)
//   head   cmd  status  len16  data                xor

export const VGUANG_COMMANDS = {
  /** mask, count, on and off in 50 ms, 00 */
  indicator: 0x04,
  whiteLight: 0x24,
  builtInFeedback: 0x25,
} as const;

/** bits of the indicator's mask */
export const VGUANG_MASK = { red: 0x02, green: 0x04, buzzer: 0x08 } as const;

const HEAD = [0x55, 0xaa] as const;
/** head, command, length, xor */
const OUT_BYTES = 6;
/** and a status */
const IN_BYTES = 7;
/** Largest QR symbol. */
const MAX_DATA = 8192;
/** A frame goes on in the next report, which follows within milliseconds. */
const SILENCE_MS = 200;

export interface VguangFrame {
  readonly command: number;
  /** of frames from the box only; 0 is good */
  readonly status?: number;
  readonly data: Uint8Array;
}

/** Without the report id 00 that is written in front of it. */
export function encodeVguang({ command, status, data }: VguangFrame): Uint8Array {
  const head = [...HEAD, command, ...(status === undefined ? [] : [status]), data.length & 0xff, data.length >> 8];
  const bytes = [...head, ...data];
  return Uint8Array.of(
    ...bytes,
    bytes.reduce((xor, byte) => xor ^ byte, 0),
  );
}

/** Beeps or lights: `count` times, so long on, so long off. */
export function vguangIndicator(mask: number, count: number, onMs: number, offMs: number): Uint8Array {
  const data = Uint8Array.of(mask, count, onMs / 50, offMs / 50, 0);
  return encodeVguang({ command: VGUANG_COMMANDS.indicator, data });
}

/** A whole frame; `from` says which of the two forms, for nothing in the bytes does. */
export function parseVguang(bytes: Uint8Array, from: 'host' | 'box'): VguangFrame | undefined {
  const extra = from === 'box' ? 1 : 0;
  const length = ((bytes[4 + extra] ?? 0) << 8) | (bytes[3 + extra] ?? 0);
  const whole = bytes.length === OUT_BYTES + extra + length && bytes[0] === HEAD[0] && bytes[1] === HEAD[1];
  if (!whole || bytes.reduce((xor, byte) => xor ^ byte, 0) !== 0) return undefined;
  const data = bytes.subarray(5 + extra, -1);
  return { command: bytes[2] ?? 0, ...(extra === 1 && { status: bytes[3] ?? 0 }), data };
}

/** Frames from the box among the zeros that fill its reports. */
export const vguangShape: PacketShape = {
  starts: [HEAD[0]],
  headBytes: 2,
  maxBytes: IN_BYTES + MAX_DATA,
  silenceMs: SILENCE_MS,
  measure,
};

function measure(buffer: Uint8Array, at: number, to: number, totals: Totals): Measured {
  const held = to - at;
  if (held >= 2 && buffer[at + 1] !== HEAD[1]) return 'junk';
  if (held < 6) return 'more';
  const data = ((buffer[at + 5] ?? 0) << 8) | (buffer[at + 4] ?? 0);
  if (data > MAX_DATA) return 'junk';
  if (held < IN_BYTES + data) return 'more';
  return totals.xor(at, at + IN_BYTES + data) === 0 ? IN_BYTES + data : 'bad-check';
}
