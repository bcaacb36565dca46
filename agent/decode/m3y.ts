import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { m3yCommandName, parseM3y } from '../../protocols/scanner/m3y.ts';
import type { Decoder } from './decoder.ts';
import { explainPieces, type Piece, upperHex } from './pieces.ts';

/** `5A 00` commands and `5A 01` answers. */
export const m3yDecoder: Decoder = {
  kind: 'm3y',
  summary: 'M3Y commands (5A 00), their answers (5A 01), codes between them',
  example: '5A 00 00 08 53 52 30 33 30 33 30 31 08 A5',
  explain: (bytes, { unmask }) => explainPieces(bytes, unmask, read),
};

function read(bytes: Uint8Array): Piece | undefined {
  const length = 6 + (((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0));
  const frame = parseM3y(bytes.subarray(0, length));
  if (!frame) return undefined;
  const ok = frame.bcc === 'ok';
  if (frame.kind === 'answer')
    return { length, fields: { meaning: 'reply', payload: upperHex(frame.payload), bcc: frame.bcc }, ok };
  const name = m3yCommandName(frame.payload);
  const fields = { meaning: 'command', text: decodeLatin1(frame.payload), ...(name && { name }), bcc: frame.bcc };
  return { length, fields, ok };
}
