import { GROW_STATUS, GROW_ZONES, parseGrow, parseGrowReply } from '../../protocols/scanner/grow.ts';
import type { Decoder } from './decoder.ts';
import { explainPieces, type Piece, upperHex } from './pieces.ts';

/** `7E 00` commands, their answers, codes between them. */
export const growDecoder: Decoder = {
  kind: 'grow',
  summary: '7E 00 commands of Grow, Newland and Waveshare engines, their answers, codes between them',
  example: '7E 00 08 01 00 02 01 AB CD',
  explain: (bytes, { unmask }) => explainPieces(bytes, unmask, growPiece),
};

export function growPiece(bytes: Uint8Array): Piece | undefined {
  const count = bytes[3] ?? 0;
  return command(bytes.subarray(0, 8 + count)) ?? reply(bytes.subarray(0, 6 + count));
}

function command(bytes: Uint8Array): Piece | undefined {
  const frame = parseGrow(bytes);
  if (!frame) return undefined;
  const zone = frame.address.toString(16).toUpperCase().padStart(4, '0');
  const zoneMeaning = GROW_ZONES[zone];
  const about = frame.type === 'save' || zoneMeaning === undefined ? {} : { zoneMeaning };
  const fields = { meaning: frame.type, zone, ...about, data: upperHex(frame.data), crc: frame.crc };
  return { length: bytes.length, fields, ok: frame.crc !== 'bad' };
}

function reply(bytes: Uint8Array): Piece | undefined {
  const frame = parseGrowReply(bytes);
  if (!frame) return undefined;
  const status = upperHex([frame.status]);
  const outcome = GROW_STATUS[frame.status] ?? 'unknown';
  const fields = { meaning: 'reply', status, outcome, data: upperHex(frame.data), crc: frame.crc };
  return { length: bytes.length, fields, ok: frame.crc === 'ok' };
}
