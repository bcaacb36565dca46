import { decodeUtf8Lossy } from '../../protocols/bytes/utf8.ts';
import { parseMpm } from '../../protocols/paycode/emv-mpm.ts';
import type { Decoder, Explanation } from './decoder.ts';

/** EMVCo MPM 3.2, table 3.6 and following; ranges in `nameOf`. */
const NAMES: Readonly<Record<string, string>> = {
  '00': 'payload format',
  '01': 'point of initiation (11 static, 12 dynamic)',
  '52': 'merchant category',
  '53': 'currency',
  '54': 'amount',
  '55': 'tip',
  '56': 'fixed tip',
  '57': 'percentage tip',
  '58': 'country',
  '59': 'merchant name',
  '60': 'city',
  '61': 'postcode',
  '62': 'additional data',
  '63': 'CRC',
  '64': 'merchant name in its language',
};

/** The objects of an EMVCo merchant-presented code, under the names of emv-mpm.json. It holds no secret. */
export const emvMpmDecoder: Decoder = {
  kind: 'emv-mpm',
  summary: 'EMVCo merchant-presented code (a collection code): objects and CRC',
  example:
    '00020101021215313104015600490156898320159990001520454115303156540535.805802CN5912CORNER STORE6008HANGZHOU62280112POS2411200010708T000000164200002ZH0104街角小店0202杭州63049DAC',
  explain(bytes): Explanation {
    const result = parseMpm(decodeUtf8Lossy(bytes).replace(/[\r\n]+$/, ''));
    if ('error' in result) return { fields: { error: result.error }, lines: [`error: ${result.error}`], ok: false };
    const { fields, computedCrc, crcOk } = result.mpm;
    const crc = crcOk ? 'CRC is right' : `CRC is wrong, ${computedCrc} was computed`;
    const lines = [...fields.map(([id, value]) => `${id} ${nameOf(id)}: ${value}`), crc];
    return { fields: { fields, computedCrc, crcOk }, lines, ok: crcOk };
  },
};

function nameOf(id: string): string {
  const number = Number(id);
  if (number >= 2 && number <= 25) return 'card network account';
  if (number >= 26 && number <= 51) return 'merchant account';
  return NAMES[id] ?? (number >= 80 ? 'unreserved' : 'reserved');
}
