import { toBase64 } from '../../protocols/bytes/base64.ts';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { type TlvNode, upperHex } from '../../protocols/paycode/ber-tlv.ts';
import { CPM_LIMITS, CPM_PREFIX, type CpmDerived, parseCpm } from '../../protocols/paycode/emv-cpm.ts';
import type { CaseResult, Checker } from './checker.ts';
import { caseName, hasEntriesWith, isObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['note', 'prefix', 'limits', 'vectors'];

/** emv-cpm.json: EMVCo consumer-presented codes, good and bad. */
export const emvCpm: Checker = {
  title: 'EMV CPM',
  recognises: (_, content) =>
    hasEntriesWith(content, 'vectors', ['base64']) ||
    'base64' in objectIn(content, 'prefix') ||
    'maxBase64Chars' in objectIn(content, 'limits'),
  check: (content) => ({
    cases: [
      ...prefix(objectIn(content, 'prefix')),
      ...Object.entries(objectIn(content, 'limits')).map(limit),
      ...listIn(content, 'vectors').map(vector),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

/** Eleven characters are 66 bits: two more than the eight constant bytes, and base64 pads those with the zeros of 61. */
function prefix(entry: Readonly<Record<string, unknown>>): CaseResult[] {
  if (!('base64' in entry)) return [];
  const computed = toBase64(fromHex('85 05 4350563031 61') ?? new Uint8Array()).slice(0, 11);
  return [
    {
      name: 'prefix',
      expected: entry['base64'],
      actual: computed === CPM_PREFIX ? CPM_PREFIX : { computed, CPM_PREFIX },
    },
  ];
}

function limit([name, expected]: [string, unknown]): CaseResult {
  const limits: Readonly<Record<string, readonly [number, number]>> = CPM_LIMITS;
  const range = limits[name];
  return { name: `limits ${name}`, expected, actual: range && (name.startsWith('max') ? range[1] : written(range)) };
}

function written([min, max]: readonly [number, number]): string | number {
  if (min === max) return max;
  return min === 0 ? `<=${max}` : `${min}..${max}`;
}

const COMPUTED = ['hex', 'tree', 'derived'];

function vector(entry: unknown, at: number): CaseResult {
  const name = caseName(entry, 'vectors', at);
  if (!isObject(entry) || typeof entry['base64'] !== 'string') return unknownCase(name, 'base64', entry);
  const result = parseCpm(entry['base64']);
  if ('error' in entry)
    return { name, expected: entry['error'], actual: 'error' in result ? result.error : 'no error' };
  const members = COMPUTED.filter((member) => member in entry);
  if (members.length === 0) return unknownCase(name, 'error, hex, tree or derived', entry);
  const expected = Object.fromEntries(members.map((member) => [member, entry[member]]));
  if ('error' in result) return { name, expected, actual: { error: result.error } };
  const { bytes, tree, derived } = result.cpm;
  const ours = { hex: upperHex(bytes), tree: tree.map(shown), derived: like(objectIn(entry, 'derived'), derived) };
  return { name, expected, actual: Object.fromEntries(Object.entries(ours).filter(([member]) => member in entry)) };
}

function shown({ tag, len, value, children }: TlvNode): unknown {
  return { tag, len, hex: upperHex(value), ...(children && { children: children.map(shown) }) };
}

/** The derived fields that the file names, in its notation: a counter as a number or as hex, track 2 with or without pad. */
function like(expected: Readonly<Record<string, unknown>>, derived: CpmDerived): unknown {
  const ours: Readonly<Record<string, unknown>> = { ...derived };
  const entries = Object.keys(expected).map((name) => {
    const [theirs, value] = [expected[name], ours[name]];
    if (name === 'atc' && typeof theirs === 'number' && typeof value === 'string')
      return [name, Number.parseInt(value, 16)];
    if (name === 'track2' && typeof value === 'string' && !String(theirs).endsWith('F'))
      return [name, value.replace(/F$/, '')];
    return [name, value];
  });
  return Object.fromEntries(entries);
}
