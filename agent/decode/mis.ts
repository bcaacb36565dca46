import { toHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { maskPan } from '../../protocols/paycode/masking.ts';
import { countedBody, lrcBehindStx } from '../../protocols/terminal/counted-frame.ts';
import { MIS_CONTROL, misShape } from '../../protocols/terminal/mis/frame.ts';
import { type MisObject, misText, parseMisObjects } from '../../protocols/terminal/mis/objects.ts';
import { type MisTag, misTag } from '../../protocols/terminal/mis/tags.ts';
import type { Decoder } from './decoder.ts';
import { sentence, upperHex } from './pieces.ts';
import { framesExplained, scannedText } from './scanned-text.ts';

/** Frames between till and MIS-POS, under the names of mis-df-tlv.json. */
export const misDecoder: Decoder = {
  kind: 'mis',
  summary: 'MIS-POS frames of a Chinese bank (DFxx TLV), observed dialect; LRC checked',
  example: '02 00 18 DF 01 01 02 DF 02 01 45 DF 04 02 29 54 DF 07 02 35 31 03 25',
  explain(bytes, { unmask }) {
    const frames = pieces(bytes).map((piece) =>
      piece instanceof Uint8Array ? frameFields(piece, unmask) : { lrc_ok: false, ...piece },
    );
    return framesExplained(frames, frames.flatMap(linesOf), frames.every(isGood));
  },
};

type Piece = Uint8Array | { readonly cause: string; readonly length: number };

/** One frame with whatever LRC (logs are masked behind it), or what the framer finds. */
function pieces(bytes: Uint8Array): Piece[] {
  if (countedBody(bytes)) return [bytes];
  const framer = new PacketFramer(misShape);
  return [...framer.push(bytes, 0), ...framer.reset()].map((event) =>
    event.kind === 'packet' ? event.bytes : { cause: event.cause, length: event.length },
  );
}

/** A log's LRC belongs to the bytes before they were masked. */
function isGood(fields: Readonly<Record<string, unknown>>): boolean {
  return !('error' in fields) && (fields['lrc_ok'] === true || fields['masked_log'] === true);
}

interface FrameFields extends Readonly<Record<string, unknown>> {
  readonly decoded?: readonly ShownObject[];
}

function linesOf({ decoded = [], ...rest }: FrameFields): string[] {
  return [sentence(rest), ...objectLines(decoded, '  ')];
}

function frameFields(bytes: Uint8Array, unmask: boolean): FrameFields {
  const control = Object.entries(MIS_CONTROL).find(([, code]) => bytes.length === 1 && bytes[0] === code);
  if (control) return { control: control[0], lrc_ok: true };
  const objects = parseMisObjects(countedBody(bytes) ?? new Uint8Array());
  const lrc = lrcBehindStx(bytes);
  const check = {
    printed_lrc: upperHex([bytes.at(-1) ?? 0]),
    lrc_of_printed_bytes: upperHex([lrc]),
    lrc_ok: lrc === bytes.at(-1),
  };
  if (typeof objects === 'string') return { error: objects, ...check };
  return {
    decoded: objects.map((object) => shown(object, unmask)),
    ...check,
    ...(isMasked(objects) && { masked_log: true }),
  };
}

function isMasked(objects: readonly MisObject[]): boolean {
  return objects.some(
    ({ tag, value, children }) =>
      (misTag(tag)?.secret !== undefined && value.includes(0x2a)) || (children !== undefined && isMasked(children)),
  );
}

/** One object as mis-df-tlv.json writes it; `text_gbk` where the bytes are text. */
interface ShownObject {
  readonly tag: string;
  readonly meaning: string;
  readonly hex?: string;
  readonly text_gbk?: string;
  /** instead of a value that may not be seen */
  readonly length?: number;
  readonly children?: readonly ShownObject[];
}

function shown({ tag, value, children }: MisObject, unmask: boolean): ShownObject {
  const row = misTag(tag);
  const meaning = row?.request ?? row?.response ?? 'unknown';
  if (children) return { tag, meaning, children: children.map((child) => shown(child, unmask)) };
  const text = misText(value);
  if (row?.secret !== undefined && !unmask) return { tag, meaning, text_gbk: masked(row, text ?? '') };
  // nobody knows what is in it: a packet for the host has a card number somewhere
  if (row === undefined && !unmask) return { tag, meaning, length: value.length };
  return { tag, meaning, hex: toHex(value).toUpperCase(), ...(text !== undefined && { text_gbk: text }) };
}

function masked({ secret }: MisTag, text: string): string {
  if (text.includes('*')) return text;
  return secret === 'paycode' ? scannedText(text, false) : maskPan(text);
}

function objectLines(objects: readonly ShownObject[], indent: string): string[] {
  return objects.flatMap(({ tag, meaning, hex, text_gbk: text, length, children = [] }) => {
    const value = text ?? hex ?? (length === undefined ? '' : `[${length} bytes]`);
    return [`${indent}${tag} ${value}  (${meaning})`, ...objectLines(children, `${indent}  `)];
  });
}
