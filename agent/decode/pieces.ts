import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { lineEnds } from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import type { Explanation } from './decoder.ts';
import { framesExplained, scannedFields } from './scanned-text.ts';

/** One frame of a command language, or what it is not. */
export interface Piece {
  /** bytes it takes */
  readonly length: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly ok: boolean;
}

/** What stands at the beginning of the bytes; `undefined`: nothing of this language. `insideText`: a letter is before it. */
export type PieceReader = (bytes: Uint8Array, insideText: boolean) => Piece | undefined;

/** No frame of any of these languages is longer. */
const MAX_FRAME = 8300;

/**
 * Commands, answers and codes on one line, in the order they came. What is no frame of the language is a code, as on the
 * line of a real gun (scanners.md 3.6).
 */
export function explainPieces(bytes: Uint8Array, unmask: boolean, read: PieceReader): Explanation {
  const pieces: Piece[] = [];
  let codeFrom = 0;
  for (let at = 0; at < bytes.length; ) {
    const insideText = at > codeFrom && (bytes[at - 1] ?? 0) >= 0x20;
    const piece = read(bytes.subarray(at, at + MAX_FRAME), insideText);
    if (!piece) {
      at += 1;
      continue;
    }
    pieces.push(...codes(bytes.subarray(codeFrom, at), unmask), piece);
    at += piece.length;
    codeFrom = at;
  }
  pieces.push(...codes(bytes.subarray(codeFrom), unmask));
  const frames = pieces.map(({ fields }) => fields);
  return framesExplained(
    frames,
    frames.map(sentence),
    pieces.every(({ ok }) => ok),
  );
}

function codes(bytes: Uint8Array, unmask: boolean): Piece[] {
  const framer = new LineFramer({ ends: lineEnds('CR', 'LF', 'CRLF', 'TAB'), maxBytes: bytes.length + 1 });
  const events = [...framer.push(bytes, 0), ...framer.push(Uint8Array.of(0x0d), 0)];
  return events.flatMap((event) => {
    if (event.kind !== 'frame') return [];
    const fields = { meaning: 'code', ...scannedFields(event.bytes, undefined, unmask) };
    return [{ length: event.bytes.length, fields, ok: 'text' in fields }];
  });
}

/** `meaning write, zone 0002`: the fields of one frame for a person. */
export function sentence(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? printable(value) : JSON.stringify(value)}`)
    .join(', ');
}

const NAMES = ['NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'TAB', 'LF', 'VT', 'FF', 'CR', 'SO', 'SI'];

/** Control characters by name, as manuals write them. */
export function printable(text: string): string {
  return [...text].map((char) => (char < ' ' ? `<${NAMES[char.charCodeAt(0)] ?? controlName(char)}>` : char)).join('');
}

function controlName(char: string): string {
  const code = char.charCodeAt(0);
  return code === 0x15 ? 'NAK' : code === 0x16 ? 'SYN' : code === 0x1d ? 'GS' : code.toString(16).toUpperCase();
}

export function printableBytes(bytes: Uint8Array): string {
  return printable(decodeLatin1(bytes));
}

export function upperHex(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}
