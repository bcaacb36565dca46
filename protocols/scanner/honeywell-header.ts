import { decodeLatin1, encodeLatin1 } from '../bytes/latin1.ts';
import { startsLike } from './gun-language.ts';

// DECHDR1: every code of a Honeywell gun with its length in front, so that framing is exact (scanners.md 3.1; the layout is
// enioka's BarcodeParser).
//
//   16 FE  21 00 00 00  0D  4D 53 47 47 45 54  30 30 31 39  73  51 31  1D  31 33 30 30 ... 34 0D
//   head   len32 LE     CR  "MSGGET"           "0019"       id  AIM    GS  19 bytes of data with its CR
//
// len counts from MSGGET on: 14 and the data.

const HEAD = [0x16, 0xfe] as const;
export const HEADED_START = HEAD[0];
const CR = 0x0d;
const GS = 0x1d;
const MESSAGE = 'MSGGET';
const LABEL_HEAD: readonly number[] = Array.from(MESSAGE, (char) => char.charCodeAt(0));
/** head, length, CR */
const FRONT = 7;
/** MSGGET, digits, id, AIM, GS */
const LABEL = 14;
const MAX_DATA = 8192;

export interface HeadedCode {
  readonly codeId: string;
  /** `]Q1` */
  readonly aim: string;
  /** with the suffix that the gun is set to */
  readonly data: Uint8Array;
}

export function encodeHeaded({ codeId, aim, data }: HeadedCode): Uint8Array {
  const length = LABEL + data.length;
  const label = `${MESSAGE}${String(data.length).padStart(4, '0')}${codeId}${aim.slice(1)}`;
  const size = [length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff, length >>> 24];
  return Uint8Array.of(...HEAD, ...size, CR, ...(encodeLatin1(label) ?? []), GS, ...data);
}

export function parseHeaded(bytes: Uint8Array): HeadedCode | undefined {
  const length = dataLength(bytes);
  if (length === undefined || bytes.length !== FRONT + LABEL + length || !hasLabel(bytes, 0, length)) return undefined;
  const [codeId = '', ...aim] = decodeLatin1(bytes.subarray(FRONT + 10, FRONT + 13));
  return { codeId, aim: `]${aim.join('')}`, data: bytes.subarray(FRONT + LABEL) };
}

/** How long the message is that begins at `from`. */
export function hearHeaded(bytes: Uint8Array, from = 0): number | 'more' | 'no' {
  const held = bytes.length - from;
  if (!startsLike(bytes, HEAD, from)) return 'no';
  if (held < FRONT) return 'more';
  const length = dataLength(bytes, from);
  if (length === undefined || !startsLike(bytes, LABEL_HEAD, from + FRONT)) return 'no';
  if (held < FRONT + LABEL) return 'more';
  if (!hasLabel(bytes, from, length)) return 'no';
  return held < FRONT + LABEL + length ? 'more' : FRONT + LABEL + length;
}

function dataLength(bytes: Uint8Array, from = 0): number | undefined {
  if (!startsLike(bytes, HEAD, from) || bytes[from + 6] !== CR) return undefined;
  const byte = (n: number) => bytes[from + n] ?? 0;
  const length = byte(2) + byte(3) * 0x100 + byte(4) * 0x10000 + byte(5) * 0x1000000 - LABEL;
  return length >= 0 && length <= MAX_DATA ? length : undefined;
}

function hasLabel(bytes: Uint8Array, from: number, length: number): boolean {
  const label = decodeLatin1(bytes.subarray(from + FRONT, from + FRONT + LABEL));
  return label.startsWith(MESSAGE + String(length).padStart(4, '0')) && label.charCodeAt(LABEL - 1) === GS;
}
