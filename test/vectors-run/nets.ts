import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { countedBody, countedShape, encodeCountedFrame } from '../../protocols/terminal/counted-frame.ts';
import { decodeLinkBody, encodeLinkBody, NETS_HEAD } from '../../protocols/terminal/link/body.ts';
import { type FieldRow, NETS_FIELDS, NETS_FUNCTIONS, rowOf } from '../../protocols/terminal/link/words.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['protocol', 'framing', 'functions', 'response_fields', 'vectors', 'source'];

/** nets.json: frames of NETS terminals of Singapore. */
export const netsChecker: Checker = {
  title: 'NETS terminals',
  recognises: (name, content) =>
    isObject(content) && ('response_fields' in content || 'functions' in content || /^nets\b/i.test(name)),
  check: (content) => ({
    cases: [
      ...Object.entries(objectIn(content, 'functions')).map(([code, expected]) => ({
        name: `functions ${code}`,
        expected,
        actual: rowOf(NETS_FUNCTIONS, code),
      })),
      ...listIn(content, 'response_fields').map((type, at) => ({
        name: `response_fields[${at}] ${String(type)}`,
        expected: type,
        actual: typeof type === 'string' && rowOf<FieldRow>(NETS_FIELDS, type) ? type : 'unknown',
      })),
      ...listIn(content, 'vectors').map(frame),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

/** `YYMMDDHHMMSS` of the till, a function that exists, fields that are known, and the same bytes made of them again. */
function frame(entry: unknown, at: number): CaseResult {
  const hex = isObject(entry) && typeof entry['frame'] === 'string' ? entry['frame'].toUpperCase() : '';
  const bytes = fromHex(hex);
  if (!isObject(entry) || !bytes) return unknownCase(`vectors[${at}]`, 'frame', entry);
  const name = typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const [packet, ...rest] = new PacketFramer(countedShape).push(bytes, 0);
  if (packet?.kind !== 'packet' || rest.length > 0) return { name, expected: hex, actual: 'not one whole frame' };
  const body = decodeLinkBody(NETS_HEAD, countedBody(packet.bytes) ?? new Uint8Array());
  if (typeof body === 'string') return { name, expected: hex, actual: body };
  const strange = [
    /^\d{12}$/.test(body.head.ecn) ? [] : 'ecn',
    rowOf(NETS_FUNCTIONS, body.head.tx) ? [] : `function ${body.head.tx}`,
    body.fields.flatMap(([type]) => (rowOf<FieldRow>(NETS_FIELDS, type) ? [] : `field ${type}`)),
  ].flat();
  const again = toHex(encodeCountedFrame(encodeLinkBody(NETS_HEAD, body))).toUpperCase();
  return { name, expected: hex, actual: strange.length > 0 ? `unknown ${strange.join(', ')}` : again };
}
