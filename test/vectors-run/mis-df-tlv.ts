import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { countedBody, encodeCountedFrame, lrcBehindStx } from '../../protocols/terminal/counted-frame.ts';
import { MIS_CONTROL } from '../../protocols/terminal/mis/frame.ts';
import {
  encodeMisObjects,
  type MisObject,
  type MisPart,
  misText,
  parseMisObjects,
} from '../../protocols/terminal/mis/objects.ts';
import { misTag } from '../../protocols/terminal/mis/tags.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = [
  'protocol',
  'framing',
  'control',
  'tags_request',
  'tags_response',
  'observed',
  'computed',
  'source',
  'note',
];

/** mis-df-tlv.json: DFxx objects of a bank's MIS-POS, logged and computed. */
export const misChecker: Checker = {
  title: 'MIS-POS of Chinese banks (DFxx TLV)',
  recognises: (_, content) =>
    [...listIn(content, 'observed'), ...listIn(content, 'computed')].some(
      (entry) =>
        isObject(entry) &&
        'frame' in entry &&
        listIn(entry, 'decoded').some((object) => isObject(object) && 'tag' in object),
    ) || ['tags_request', 'tags_response'].some((section) => Object.keys(objectIn(content, section)).some(isTag)),
  check: (content) => ({
    cases: [
      ...Object.entries(objectIn(content, 'control')).map(control),
      ...tags(content, 'tags_request', 'request'),
      ...tags(content, 'tags_response', 'response'),
      ...listIn(content, 'observed').map((entry, at) => frame(entry, `observed[${at}]`)),
      ...listIn(content, 'computed').map((entry, at) => frame(entry, `computed[${at}]`)),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

function isTag(text: string): boolean {
  return /^DF[0-9A-F]{2}$/.test(text);
}

/** `"EOT/busy": "04"` */
function control([names, expected]: [string, unknown]): CaseResult {
  const known = Object.entries(MIS_CONTROL).find(([name]) => names.split('/').includes(name));
  return { name: `control ${names}`, expected, actual: known && toHex(Uint8Array.of(known[1])) };
}

function tags(content: unknown, section: string, direction: 'request' | 'response'): CaseResult[] {
  return Object.entries(objectIn(content, section)).map(([tag, expected]) => ({
    name: `${section} ${tag}`,
    expected,
    actual: misTag(tag)?.[direction],
  }));
}

/** The objects as the file writes them, and the frame that is made of them again. A masked log keeps its own LRC. */
function frame(entry: unknown, place: string): CaseResult {
  const hex = isObject(entry) && typeof entry['frame'] === 'string' ? entry['frame'].toUpperCase() : '';
  const bytes = fromHex(hex);
  if (!isObject(entry) || !bytes || !Array.isArray(entry['decoded']))
    return unknownCase(place, 'frame and decoded', entry);
  const name = typeof entry['name'] === 'string' ? entry['name'] : place;
  const isMasked = 'printed_lrc' in entry;
  const told = isMasked && { printed_lrc: entry['printed_lrc'], lrc_of_printed_bytes: entry['lrc_of_printed_bytes'] };
  const found = isMasked && { printed_lrc: hexOf(bytes.at(-1) ?? 0), lrc_of_printed_bytes: hexOf(lrcBehindStx(bytes)) };
  const objects = countedBody(bytes);
  const parsed = objects && parseMisObjects(objects);
  if (!parsed || typeof parsed === 'string') return { name, expected: entry['decoded'], actual: parsed ?? 'no frame' };
  const again = encodeCountedFrame(encodeMisObjects(parsed.map(partOf)));
  if (isMasked) again.set(bytes.subarray(-1), again.length - 1);
  return {
    name,
    expected: { decoded: entry['decoded'], frame: hex, ...told },
    actual: { decoded: parsed.map(written), frame: toHex(again).toUpperCase(), ...found },
  };
}

function partOf({ tag, value, children }: MisObject): MisPart {
  return [tag, children ? children.map(partOf) : value];
}

function written({ tag, value, children }: MisObject): Record<string, unknown> {
  if (children) return { tag, children: children.map(written) };
  const text = misText(value);
  return { tag, hex: toHex(value).toUpperCase(), ...(text !== undefined && { text_gbk: text }) };
}

function hexOf(byte: number): string {
  return toHex(Uint8Array.of(byte)).toUpperCase();
}
