import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { endedText } from '../../protocols/terminal/ended-frame.ts';
import {
  decodeTransbank,
  TRANSBANK_RESPONSES,
  transbankFields,
  transbankRow,
} from '../../protocols/terminal/transbank/commands.ts';
import { transbankShape } from '../../protocols/terminal/transbank/frame.ts';
import type { Decoder } from './decoder.ts';
import { explainTerminalFrames } from './terminal-frames.ts';

/** Frames of POS Integrado, under the names of transbank.json. Card numbers come as their last four digits. */
export const transbankDecoder: Decoder = {
  kind: 'transbank',
  summary: 'Transbank POS Integrado frames of Chile: text with bars, ETX, LRC',
  example: '02 30 31 30 30 03 02',
  explain: (bytes) =>
    explainTerminalFrames(bytes, {
      shape: transbankShape,
      body: endedText,
      fields: (text) => {
        const message = decodeTransbank(text);
        if (!message) return { payload: decodeLatin1(text), error: 'no message of four digits' };
        const decoded = transbankFields(message);
        const response = TRANSBANK_RESPONSES[Number(decoded['code'])];
        return {
          payload: decodeLatin1(text),
          meaning: transbankRow(message.code)?.title ?? 'unknown',
          decoded,
          ...(response !== undefined && { response }),
        };
      },
    }),
};
