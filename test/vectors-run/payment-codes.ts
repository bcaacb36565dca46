import { type Classification, classify } from '../../protocols/paycode/classify.ts';
import { PAYMENT_CODE_RULES } from '../../protocols/paycode/rules.ts';
import type { CaseResult, Checker } from './checker.ts';
import { caseName, hasEntriesWith, isObject, listIn, unknownCase, unknownSections } from './json.ts';

const SECTIONS = ['note', 'rules', 'optionalRulesFromMemory', 'cases'];

/** payment-codes.json: the rule table, and what each scanned string is. */
export const paymentCodes: Checker = {
  title: 'payment codes',
  recognises: (_, content) =>
    listIn(content, 'cases').some((entry) => isObject(entry) && 'input' in entry && isKind(entry['expect'])) ||
    hasEntriesWith(content, 'rules', ['channel', 'regex']) ||
    hasEntriesWith(content, 'optionalRulesFromMemory', ['channel', 'regex']),
  check: (content) => ({
    cases: [
      ...listIn(content, 'rules').map((entry, at) => rule(entry, 'rules', at)),
      ...listIn(content, 'optionalRulesFromMemory').map((entry, at) => rule(entry, 'optionalRulesFromMemory', at)),
      ...listIn(content, 'cases').map(scanned),
      ...unknownSections(content, SECTIONS),
    ],
    stories: 0,
  }),
};

function isKind(expect: unknown): boolean {
  return isObject(expect) && typeof expect['kind'] === 'string';
}

/** A rule without `enabled` is one that is on. */
function rule(entry: unknown, section: string, at: number): CaseResult {
  const name = `${section}[${at}]`;
  if (!isObject(entry) || !('channel' in entry) || !('regex' in entry))
    return unknownCase(name, 'channel and regex', entry);
  const ours = PAYMENT_CODE_RULES.rules.find(({ channel }) => channel === entry['channel']);
  const expected = { enabled: true, ...entry };
  return { name, expected, actual: ours && { enabled: ours.enabled, channel: ours.channel, regex: ours.pattern } };
}

function scanned(entry: unknown, at: number): CaseResult {
  const name = caseName(entry, 'cases', at);
  if (!isObject(entry) || typeof entry['input'] !== 'string' || !isObject(entry['expect']))
    return unknownCase(name, 'input and expect', entry);
  const source = entry['source'] ?? 'scanner';
  if (source !== 'scanner' && source !== 'manual') return unknownCase(name, 'source scanner or manual', entry);
  const aim = typeof entry['aim'] === 'string' ? { aim: entry['aim'] } : {};
  return {
    name,
    expected: inOneOrder(entry['expect']),
    actual: inOneOrder(reported(classify(entry['input'], { source, ...aim }))),
  };
}

/** The finding under the names of the file, with the code itself: expected values are synthetic. */
function reported(found: Classification): Record<string, unknown> {
  const { flags, ...rest } = found;
  const shown: Record<string, unknown> = { ...rest, ...(flags.length > 0 && { flags }) };
  // our own additions to the reference result
  for (const key of ['paycode', 'summary', 'collidesWith']) delete shown[key];
  return 'paycode' in found ? { ...shown, normalized: found.paycode.reveal() } : shown;
}

/** Flags are a set; GTIN-14 is the number that an ITF-14 symbol carries. */
function inOneOrder(expect: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { flags, symbology } = expect;
  return {
    ...expect,
    ...(Array.isArray(flags) && { flags: flags.map(String).sort() }),
    ...(symbology === 'GTIN-14' && { symbology: 'ITF-14' }),
  };
}
