import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { PacketFramer } from '../../protocols/framing/packet.ts';
import { encodeEndedFrame, endedText } from '../../protocols/terminal/ended-frame.ts';
import { rowOf } from '../../protocols/terminal/link/words.ts';
import { ncccShape } from '../../protocols/terminal/nccc/frame.ts';
import {
  decodeNccc,
  encodeNccc,
  NCCC_RESPONSES,
  NCCC_TRANSACTIONS,
  ncccLayout,
} from '../../protocols/terminal/nccc/layout.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['protocol', 'framing', 'layout_1based', 'trans_type', 'ecr_response', 'vectors', 'source'];

/** 400 characters between STX and ETX, LRC */
const FRAME_HEX_DIGITS = 2 * 403;

function isWhole(entry: unknown): boolean {
  return isObject(entry) && typeof entry['frame'] === 'string' && entry['frame'].length === FRAME_HEX_DIGITS;
}

/** nccc400.json: the layout of 400 characters and whole frames. */
export const ncccChecker: Checker = {
  title: 'NCCC, 400 characters',
  recognises: (_, content) =>
    ['layout_1based', 'ecr_response', 'trans_type'].some((key) => isObject(content) && key in content) ||
    listIn(content, 'vectors').some(isWhole),
  check: (content) => ({
    cases: [
      ...listIn(content, 'layout_1based').map(place),
      ...table(content, 'trans_type', NCCC_TRANSACTIONS),
      ...table(content, 'ecr_response', NCCC_RESPONSES),
      ...listIn(content, 'vectors').map(frame),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

function place(expected: unknown, at: number): CaseResult {
  const name = Array.isArray(expected) ? String(expected[0]) : `layout_1based[${at}]`;
  return { name: `layout ${name}`, expected, actual: ncccLayout().find(([known]) => known === name) };
}

function table(content: unknown, section: string, known: Readonly<Record<string, string>>): CaseResult[] {
  return Object.entries(objectIn(content, section)).map(([code, expected]) => ({
    name: `${section} ${code}`,
    expected,
    actual: rowOf(known, code),
  }));
}

function frame(entry: unknown, at: number): CaseResult {
  const hex = isObject(entry) && typeof entry['frame'] === 'string' ? entry['frame'].toUpperCase() : '';
  const bytes = fromHex(hex);
  if (!isObject(entry) || !bytes) return unknownCase(`vectors[${at}]`, 'frame', entry);
  const name = typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const [packet, ...rest] = new PacketFramer(ncccShape).push(bytes, 0);
  if (packet?.kind !== 'packet' || rest.length > 0) return { name, expected: hex, actual: 'not one whole frame' };
  const fields = decodeNccc(endedText(packet.bytes) ?? new Uint8Array());
  const actual = fields ? toHex(encodeEndedFrame(encodeNccc(fields))).toUpperCase() : 'not 400 characters';
  const type = fields && rowOf(NCCC_TRANSACTIONS, fields.trans_type);
  return { name, expected: hex, actual: type === undefined ? `transaction ${fields?.trans_type}` : actual };
}
