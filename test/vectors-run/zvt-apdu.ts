import { apduFacts } from '../../agent/decode/zvt.ts';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { apduHead, decodeApdu, encodeApdu, isApduError } from '../../protocols/terminal/zvt/apdu.ts';
import { objectsOf } from '../../protocols/terminal/zvt/bmp-list.ts';
import { ZVT_STREAM } from '../../protocols/terminal/zvt/stream.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, type JsonObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';
import { type Claim, rewritten } from './prose.ts';
import { type Given, given, upper } from './zvt-claims.ts';
import { expectation } from './zvt-expect.ts';

const SECTIONS = ['protocol', 'apdu', 'bmp_formats', 'vectors', 'print_line_receipt', 'print_text_block_tcp_fragments'];

/** zvt-apdu.json: messages with their fields, a receipt line by line, text blocks in pieces. */
export const zvtApduChecker: Checker = {
  title: 'ZVT messages',
  recognises: (_, content) =>
    hasEntriesWith(content, 'vectors', ['apdu', 'control']) ||
    'apdus' in objectIn(content, 'print_line_receipt') ||
    hasEntriesWith(content, 'print_text_block_tcp_fragments', ['fragments']),
  check: (content) => ({
    cases: [
      ...listIn(content, 'vectors').map(vector),
      ...listIn(objectIn(content, 'print_line_receipt'), 'apdus').map(receiptLine),
      ...listIn(content, 'print_text_block_tcp_fragments').map(block),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

/** Members that say where a case is from or how it came about. */
const ABOUT = new Set(['name', 'apdu', 'source', 'note', 'note_parse', 'direction', 'checked']);

function vector(entry: unknown, at: number): CaseResult {
  const name = isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const bytes = isObject(entry) && typeof entry['apdu'] === 'string' ? fromHex(entry['apdu']) : undefined;
  if (!isObject(entry) || !bytes || typeof entry['control'] !== 'string')
    return unknownCase(name, 'apdu, control, declared_len, actual_len', entry);
  const facts = apduFacts(bytes, true);
  const expected = claimed(entry, facts);
  const about = given(bytes);
  const actual = Object.fromEntries(
    Object.entries(expected).map(([key, value]) => [key, computed(key, value, about, facts)]),
  );
  return { name, expected: { ...expected, written: upper(bytes) }, actual: { ...actual, written: written(bytes) } };
}

/** `bmps_after_cc: null` states nothing (it stands beside registrations with and without fields behind the currency). */
function claimed(entry: JsonObject, facts: JsonObject): JsonObject {
  const isSaid = ([key, value]: [string, unknown]) => !ABOUT.has(key) && !(key === 'bmps_after_cc' && value === null);
  // an acknowledgement has no direction of its own
  const direction = 'direction' in entry && 'direction' in facts ? { direction: entry['direction'] } : {};
  return { ...Object.fromEntries(Object.entries(entry).filter(isSaid)), ...direction };
}

function computed(key: string, value: unknown, about: Given, facts: JsonObject): unknown {
  if (key === 'expect' && isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, said]) => [name, expectation(name, said, about, facts)]),
    );
  if (key === 'errata' && typeof value === 'string') return rewritten(value, ERRATA, about.apdu);
  return facts[key];
}

const lengthByte = (length: number) => length.toString(16).toUpperCase().padStart(2, '0');
const holds = (apdu: Uint8Array) => apdu.length - (apduHead(apdu)?.start ?? 0);

const ERRATA: readonly Claim<Uint8Array>[] = [
  [/(?<=\bdeclared )\d+/, (_, apdu) => String(apduHead(apdu)?.declared)],
  [/(?<=\bholds )\d+/, (_, apdu) => String(holds(apdu))],
  [/(?<=\bLEN )[0-9A-F]{2}/, (_, apdu) => lengthByte(apdu[2] ?? 0)],
  [/(?<=\bLEN [0-9A-F]{2} (?:\(hex\) )?should be )[0-9A-F]{2}/, (_, apdu) => lengthByte(holds(apdu))],
  [/(?<=\bdata )\d+(?= bytes)/, (_, apdu) => String(holds(apdu))],
];

/** What is read and written again is the same; what cannot be read is left as it is. */
function written(bytes: Uint8Array): string {
  const message = decodeApdu(bytes);
  return upper(isApduError(message) ? bytes : encodeApdu(message));
}

function receiptLine(entry: unknown, at: number): CaseResult {
  const name = `print_line_receipt[${at}]`;
  const bytes = typeof entry === 'string' ? fromHex(entry) : undefined;
  if (!bytes) return unknownCase(name, 'hex digits', entry);
  const { problem } = apduFacts(bytes, true);
  return { name, expected: upper(bytes), actual: problem ?? written(bytes) };
}

function block(entry: unknown, at: number): CaseResult {
  const name = `print_text_block_tcp_fragments[${at}]`;
  const pieces = listIn(entry, 'fragments').map((piece) => (typeof piece === 'string' ? fromHex(piece) : undefined));
  if (!isObject(entry) || pieces.length === 0 || pieces.includes(undefined))
    return unknownCase(name, 'fragments', entry);
  const { fragments: _fragments, source: _source, ...expected } = entry;
  const heard = pieces.map((piece) =>
    framer.push(piece ?? new Uint8Array(), 0).flatMap((event) => (event.kind === 'packet' ? [event.bytes] : [])),
  );
  framer.reset();
  const [apdu] = heard.at(-1) ?? [];
  if (!apdu || heard.flat().length !== 1) return { name, expected, actual: `${heard.flat().length} messages` };
  const facts = {
    declared_len: apduHead(apdu)?.declared,
    total_len: apdu.length,
    parses: !isApduError(decodeApdu(apdu)),
  };
  const says =
    typeof expected['expect'] === 'string' ? { expect: rewritten(expected['expect'], BLOCK, given(apdu)) } : {};
  const all: JsonObject = { ...facts, ...says };
  return { name, expected, actual: Object.fromEntries(Object.keys(expected).map((key) => [key, all[key]])) };
}

const framer = new PacketFramer(ZVT_STREAM);

const RECEIPTS: Readonly<Record<string, string>> = { '01': 'merchant', '02': 'cardholder receipt' };

function tagHex({ message }: Given, tag: string): string {
  const found = objectsOf(message?.fields ?? []).find((object) => object.tag === tag);
  return found ? upper(found.value) : 'none';
}

const BLOCK: readonly Claim<Given>[] = [
  [/\b1F[0-9A-F]{2}=[0-9A-F]{2}/, (said, about) => `${said.slice(0, 4)}=${tagHex(about, said.slice(0, 4))}`],
  [/(?<=, )1F37=[0-9A-F]{2}/, (_, about) => `1F37=${tagHex(about, '1F37')}`],
  [/(?<=1F07=02 \()[^)]*|(?<=1F07=01 )\w+/, (said, about) => RECEIPTS[tagHex(about, '1F07')] ?? said],
  [/(?<=tag 14 = )[0-9A-F]{2}/, (_, about) => charsetTag(about)],
  [/ISO-8859-1|CP437|UTF-8/, (_, { apdu }) => String(apduFacts(apdu, true)['charset'])],
  [
    /(?<=ends with )[0-9A-F]{2}(?: [0-9A-F]{2})*/,
    (said, { apdu }) => upper(apdu.slice(-((said.length + 1) / 3))).replace(/..(?=.)/g, '$& '),
  ],
];

function charsetTag({ message }: Given): string {
  const objects = objectsOf(message?.fields ?? []);
  const all = [...objects, ...objects.flatMap(({ children = [] }) => children)];
  const found = all.find(({ tag }) => tag === '14');
  return found ? upper(found.value) : 'none';
}
