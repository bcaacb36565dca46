import { crc16CcittFalse } from '../../protocols/bytes/crc.ts';
import { encodeUtf8 } from '../../protocols/bytes/utf8.ts';
import { parseMpm } from '../../protocols/paycode/emv-mpm.ts';
import type { CaseResult, Checker } from './checker.ts';
import {
  caseName,
  hasEntriesWith,
  isObject,
  type JsonObject,
  listIn,
  objectIn,
  unknownCase,
  unknownSections,
  without,
} from './json.ts';

const SECTIONS = ['note', 'crc', 'vectors', 'negatives'];

/** emv-mpm.json: EMVCo merchant-presented codes, good and bad. */
export const emvMpm: Checker = {
  title: 'EMV MPM',
  recognises: (_, content) =>
    hasEntriesWith(content, 'vectors', ['payload', 'computedCrc']) ||
    hasEntriesWith(content, 'vectors', ['payload', 'crcOk']) ||
    listIn(content, 'negatives').some((entry) => isObject(entry) && ('payload' in entry || isProse(entry))) ||
    'poly' in objectIn(content, 'crc'),
  check: (content) => {
    const negatives = listIn(content, 'negatives');
    return {
      cases: [
        ...algorithm(objectIn(content, 'crc')),
        ...listIn(content, 'vectors').map(vector),
        ...negatives.flatMap((entry, at) => (isProse(entry) ? [] : [negative(entry, at)])),
        ...unknownSections(content, SECTIONS),
      ],
      stories: negatives.filter(isProse).length,
    };
  },
};

/** A rule in words, told in test/protocols/paycode-emv.test.ts under its id. */
function isProse(entry: unknown): boolean {
  return (
    isObject(entry) && !('payload' in entry) && typeof entry['id'] === 'string' && typeof entry['note'] === 'string'
  );
}

/** What protocols/bytes/crc.ts says it is, and what it gives for the check input. */
function algorithm(section: JsonObject): CaseResult[] {
  const expected = without(section, 'range');
  if (!('poly' in expected) && !('check' in expected)) return [];
  const input = objectIn(expected, 'check')['input'];
  const output = crc16CcittFalse(encodeUtf8(String(input)))
    .toString(16)
    .toUpperCase()
    .padStart(4, '0');
  const ours: JsonObject = {
    name: 'CRC-16/CCITT-FALSE',
    poly: '1021',
    init: 'FFFF',
    refin: false,
    refout: false,
    xorout: '0000',
    check: { input, output },
  };
  return [{ name: 'crc', expected, actual: Object.fromEntries(Object.keys(expected).map((key) => [key, ours[key]])) }];
}

const COMPUTED = ['computedCrc', 'crcOk', 'fields'];

function vector(entry: unknown, at: number): CaseResult {
  const name = caseName(entry, 'vectors', at);
  if (!isObject(entry) || typeof entry['payload'] !== 'string') return unknownCase(name, 'payload', entry);
  const members = COMPUTED.filter((member) => member in entry);
  if (members.length === 0) return unknownCase(name, 'computedCrc, crcOk or fields', entry);
  const expected = Object.fromEntries(members.map((member) => [member, entry[member]]));
  const result = parseMpm(entry['payload']);
  if ('error' in result) return { name, expected, actual: { error: result.error } };
  return {
    name,
    expected,
    actual: Object.fromEntries(Object.entries(result.mpm).filter(([member]) => member in entry)),
  };
}

/** A payload that parses but whose CRC is wrong has no structural error; papers call it by several names. */
const WRONG_CRC = ['BAD_CRC', 'CRC_MISMATCH', 'CRC_WRONG', 'WRONG_CRC'];

function negative(entry: unknown, at: number): CaseResult {
  const name = caseName(entry, 'negatives', at);
  if (!isObject(entry) || typeof entry['payload'] !== 'string' || !('expect' in entry))
    return unknownCase(name, 'payload and expect', entry);
  const result = parseMpm(entry['payload']);
  const { expect } = entry;
  if ('error' in result) return { name, expected: expect, actual: result.error };
  if (result.mpm.crcOk) return { name, expected: expect, actual: 'no error' };
  return { name, expected: expect, actual: WRONG_CRC.find((word) => word === expect) ?? 'BAD_CRC' };
}
