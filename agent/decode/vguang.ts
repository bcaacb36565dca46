import { parseVguang, VGUANG_COMMANDS } from '../../protocols/scanner/vguang.ts';
import type { Decoder } from './decoder.ts';
import { explainPieces, type Piece, upperHex } from './pieces.ts';
import { scannedFields } from './scanned-text.ts';

/** `55 AA` frames of a Vguang box; the report id 00 and the zeros that fill a report are skipped. */
export const vguangDecoder: Decoder = {
  kind: 'vguang',
  summary: 'Vguang TX200/TX400 frames (55 AA): lights, beeps, codes',
  example: '00 55 AA 04 05 00 08 01 04 01 00 F2',
  explain: (bytes, { unmask }) =>
    explainPieces(bytes, unmask, (rest) => fill(rest) ?? fromBox(rest, unmask) ?? fromHost(rest)),
};

function fill(bytes: Uint8Array): Piece | undefined {
  const length = bytes.findIndex((byte) => byte !== 0);
  const count = length < 0 ? bytes.length : length;
  return count > 0
    ? { length: count, fields: { meaning: 'report id or filling', length: count }, ok: true }
    : undefined;
}

function fromHost(bytes: Uint8Array): Piece | undefined {
  const length = 6 + (((bytes[4] ?? 0) << 8) | (bytes[3] ?? 0));
  const frame = parseVguang(bytes.subarray(0, length), 'host');
  if (!frame) return undefined;
  const names = Object.entries(VGUANG_COMMANDS).find(([, code]) => code === frame.command);
  const fields = { meaning: names?.[0] ?? 'command', command: upperHex([frame.command]), data: upperHex(frame.data) };
  return { length, fields, ok: true };
}

function fromBox(bytes: Uint8Array, unmask: boolean): Piece | undefined {
  const length = 7 + (((bytes[5] ?? 0) << 8) | (bytes[4] ?? 0));
  const frame = parseVguang(bytes.subarray(0, length), 'box');
  if (!frame) return undefined;
  const head = { command: upperHex([frame.command]), status: frame.status };
  const fields =
    frame.data.length > 0
      ? { meaning: 'code', ...head, ...scannedFields(frame.data, undefined, unmask) }
      : { meaning: 'reply', ...head };
  return { length, fields, ok: true };
}
