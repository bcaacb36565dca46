import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { countedBody, countedShape, encodeCountedFrame } from '../../protocols/terminal/counted-frame.ts';
import { decodeLinkBody, encodeLinkBody, LINK_HEAD } from '../../protocols/terminal/link/body.ts';
import {
  type FieldRow,
  LINK_FIELDS,
  LINK_RESPONSES,
  LINK_TRANSACTIONS,
  rowOf,
} from '../../protocols/terminal/link/words.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';
import { type Claim, rewritten } from './prose.ts';

const PROSE = ['protocol', 'framing', 'lrc', 'body', 'line', 'ack'];
const SECTIONS = [...PROSE, 'tx_codes', 'field_types', 'response_codes', 'seen_in_public', 'computed', 'negative'];

/** linkpos.json: frames of the Link family, from documents and computed, and the tables of its codes. */
export const linkposChecker: Checker = {
  title: 'Link POS (KBTG, GHL)',
  recognises: (_, content) =>
    [...listIn(content, 'seen_in_public'), ...listIn(content, 'computed')].some(
      (entry) => isObject(entry) && 'tx' in objectIn(entry, 'decoded'),
    ) ||
    (isObject(content) && ('field_types' in content || 'tx_codes' in content)),
  check: (content) => ({
    cases: [
      ...table(content, 'tx_codes', (code) => rowOf(LINK_TRANSACTIONS, code)),
      ...table(content, 'field_types', (code) => rowOf<FieldRow>(LINK_FIELDS, code)?.title),
      ...table(content, 'response_codes', (code) => rowOf(LINK_RESPONSES, code)),
      ...listIn(content, 'seen_in_public').map((entry, at) => frame(entry, `seen_in_public[${at}]`)),
      ...listIn(content, 'computed').map((entry, at) => frame(entry, `computed[${at}]`)),
      ...listIn(content, 'negative').map((entry, at) => refused(entry, `negative[${at}]`)),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

/** A key may name several codes: `R1/R2`, `C0-C3,P1-P4`. All of them mean the same. */
function table(content: unknown, section: string, meaning: (code: string) => string | undefined): CaseResult[] {
  return Object.entries(objectIn(content, section)).map(([key, expected]) => {
    const meanings = new Set(key.split(/[/,]/).flatMap(spread).map(meaning));
    return { name: `${section} ${key}`, expected, actual: meanings.size === 1 ? [...meanings][0] : [...meanings] };
  });
}

function spread(codes: string): string[] {
  const range = /^(\w)(\d)-(\w)(\d)$/.exec(codes);
  if (!range || range[1] !== range[3]) return [codes];
  const [from, to] = [Number(range[2]), Number(range[4])];
  return Array.from({ length: to - from + 1 }, (_, at) => `${range[1]}${from + at}`);
}

/** What stands in the frame, and the frame made of it again. */
function frame(entry: unknown, place: string): CaseResult {
  const hex = isObject(entry) && typeof entry['frame'] === 'string' ? entry['frame'].toUpperCase() : '';
  const bytes = fromHex(hex);
  if (!isObject(entry) || !bytes || !isObject(entry['decoded'])) return unknownCase(place, 'frame and decoded', entry);
  const name = typeof entry['name'] === 'string' ? entry['name'] : place;
  const expected = { frame: hex, decoded: entry['decoded'] };
  const [packet, ...rest] = new PacketFramer(countedShape).push(bytes, 0);
  if (packet?.kind !== 'packet' || rest.length > 0) return { name, expected, actual: 'not one whole frame' };
  const body = decodeLinkBody(LINK_HEAD, countedBody(packet.bytes) ?? new Uint8Array());
  if (typeof body === 'string') return { name, expected, actual: body };
  const again = encodeCountedFrame(encodeLinkBody(LINK_HEAD, body));
  return {
    name,
    expected,
    actual: { frame: toHex(again).toUpperCase(), decoded: { ...body.head, fields: body.fields } },
  };
}

/** What is done with a frame that is none. */
function refused(entry: unknown, place: string): CaseResult {
  const bytes = isObject(entry) && typeof entry['frame'] === 'string' ? fromHex(entry['frame']) : undefined;
  if (!isObject(entry) || !bytes || typeof entry['expect'] !== 'string')
    return unknownCase(place, 'frame, expect', entry);
  const name = typeof entry['name'] === 'string' ? entry['name'] : place;
  return { name, expected: entry['expect'], actual: rewritten(entry['expect'], REFUSALS, bytes) };
}

const REFUSALS: readonly Claim<Uint8Array>[] = [
  [/^(NAK|ACK)\b/, (_, bytes) => ({ packet: 'ACK', 'bad-check': 'NAK' })[heard(bytes)] ?? heard(bytes)],
  [/\bdrop to hunting\b/, (said, bytes) => (heard(bytes) === 'junk' ? said : heard(bytes))],
  [/(?<=^length digits )not BCD/, (said, bytes) => (countedBody(bytes) === undefined ? said : 'BCD')],
];

function heard(bytes: Uint8Array): string {
  const framer = new PacketFramer(countedShape);
  const [first] = [...framer.push(bytes, 0), ...framer.reset()];
  return first?.kind === 'noise' ? first.cause : (first?.kind ?? 'nothing');
}
