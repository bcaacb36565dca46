import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import {
  DEVICE_TYPES,
  LIFECYCLE,
  LOCATION_PATTERN,
  parseLocation,
  TERMINAL_INFO_FIELDS,
} from '../../protocols/terminal/terminal-info.ts';
import { serialMac, sm4Block } from '../../simulator/terminals/serial-mac.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, type JsonObject, listIn, objectIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['deviceTypes', 'evidence', 'fields', 'location', 'sm4Mac', 'lifecycle', 'note', 'source'];

/** terminal-info.json: what a request says of its terminal, and the MAC that a certified one makes. */
export const terminalInfoChecker: Checker = {
  title: 'terminal_info',
  recognises: (_, content) =>
    Object.values(objectIn(content, 'deviceTypes')).some((type) => isObject(type) && 'serialRequired' in type) ||
    'canonicalRegex' in objectIn(content, 'location') ||
    'keyHex' in objectIn(content, 'sm4Mac'),
  check: (content) => {
    const location = objectIn(content, 'location');
    return {
      cases: [
        ...Object.entries(objectIn(content, 'deviceTypes')).map(([type, expected]) => ({
          name: `deviceTypes ${type}`,
          expected,
          actual: DEVICE_TYPES[type],
        })),
        ...listIn(content, 'fields').map(field),
        ...locations(location),
        ...macs(objectIn(content, 'sm4Mac')),
        ...listIn(objectIn(content, 'lifecycle'), 'states').map(state),
        ...unknownSections(content, SECTIONS),
      ],
      // how other acquirers write a place: nothing to compute
      stories: listIn(location, 'variants').length,
    };
  },
};

function field(entry: unknown, at: number): CaseResult {
  if (!isObject(entry) || typeof entry['name'] !== 'string') return unknownCase(`fields[${at}]`, 'a name', entry);
  const { name, type, required } = entry;
  const rows: Readonly<Record<string, { max: number; required?: unknown }>> = TERMINAL_INFO_FIELDS;
  const row = rows[name];
  return {
    name: `fields ${name}`,
    expected: { type, required },
    actual: row && { type: `String(${row.max})`, required: row.required },
  };
}

function locations(section: JsonObject): CaseResult[] {
  const pattern = 'canonicalRegex' in section ? [section['canonicalRegex']] : [];
  const told = (texts: readonly unknown[], expected: boolean) =>
    texts.map((text) => ({
      name: `location ${expected ? 'ok' : 'bad'} ${JSON.stringify(text)}`,
      expected,
      actual: parseLocation(String(text)) !== undefined,
    }));
  return [
    ...pattern.map((expected) => ({ name: 'location canonicalRegex', expected, actual: LOCATION_PATTERN })),
    ...told(listIn(section, 'ok'), true),
    ...told(listIn(section, 'bad'), false),
  ];
}

function macs(section: JsonObject): CaseResult[] {
  const key = bytesOf(section['keyHex']);
  const check = objectIn(section, 'sm4Check');
  const block = 'cipher' in check ? toHex(sm4Block(bytesOf(check['key']), bytesOf(check['plain']))).toUpperCase() : '';
  const cases = listIn(section, 'vectors').map((entry, at): CaseResult => {
    if (!isObject(entry) || typeof entry['rand'] !== 'string') return unknownCase(`sm4Mac[${at}]`, 'rand', entry);
    const serial = String(section['serial']);
    const { secretText, ...steps } = serialMac(key, serial, entry['rand']);
    const { rand, ...expected } = entry;
    return {
      name: `sm4Mac ${JSON.stringify(rand)}`,
      expected,
      actual: { input: serial + entry['rand'], ...steps, secret_text: secretText },
    };
  });
  return 'cipher' in check ? [...cases, { name: 'sm4Check', expected: check['cipher'], actual: block }] : cases;
}

function bytesOf(text: unknown): Uint8Array {
  return (typeof text === 'string' && fromHex(text)) || new Uint8Array(16);
}

function state(entry: unknown): CaseResult {
  const [mark, expected] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
  const marks: Readonly<Record<string, string>> = LIFECYCLE;
  return { name: `lifecycle ${String(mark)}`, expected, actual: marks[String(mark)] };
}
