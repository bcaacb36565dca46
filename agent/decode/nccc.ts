import { maskPan } from '../../protocols/paycode/masking.ts';
import { endedText } from '../../protocols/terminal/ended-frame.ts';
import { rowOf } from '../../protocols/terminal/link/words.ts';
import { ncccShape } from '../../protocols/terminal/nccc/frame.ts';
import {
  decodeNccc,
  NCCC_FIELDS,
  NCCC_RESPONSES,
  NCCC_TRANSACTIONS,
  type NcccFieldName,
} from '../../protocols/terminal/nccc/layout.ts';
import type { Decoder } from './decoder.ts';
import { explainTerminalFrames } from './terminal-frames.ts';

/** Frames of 400 characters, under the names of nccc400.json; blank fields are left out. */
export const ncccDecoder: Decoder = {
  kind: 'nccc',
  summary: 'NCCC terminal frames of Taiwan: 400 characters, every field at its place',
  example: '02 (400 characters) 03 LRC',
  explain: (bytes, { unmask }) =>
    explainTerminalFrames(bytes, {
      shape: ncccShape,
      body: endedText,
      fields: (text) => {
        const fields = decodeNccc(text);
        if (!fields) return { error: `${text.length} characters, not 400` };
        const said = Object.entries(fields).filter(([, value]) => value !== '');
        const response = rowOf(NCCC_RESPONSES, fields.ecr_response);
        return {
          decoded: Object.fromEntries(said.map(([name, value]) => [name, shown(name as NcccFieldName, value, unmask)])),
          meaning: rowOf(NCCC_TRANSACTIONS, fields.trans_type) ?? 'unknown',
          ...(response !== undefined && { response }),
        };
      },
    }),
};

function shown(name: NcccFieldName, value: string, unmask: boolean): string {
  if (unmask || !('secret' in NCCC_FIELDS[name]) || value.includes('*')) return value;
  return name === 'card_no' ? maskPan(value) : `[${value.length} characters]`;
}
