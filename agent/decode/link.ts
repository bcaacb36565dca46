import { maskPan } from '../../protocols/paycode/masking.ts';
import { countedBody, countedShape } from '../../protocols/terminal/counted-frame.ts';
import { decodeLinkBody, type Head, LINK_HEAD, type LinkField, NETS_HEAD } from '../../protocols/terminal/link/body.ts';
import {
  type FieldRow,
  LINK_FIELDS,
  LINK_RESPONSES,
  LINK_TRANSACTIONS,
  NETS_FIELDS,
  NETS_FUNCTIONS,
  rowOf,
} from '../../protocols/terminal/link/words.ts';
import type { Decoder } from './decoder.ts';
import { scannedText } from './scanned-text.ts';
import { explainTerminalFrames } from './terminal-frames.ts';

interface Tongue {
  readonly head: Head;
  readonly transactions: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FieldRow>>;
}

/** Frames of the Link family, under the names of linkpos.json. */
export const linkDecoder: Decoder = {
  kind: 'link',
  summary: 'Link POS frames (KBTG, GHL): STX, BCD length, fields, ETX, LRC',
  example: '02 00 18 36 30 30 30 30 30 30 30 30 30 31 31 44 30 30 30 31 1C 03 44',
  explain: (bytes, { unmask }) =>
    explain(bytes, { head: LINK_HEAD, transactions: LINK_TRANSACTIONS, fields: LINK_FIELDS }, unmask),
};

/** Frames of NETS terminals, under the names of nets.json. */
export const netsDecoder: Decoder = {
  kind: 'nets',
  summary: 'NETS terminal frames of Singapore: the Link frame with a head of its own',
  example: '02 00 18 32 34 30 31 33 31 32 33 35 39 36 31 38 30 30 31 30 1C 03 31',
  explain: (bytes, { unmask }) =>
    explain(bytes, { head: NETS_HEAD, transactions: NETS_FUNCTIONS, fields: NETS_FIELDS }, unmask),
};

function explain(bytes: Uint8Array, { head, transactions, fields }: Tongue, unmask: boolean) {
  return explainTerminalFrames(bytes, {
    shape: countedShape,
    body: countedBody,
    fields: (inside) => {
      const body = decodeLinkBody(head, inside);
      if (typeof body === 'string') return { error: body };
      const values: Readonly<Record<string, string>> = body.head;
      const response = values['resp'] === undefined ? undefined : rowOf(LINK_RESPONSES, values['resp']);
      return {
        decoded: { ...body.head, fields: body.fields.map((field) => shown(fields, field, unmask)) },
        meaning: rowOf(transactions, values['tx'] ?? '') ?? 'unknown',
        ...(values['req_resp'] === '1' && response !== undefined && { response }),
        titles: Object.fromEntries(body.fields.map(([type]) => [type, rowOf(fields, type)?.title ?? 'unknown'])),
      };
    },
  });
}

/** A field nobody knows may hold anything. */
function shown(rows: Readonly<Record<string, FieldRow>>, [type, data]: LinkField, unmask: boolean): LinkField {
  const row = rowOf(rows, type);
  if (unmask || (row !== undefined && row.secret === undefined) || data.includes('*')) return [type, data];
  if (row?.secret === 'card') return [type, /^\d+$/.test(data) ? maskPan(data) : `[${data.length} characters]`];
  return [type, scannedText(data, false)];
}
