import { decodeGb18030 } from '../bytes/gb18030.ts';
import { decodeLatin1 } from '../bytes/latin1.ts';
import { decodeUtf8, decodeUtf8Lossy } from '../bytes/utf8.ts';
import type { LineNoise } from '../framing/line.ts';
import { SecretText } from '../paycode/secret.ts';
import type { SuspectMark } from './scan.ts';

// One frame of a gun in raw line mode: [AIM id | code id] data (scanners.md 1.1, 1.2).
//
//   5D 51 31 31 33 30 ...     ]Q1 130012345678901234   QR, AIM id switched on
//   73 31 33 30 ...           s   130012345678901234   QR, Honeywell code id switched on
//   4E 52                     NR                       the trigger was released, nothing was read

/** Which code id the gun was set to send. AIM ids are cut off in any case: no paycode begins with `]`. */
export type CodeIdMode = 'none' | 'aim' | 'honeywell';

/**
 * `auto`: ASCII, else UTF-8, else GB18030, else Latin-1 with a mark, for each frame alone. `utf8`: lossy, U+FFFD for what
 * is not UTF-8. `gb18030` falls back to Latin-1 with a mark.
 */
export type LineEncoding = 'auto' | 'utf8' | 'gb18030' | 'latin1';

export interface SerialLineConfig {
  readonly codeId: CodeIdMode;
  readonly encoding: LineEncoding;
}

/** Something was cut off in front of the code: power-up noise, or a byte order mark. */
export interface Stripped {
  readonly nul: number;
  readonly bom: boolean;
}

export type LineReading = { readonly stripped: Stripped } & (
  | {
      readonly kind: 'code';
      readonly text: SecretText;
      readonly aim?: string;
      readonly codeId?: string;
      readonly suspect: readonly SuspectMark[];
    }
  /** the gun says that it read nothing */
  | { readonly kind: 'no-read' }
  /** a payment code with bytes above 7F, as when 7 data bits + parity are read as 8N1: never repaired */
  | { readonly kind: 'invalid-bytes' }
  /** nothing was left */
  | { readonly kind: 'blank' }
);

/** What guns send when they read nothing: `NR` Honeywell and Zebra, the others from memory (scanners.md 1.1). */
const NO_READ = new Set(['NR', 'NOREAD', 'NO READ', 'ERROR', '?']);

/** Honeywell code ids (enioka SymbologyId.java): QR s, Code 128 j, EAN-13 d, DataMatrix w, PDF417 r, Aztec z, GS1-128 I |, Han Xin H, Grid Matrix X. */
const HONEYWELL_IDS = new Set('sjdwrzI|HX');

/** ISO/IEC 15424: `]`, a letter, a modifier. */
const AIM_ID = /^\][A-Za-z][0-9A-Za-z]/;

/** CR, LF, TAB */
const LINE_ENDS = new Set([0x0d, 0x0a, 0x09]);
const BRACKET = 0x5d;
const BACKSLASH = 0x5c;

/** QR with ECI: data carries `\nnnnnn` escapes and doubled backslashes. */
const AIM_WITH_ECI = new Set([']Q2', ']Q4', ']Q6']);

/** AIM ECI assignments that change how the bytes are read. */
const ECI_ENCODINGS: Readonly<Record<string, LineEncoding>> = {
  '000003': 'latin1',
  '000026': 'utf8',
  '000029': 'gb18030',
  '000032': 'gb18030',
};

/** What one frame of a gun says. `aim`: where the framing carries it beside the code. */
export function readLine(frame: Uint8Array, config: SerialLineConfig, aim?: string): LineReading {
  const { bytes, stripped } = stripLead(withoutEnd(frame));
  if (bytes.length === 0) return { kind: 'blank', stripped };
  if (isNoRead(bytes)) return { kind: 'no-read', stripped };
  const id: CodeIdAndData = aim === undefined ? readCodeId(bytes, config.codeId) : { data: bytes, aim };
  if (isSpoiltPaycode(id.data)) return { kind: 'invalid-bytes', stripped };
  const { text, fallback } = readText(id.data, id.aim, config.encoding);
  if (text.length === 0) return { kind: 'blank', stripped };
  return {
    kind: 'code',
    text: new SecretText(text),
    suspect: suspectMarks(stripped, fallback),
    stripped,
    ...(id.aim !== undefined && { aim: id.aim }),
    ...(id.codeId !== undefined && { codeId: id.codeId }),
  };
}

function isNoRead(bytes: Uint8Array): boolean {
  const [first] = bytes;
  return (first === 0x4e || first === 0x45 || first === 0x3f) && bytes.length <= 7 && NO_READ.has(decodeLatin1(bytes));
}

/** A counted frame may count the suffix that the gun is set to (scanners.md 4.2); no code ends with one. */
function withoutEnd(frame: Uint8Array): Uint8Array {
  let to = frame.length;
  while (to > 0 && LINE_ENDS.has(frame[to - 1] ?? 0)) to -= 1;
  return to === frame.length ? frame : frame.subarray(0, to);
}

/** NULs of a gun powering up, then a UTF-8 byte order mark. */
function stripLead(frame: Uint8Array): { bytes: Uint8Array; stripped: Stripped } {
  let nul = 0;
  while (nul < frame.length && frame[nul] === 0) nul += 1;
  const bom = frame[nul] === 0xef && frame[nul + 1] === 0xbb && frame[nul + 2] === 0xbf;
  const lead = bom ? nul + 3 : nul;
  return { bytes: lead === 0 ? frame : frame.subarray(lead), stripped: { nul, bom } };
}

