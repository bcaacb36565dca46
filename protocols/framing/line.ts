// What a serial gun says: [prefix] data end. No length, no checksum: silence and the port's opening are the only other
// landmarks (scanners.md 1.1, 1.4).
//
//   31 33 30 30 ... 34 0D          CR gun
//   31 33 30 30 ... 34 0D 0A       CRLF gun: the frame is out at the CR, an LF within 20 ms is swallowed
//   02 31 33 30 30 ... 34 03       STX/ETX preset of cash registers
//
// bytes in = frames + noise + held, whatever the chunks were.

const CR = 0x0d;
const LF = 0x0a;

/** Largest QR symbol: 2953 bytes or 7089 digits (ISO/IEC 18004). A longer line is no code. */
export const MAX_LINE_BYTES = 8192;
/** A line that stops this long before its end was cut off: it is dropped, never completed by the next scan. */
export const PARTIAL_SILENCE_MS = 500;
/** Shortest silence that ends a code of a gun without a terminator. */
export const MIN_IDLE_MS = 100;

export type LineEndName = 'CR' | 'LF' | 'CRLF' | 'TAB' | 'ETX';

/** How a frame ended, as far as it was known when it was emitted: a CRLF gun's frame is out before its LF comes. */
export type LineTerminator = LineEndName | 'other' | 'none';

export interface LineFrame {
  readonly kind: 'frame';
  /** without prefix and end; of a long line a view of the chunk it came in */
  readonly bytes: Uint8Array;
  readonly terminator: LineTerminator;
  /** monotonic ms of the first and the last byte */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly reason: 'terminator' | 'idle';
}

export type LineNoiseCause = 'junk-before-prefix' | 'partial-dropped' | 'overflow' | 'discarded';

/** Bytes that are no frame. `discarded` follows `overflow`: the rest of the overlong line. */
export interface LineNoise {
  readonly kind: 'noise';
  readonly cause: LineNoiseCause;
  readonly length: number;
}

export type LineEvent = LineFrame | LineNoise;

/** Anything that turns a gun's bytes into lines. */
export interface LineSource {
  /** `at`: monotonic ms, never running backwards. `bytes` is given away: a frame may be a view of it. */
  push(bytes: Uint8Array, at: number): LineEvent[];
  /** Nothing came until `at`. To be called at {@link nextDeadline}; a call too early does no harm. */
  silence(at: number): LineEvent[];
  /** Call at every open and close: no frame holds bytes of two connections. */
  reset(): LineEvent[];
  /** when silence will mean something, or `undefined` while nothing is held */
  readonly nextDeadline: number | undefined;
}

export interface LineConfig {
  /** see {@link lineEnds}; empty: only silence ends a line */
  readonly ends: readonly Uint8Array[];
  readonly prefix?: Uint8Array;
  /** default true: bytes before the prefix are noise. false: the prefix is cut off where it is there */
  readonly prefixRequired?: boolean;
  /** silence that ends a line when there are no `ends`; default {@link MIN_IDLE_MS} */
  readonly idleMs?: number;
  readonly maxBytes?: number;
}

export const END_BYTES = { CR: [CR], LF: [LF], CRLF: [CR, LF], TAB: [0x09], ETX: [0x03] } as const;

/** The byte sequences that end a line. A CR stands in front of an LF in CRLF guns: it never belongs to the data. */
export function lineEnds(...names: readonly LineEndName[]): Uint8Array[] {
  const chosen = new Set(names);
  if (chosen.has('CR')) chosen.delete('CRLF');
  else if (chosen.has('LF')) chosen.add('CRLF');
  return [...chosen].map((name) => Uint8Array.from(END_BYTES[name]));
}

/** CR, LF, CRLF or TAB: whatever the gun was set to. */
export const AUTO_ENDS: readonly Uint8Array[] = lineEnds('CR', 'LF', 'CRLF', 'TAB');

/** A gun without a terminator: max(100 ms, 10 character times + 50 ms), scanners.md 1.3. */
export function idleMsAt(baudRate: number, bitsPerCharacter = 10): number {
  return Math.max(MIN_IDLE_MS, 10 * characterMs(baudRate, bitsPerCharacter) + 50);
}

/** Milliseconds one character takes; 8N1 is start + 8 + stop = 10 bit times. */
export function characterMs(baudRate: number, bitsPerCharacter = 10): number {
  return (bitsPerCharacter * 1000) / baudRate;
}
