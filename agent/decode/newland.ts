import { parseNewland, parseNewlandAnswer } from '../../protocols/scanner/newland.ts';
import type { Decoder } from './decoder.ts';
import { growPiece } from './grow.ts';
import { answerFields } from './honeywell.ts';
import { explainPieces, type Piece } from './pieces.ts';

const ETX = 0x03;

/** Both languages of Newland engines. */
export const newlandDecoder: Decoder = {
  kind: 'newland',
  summary: 'Newland commands in ASCII (and 7E 00), their answers, codes between them',
  example: '7E 01 30 30 30 30 40 43 31 31 4D 49 4E 2A 3B 03',
  explain: (bytes, { unmask }) => explainPieces(bytes, unmask, (rest) => newlandPiece(rest, unmask) ?? growPiece(rest)),
};

export function newlandPiece(bytes: Uint8Array, unmask: boolean): Piece | undefined {
  if (bytes[1] !== 0x01) return undefined;
  const length = bytes.indexOf(ETX) + 1;
  const frame = bytes.subarray(0, length);
  const command = parseNewland(frame);
  if (command) return { length, fields: { meaning: 'menu command', ...command }, ok: true };
  const answer = parseNewlandAnswer(frame);
  if (!answer) return undefined;
  return { length, fields: { ...answerFields(answer.items, unmask), storage: answer.storage }, ok: true };
}
