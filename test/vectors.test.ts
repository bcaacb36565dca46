import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { altered, leaves, type Path } from './vectors-run/altered.ts';
import { CHECKERS } from './vectors-run/checkers.ts';
import { runContent, runFile, vectorFiles } from './vectors-run/run.ts';

const folder = join(import.meta.dirname, 'vectors');
const payment = ['amounts', 'emv-cpm', 'emv-mpm', 'masking', 'payment-codes'].map((name) =>
  join(folder, 'payment', `${name}.json`),
);

it.each(vectorFiles([folder]).map((file) => [basename(file), file]))('%s: every case passes', async (_, file) => {
  const { failed, cases } = await runFile(file, CHECKERS);
  expect(failed).toEqual([]);
  expect(cases).toBeGreaterThan(0);
});

/** What is given or told; every other value is one that a case expects. */
const GIVEN = new Set([
  'id',
  'input',
  'in',
  'yuan',
  'naive',
  'payload',
  'source',
  'fingerprintKeyHex',
  'evidence',
  'note',
  'why',
  'rule',
  'range',
]);

function isExpected(path: Path): boolean {
  const [section, , last] = path;
  if (path.some((step) => typeof step === 'string' && GIVEN.has(step))) return false;
  if (section === 'vectors' && last === 'base64') return false;
  return !(section === 'rules' && typeof path[1] === 'string');
}

describe('one altered expected value fails exactly one case', () => {
  it.each(payment.map((file) => [basename(file), file]))('%s, every value in turn', async (_, file) => {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    // the one negative without a payload is told as a story
    const expected = leaves(content)
      .filter(isExpected)
      .filter((path) => !(path[0] === 'negatives' && path[1] === 3));
    expect(expected.length).toBeGreaterThanOrEqual(15);
    const untouched = await runContent(file, content, CHECKERS);
    for (const path of expected) {
      const { failed, cases } = await runContent(file, altered(content, path), CHECKERS);
      expect([failed.length, cases], path.join('.')).toEqual([1, untouched.cases]);
    }
  });
});

it('merchant-qr.json: one altered expectation fails exactly its scenario', async () => {
  const file = join(folder, 'payment/merchant-qr.json');
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const expected = leaves(content).filter((path) => path[2] === 'expect' && path.at(-1) !== 'note');
  expect(expected.length).toBeGreaterThan(20);
  for (const path of expected) {
    const { failed } = await runContent(file, altered(content, path), CHECKERS);
    expect(failed.length, path.join('.')).toBe(1);
  }
});

describe('what nobody knows is a failure', () => {
  const run = (content: unknown) => runContent('/tmp/some.json', content, CHECKERS);

  it('a format, a section, a case', async () => {
    expect(await run({ vectors: [{ name: 'a', frame: '00' }] })).toMatchObject({
      passed: 0,
      failed: [{ name: 'some.json' }],
    });
    expect(await run([])).toMatchObject({ passed: 0, failed: [{ actual: 'a format nobody knows' }] });
    const content = { accept: [{ yuan: '1', fen: 100 }, { yuan: '2' }, 3], extra: [] };
    expect(await run(content)).toMatchObject({
      cases: 4,
      passed: 1,
      failed: [{ name: 'accept[1]' }, { name: 'accept[2]' }, { name: 'extra' }],
    });
  });

  it('a subset of the sections under another name is still that format', async () => {
    const whole = JSON.parse(readFileSync(join(folder, 'payment/payment-codes.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    for (const section of ['rules', 'optionalRulesFromMemory', 'cases'])
      expect(await run({ [section]: whole[section] })).toMatchObject({ failed: [] });
  });
});
