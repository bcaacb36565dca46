import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { DATALOGIC_COMMANDS, datalogicName, parseDatalogicAnswer } from '../../protocols/scanner/datalogic.ts';
import type { Decoder } from './decoder.ts';
import { explainPieces, type Piece } from './pieces.ts';
import { toldText } from './scanned-text.ts';

/** One command, as the host writes it; or answers and codes, as the gun does. */
export const datalogicDecoder: Decoder = {
  kind: 'datalogic',
  summary: 'Datalogic RS-232 single-byte commands, SOH STX ... ETX EOT answers, codes',
  example: '45',
  explain: (bytes, { unmask }) => {
    const whole = command(bytes);
    return explainPieces(bytes, unmask, (rest) => whole ?? answer(rest, unmask));
  },
};

/** A single letter is a command only where nothing else is there: `E` may also stand in a code. */
function command(bytes: Uint8Array): Piece | undefined {
  const name = datalogicName(bytes);
  return (
    name && { length: bytes.length, fields: { command: name, meaning: DATALOGIC_COMMANDS[name].meaning }, ok: true }
  );
}

function answer(bytes: Uint8Array, unmask: boolean): Piece | undefined {
  if (bytes[0] !== 0x01) return undefined;
  const length = bytes.findIndex((byte, at) => byte === 0x04 && bytes[at - 1] === 0x03) + 1;
  const text = parseDatalogicAnswer(bytes.subarray(0, length));
  return text && { length, fields: { meaning: 'answer', text: toldText(decodeLatin1(text), unmask) }, ok: true };
}
