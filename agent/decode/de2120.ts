import {
  DE2120_ACK,
  DE2120_COMMANDS,
  DE2120_NAK,
  type De2120Row,
  parseDe2120,
} from '../../protocols/scanner/de2120.ts';
import type { Decoder } from './decoder.ts';
import { explainPieces, type Piece } from './pieces.ts';

/** `^_^CMD.` and the one byte that answers. */
export const de2120Decoder: Decoder = {
  kind: 'de2120',
  summary: 'DYScan DE2120 commands (^_^SCAN.), their one-byte answers, codes between them',
  example: '^_^SCAN.',
  explain: (bytes, { unmask }) => explainPieces(bytes, unmask, read),
};

function read(bytes: Uint8Array): Piece | undefined {
  if (bytes[0] === DE2120_ACK) return { length: 1, fields: { meaning: 'reply', outcome: 'ok' }, ok: true };
  if (bytes[0] === DE2120_NAK) return { length: 1, fields: { meaning: 'reply', outcome: 'denied' }, ok: true };
  const length = bytes.indexOf(0x2e) + 1;
  const command = parseDe2120(bytes.subarray(0, length));
  if (!command) return undefined;
  const row: De2120Row = DE2120_COMMANDS[command.word];
  const value = row.arguments?.[command.argument];
  return { length, fields: { meaning: 'command', ...command, ...(value !== undefined && { value }) }, ok: true };
}
