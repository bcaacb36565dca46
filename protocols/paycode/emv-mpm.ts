import { crc16CcittFalse } from '../bytes/crc.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';

// EMVCo Merchant-Presented Mode:  id(2 digits) len(2 digits) value ...
//
//   00 02 01   01 02 12   52 04 5411   53 03 156   54 05 35.80 ...   63 04 9DAC
//
// 00 = "01" comes first, 63 (CRC) last. Lengths count characters; the CRC (CRC-16/CCITT-FALSE, four upper-case hex
// digits) is over the UTF-8 bytes up to and including "6304".

export type MpmError = 'TOO_LONG' | 'BAD_TLV' | 'TRUNCATED' | 'DUPLICATE_TAG' | 'BAD_ORDER';
export type MpmField = readonly [id: string, value: string];

export interface Mpm {
  readonly fields: readonly MpmField[];
  readonly computedCrc: string;
  readonly crcOk: boolean;
}

export type MpmResult = { readonly mpm: Mpm } | { readonly error: MpmError };

/** EMVCo MPM 3.2: the payload has at most 512 characters. */
const MPM_MAX_CHARACTERS = 512;

export function parseMpm(payload: string): MpmResult {
  const characters = Array.from(payload);
  if (characters.length > MPM_MAX_CHARACTERS) return { error: 'TOO_LONG' };
  const objects = parseObjects(characters);
  if ('error' in objects) return objects;
  const { fields } = objects;
  if (new Set(fields.map(([id]) => id)).size < fields.length) return { error: 'DUPLICATE_TAG' };
  const [firstId, firstValue] = fields[0] ?? [];
  const [lastId, crc = ''] = fields.at(-1) ?? [];
  if (firstId !== '00' || firstValue !== '01' || lastId !== '63') return { error: 'BAD_ORDER' };
  if (Array.from(crc).length !== 4) return { error: 'BAD_TLV' };
  const computedCrc = mpmCrc(payload.slice(0, -crc.length));
  return { mpm: { fields, computedCrc, crcOk: crc === computedCrc } };
}

/** The CRC of a payload that ends with "6304", as its four characters. */
export function mpmCrc(payloadUpTo6304: string): string {
  return crc16CcittFalse(encodeUtf8(payloadUpTo6304)).toString(16).toUpperCase().padStart(4, '0');
}

/** The objects of a payload, or of a template's value (26-51, 62, 64, 80-99). */
function parseObjects(characters: readonly string[]): { fields: MpmField[] } | { error: MpmError } {
  const fields: MpmField[] = [];
  for (let at = 0; at < characters.length; ) {
    const head = characters.slice(at, at + 4).join('');
    if (!/^\d*$/.test(head)) return { error: 'BAD_TLV' };
    if (head.length < 4) return { error: 'TRUNCATED' };
    const length = Number(head.slice(2));
    const value = characters.slice(at + 4, at + 4 + length);
    if (value.length < length) return { error: 'TRUNCATED' };
    fields.push([head.slice(0, 2), value.join('')]);
    at += 4 + length;
  }
  return { fields };
}
