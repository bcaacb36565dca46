import { CIPHERLAB_COMMANDS, cipherlabName } from '../../protocols/scanner/cipherlab.ts';
import type { Decoder } from './decoder.ts';
import { explainPieces } from './pieces.ts';

/** One command, as the host writes it; or codes, as the gun does. */
export const cipherlabDecoder: Decoder = {
  kind: 'cipherlab',
  summary: 'CipherLab commands (E, D, #@//// and kin), codes',
  example: '23 40 2f 2f 2f 2f 0d',
  explain: (bytes, { unmask }) => {
    // a letter is a command only where nothing else is there: `E` may also stand in a code
    const name = cipherlabName(bytes);
    const whole = name && {
      length: bytes.length,
      fields: { command: name, meaning: CIPHERLAB_COMMANDS[name].meaning },
      ok: true,
    };
    return explainPieces(bytes, unmask, () => whole);
  },
};
