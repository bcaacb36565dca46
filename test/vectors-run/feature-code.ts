import { featureCode, featureDigits } from '../../protocols/signature/feature-code.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, type JsonObject, listIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['what', 'algorithm', 'verified_in', 'evidence', 'source', 'note', 'vectors'];

/** feature-code.json and esign-feature-code.json: 特征码 of a transaction. */
export const featureCodeChecker: Checker = {
  title: 'feature codes (特征码)',
  recognises: (_, content) =>
    listIn(content, 'vectors').some((entry) => isObject(entry) && expectedOf(entry) !== undefined),
  check: (content) => ({
    cases: [...listIn(content, 'vectors').map(checked), ...unknownSections(content, SECTIONS)],
    stories: 0,
  }),
};

function expectedOf(entry: JsonObject): unknown {
  return entry['feature_code'] ?? entry['featureCode'];
}

function checked(entry: unknown, at: number): CaseResult {
  if (!isObject(entry) || expectedOf(entry) === undefined)
    return unknownCase(`vectors[${at}]`, 'a feature code', entry);
  const reference = referenceOf(entry);
  const name = typeof entry['name'] === 'string' ? entry['name'] : `vectors[${at}]`;
  const withDigits = 'digits16' in entry;
  return {
    name,
    expected: { featureCode: expectedOf(entry), ...(withDigits && { digits16: entry['digits16'] }) },
    actual: { featureCode: featureCode(reference), ...(withDigits && { digits16: featureDigits(reference) }) },
  };
}

function referenceOf(entry: JsonObject): Parameters<typeof featureCode>[0] {
  if ('batch' in entry) return { batch: textOf(entry, 'batch') ?? '', trace: textOf(entry, 'trace') ?? '' };
  return {
    settlementMmdd: textOf(entry, 'settlement_date_mmdd') ?? textOf(entry, 'settleDateMMDD'),
    referenceNo: textOf(entry, 'reference_no') ?? textOf(entry, 'referenceNo'),
  };
}

function textOf(entry: JsonObject, key: string): string | undefined {
  const value = entry[key];
  return typeof value === 'string' ? value : undefined;
}