interface CodeIdAndData {
  readonly data: Uint8Array;
  readonly aim?: string;
  readonly codeId?: string;
}

function readCodeId(bytes: Uint8Array, mode: CodeIdMode): CodeIdAndData {
  if (bytes[0] === BRACKET) {
    const head = decodeLatin1(bytes.subarray(0, 3));
    if (AIM_ID.test(head)) return { data: bytes.subarray(3), aim: head };
  }
  if (mode !== 'honeywell') return { data: bytes };
  const codeId = String.fromCharCode(bytes[0] ?? 0);
  return HONEYWELL_IDS.has(codeId) ? { data: bytes.subarray(1), codeId } : { data: bytes };
}

/**
 * Would it be a payment code if bit 7 were cleared, or is it digits with a few bytes above 7F that no encoding explains?
 * Digits are 10 or more, an EMVCo CPM payload is base64 beginning with `hQ` (payment.md 1).
 */
function isSpoiltPaycode(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || isAscii(bytes)) return false;
  if (bytes.every((byte) => isDigit(byte & 0x7f))) return true;
  if (((bytes[0] ?? 0) & 0x7f) === 0x68 && isBase64Payload(bytes)) return true;
  return bytes.every((byte) => byte >= 0x80 || isDigit(byte)) && hasTenDigits(bytes) && !isText(bytes);
}

function isAscii(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length && (bytes[at] ?? 0) < 0x80) at += 1;
  return at === bytes.length;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isBase64Payload(bytes: Uint8Array): boolean {
  return /^hQ[0-9A-Za-z+/]+=*$/.test(decodeLatin1(bytes.map((byte) => byte & 0x7f)));
}

function hasTenDigits(bytes: Uint8Array): boolean {
  return bytes.reduce((count, byte) => count + (isDigit(byte) ? 1 : 0), 0) >= 10;
}

function isText(bytes: Uint8Array): boolean {
  return decodeUtf8(bytes) !== undefined || decodeGb18030(bytes) !== undefined;
}

interface DecodedText {
  readonly text: string;
  readonly fallback: boolean;
}

function readText(bytes: Uint8Array, aim: string | undefined, encoding: LineEncoding): DecodedText {
  const escape = bytes[0] === BACKSLASH ? /^\\(\d{6})/.exec(decodeLatin1(bytes.subarray(0, 7))) : null;
  if (!escape) return decode(bytes, encoding);
  const eci = ECI_ENCODINGS[escape[1] ?? ''] ?? encoding;
  const decoded = decode(bytes.subarray(7), encoding === 'auto' ? eci : encoding);
  if (aim === undefined || !AIM_WITH_ECI.has(aim)) return decoded;
  return { ...decoded, text: decoded.text.replace(/\\(?:\d{6}|(\\))/g, '$1') };
}

function decode(bytes: Uint8Array, encoding: LineEncoding): DecodedText {
  if (encoding === 'utf8') return { text: decodeUtf8Lossy(bytes), fallback: false };
  if (encoding === 'latin1') return { text: decodeLatin1(bytes), fallback: false };
  const text = (encoding === 'auto' ? decodeUtf8(bytes) : undefined) ?? decodeGb18030(bytes);
  return text === undefined ? { text: decodeLatin1(bytes), fallback: true } : { text, fallback: false };
}

function suspectMarks(stripped: Stripped, fallback: boolean): SuspectMark[] {
  const marks: SuspectMark[] = [];
  if (stripped.nul > 0) marks.push('nul-stripped');
  if (stripped.bom) marks.push('bom-stripped');
  if (fallback) marks.push('latin1-fallback');
  return marks;
}

/** The diagnostics of one reading, in the words of the vectors and of `tillwire decode`. */
export function readingDiagnostics(reading: LineReading): string[] {
  const words: string[] = [];
  if (reading.stripped.nul > 0) words.push(`nul-stripped:${reading.stripped.nul}`);
  if (reading.stripped.bom) words.push('bom-stripped');
  if (reading.kind === 'no-read' || reading.kind === 'invalid-bytes') words.push(reading.kind);
  if (reading.kind === 'code' && reading.suspect.includes('latin1-fallback')) words.push('latin1-fallback');
  return words;
}

/** The same for bytes that are no frame; `discarded` is the rest of an overflow that was told already. */
export function noiseDiagnostics(noise: LineNoise): string[] {
  if (noise.cause === 'discarded') return [];
  return [noise.cause === 'overflow' ? 'overflow' : `${noise.cause}:${noise.length}`];
}

/** A camera gun sees what lies on the counter: more codes than this at once are no sale. */
const CODES_IN_VIEW = 8;

/**
 * The same code again within the window: the trigger was held, or the phone stayed before the gun, perhaps beside another
 * code. The window begins with the scan that was accepted; a repeat does not lengthen it.
 */
export class DuplicateWindow {
  readonly #windowMs: number;
  #accepted: { readonly text: SecretText; readonly at: number }[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** true: leave it out. Otherwise the code is the newest accepted one. */
  isRepeat(text: SecretText, at: number): boolean {
    this.forget(at);
    if (this.#accepted.some((known) => known.text.reveal() === text.reveal())) return true;
    if (this.#windowMs > 0) this.#accepted = [...this.#accepted, { text, at }].slice(-CODES_IN_VIEW);
    return false;
  }

  /** when {@link forget} has something to forget: a paycode is not kept longer than needed */
  get nextDeadline(): number | undefined {
    const [oldest] = this.#accepted;
    return oldest && oldest.at + this.#windowMs;
  }

  forget(at: number): void {
    this.#accepted = this.#accepted.filter((known) => at - known.at < this.#windowMs);
  }
}
