import { fromHex } from '../../protocols/bytes/hex.ts';
import { maskPan, paycodeFingerprint } from '../../protocols/paycode/masking.ts';
import { maskDigits } from '../../protocols/paycode/paycode.ts';
import { redact } from '../../protocols/paycode/redact.ts';
import type { CaseResult, Checker } from './checker.ts';
import { hasEntriesWith, isObject, listIn, objectIn, unknownCase, unknownSections, without } from './json.ts';

const SECTIONS = ['note', 'rules', 'fingerprintKeyHex', 'paymentCodes', 'pans', 'redactor', 'publicExampleMask'];

/** masking.json: what may be seen of a secret. */
export const masking: Checker = {
  title: 'masking',
  recognises: (_, content) =>
    hasEntriesWith(content, 'paymentCodes', ['in']) ||
    hasEntriesWith(content, 'pans', ['in', 'masked']) ||
    hasEntriesWith(content, 'redactor', ['in', 'out']) ||
    'emvCpm' in objectIn(content, 'rules'),
  check: (content) => ({
    cases: [
      ...listIn(content, 'paymentCodes').map((entry, at) => paymentCode(entry, at, content)),
      ...listIn(content, 'pans').map(pan),
      ...listIn(content, 'redactor').map(redacted),
      ...publishedMask(objectIn(content, 'publicExampleMask')),
      ...unknownSections(content, SECTIONS),
    ],
    // told in test/protocols/paycode-masking.test.ts under their names
    stories: Object.keys(objectIn(content, 'rules')).length,
  }),
};

function paymentCode(entry: unknown, at: number, content: unknown): CaseResult {
  const name = `paymentCodes[${at}]`;
  if (!isObject(entry) || typeof entry['in'] !== 'string') return unknownCase(name, 'in, masked, fingerprint', entry);
  const code = entry['in'];
  const expected = without(without(entry, 'in'), 'note');
  const ours: Record<string, unknown> = { masked: maskDigits(code), fingerprint: fingerprint(code, content) };
  return { name, expected, actual: Object.fromEntries(Object.keys(expected).map((key) => [key, ours[key]])) };
}

function fingerprint(code: string, content: unknown): string {
  const keyHex = isObject(content) ? content['fingerprintKeyHex'] : undefined;
  const key = typeof keyHex === 'string' ? fromHex(keyHex) : undefined;
  return key ? paycodeFingerprint(key, code) : 'no fingerprintKeyHex in the file';
}

function pan(entry: unknown, at: number): CaseResult {
  const name = `pans[${at}]`;
  if (!isObject(entry) || typeof entry['in'] !== 'string' || !('masked' in entry))
    return unknownCase(name, 'in, masked', entry);
  return { name, expected: entry['masked'], actual: maskPan(entry['in']) };
}

function redacted(entry: unknown, at: number): CaseResult {
  const name = `redactor[${at}]`;
  if (!isObject(entry) || typeof entry['in'] !== 'string' || !('out' in entry))
    return unknownCase(name, 'in, out', entry);
  return { name, expected: entry['out'], actual: redact(entry['in']) };
}

/** The mask of one public SDK, quoted in payment.md 4.6 as what not to do: first 6 + last 6. */
const PUBLISHED = '134688****540238';

function publishedMask(entry: Readonly<Record<string, unknown>>): CaseResult[] {
  if (!('value' in entry)) return [];
  const shown = (mask: string) => mask.replaceAll('*', '').length;
  const ours = maskDigits(PUBLISHED.replaceAll('*', '0'));
  return [
    { name: 'publicExampleMask', expected: entry['value'], actual: shown(ours) < shown(PUBLISHED) ? PUBLISHED : ours },
  ];
}
