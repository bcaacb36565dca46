import { MAX_FEN, MIN_FEN, parseYuan, YUAN_PATTERN, yuanTextToFen } from '../../protocols/money/fen.ts';
import type { CaseResult, Checker } from './checker.ts';
import {
  hasEntriesWith,
  isObject,
  type JsonObject,
  listIn,
  objectIn,
  unknownCase,
  unknownSections,
  without,
} from './json.ts';

const SECTIONS = ['rule', 'note', 'pattern', 'evidence', 'accept', 'reject', 'policyLimits', 'floatTraps'];

/** amounts.json: yuan text to integer fen. */
export const amounts: Checker = {
  title: 'amounts',
  recognises: (_, content) =>
    hasEntriesWith(content, 'accept', ['yuan', 'fen']) ||
    hasEntriesWith(content, 'reject', ['yuan']) ||
    hasEntriesWith(content, 'floatTraps', ['naive']) ||
    'minFen' in objectIn(content, 'policyLimits'),
  check: (content) => ({
    cases: [
      ...pattern(content),
      ...listIn(content, 'accept').map(accepted),
      ...listIn(content, 'reject').map(rejected),
      ...policyLimits(objectIn(content, 'policyLimits')),
      ...listIn(content, 'floatTraps').map(floatTrap),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

function pattern(content: unknown): CaseResult[] {
  if (!isObject(content) || !('pattern' in content)) return [];
  return [{ name: 'pattern', expected: content['pattern'], actual: YUAN_PATTERN }];
}

function accepted(entry: unknown, at: number): CaseResult {
  if (!isObject(entry) || typeof entry['yuan'] !== 'string' || !('fen' in entry))
    return unknownCase(`accept[${at}]`, 'yuan and fen', entry);
  return { name: `accept ${entry['yuan']}`, expected: entry['fen'], actual: yuanTextToFen(entry['yuan']) };
}

/** `got` is what the pattern alone makes of it; whatever it is, the policy must refuse. */
function rejected(entry: unknown, at: number): CaseResult {
  if (!isObject(entry) || typeof entry['yuan'] !== 'string' || !('got' in entry))
    return unknownCase(`reject[${at}]`, 'yuan and got', entry);
  const { yuan, got } = entry;
  const policy = parseYuan(yuan) ?? null;
  const actual = policy === null && got !== null ? (yuanTextToFen(yuan) ?? null) : policy;
  return { name: `reject "${yuan}"`, expected: got, actual };
}

function policyLimits(section: JsonObject): CaseResult[] {
  const limits = without(section, 'note');
  const actual: Record<string, number> = { minFen: MIN_FEN, maxFen: MAX_FEN };
  return Object.entries(limits).map(([name, expected]) => ({
    name: `policyLimits ${name}`,
    expected,
    actual: actual[name],
  }));
}

/** Not our arithmetic but the reason for it: the product that floating point gives. */
function floatTrap(entry: unknown, at: number): CaseResult {
  const naive = isObject(entry) ? entry['naive'] : undefined;
  const factors = typeof naive === 'string' ? /^([\d.]+)\*([\d.]+)$/.exec(naive) : null;
  if (!isObject(entry) || !factors) return unknownCase(`floatTraps[${at}]`, 'naive "a*b" and value', entry);
  return {
    name: `floatTraps ${factors[0]}`,
    expected: entry['value'],
    actual: Number(factors[1]) * Number(factors[2]),
  };
}
