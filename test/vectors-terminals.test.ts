import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { altered, leaves } from './vectors-run/altered.ts';
import { CHECKERS } from './vectors-run/checkers.ts';
import { runContent } from './vectors-run/run.ts';

/** Given, or prose: what a case does not expect. */
const GIVEN = /^(name|pbm|source|checked|note|direction|settle.*|reference.*|batch|trace|evidence)$/;
const SECTIONS = /^(vectors|computed|observed|statuses|control|line)$/;

// one altered expected value fails exactly one case
it.each([
  'terminals/esign-pad',
  'terminals/feature-code',
  'terminals/jbig',
  'terminals/mis-df-tlv',
  'payment/esign-feature-code',
])('%s: every expected value in turn', async (name) => {
  const file = join(import.meta.dirname, 'vectors', `${name}.json`);
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const expected = leaves(content).filter(
    ([section, ...path]) => SECTIONS.test(String(section)) && !GIVEN.test(String(path.at(-1))),
  );
  expect(expected.length).toBeGreaterThanOrEqual(3);
  const untouched = await runContent(file, content, CHECKERS);
  expect(untouched.failed).toEqual([]);
  for (const path of expected) {
    const { failed, cases } = await runContent(file, altered(content, path), CHECKERS);
    expect([failed.length, cases], path.join('.')).toEqual([1, untouched.cases]);
  }
});

it('a name that claims something else than its bytes say fails', async () => {
  const file = join(import.meta.dirname, 'vectors/terminals/esign-pad.json');
  const content = JSON.parse(readFileSync(file, 'utf8')) as { vectors: { name: string }[] };
  for (const [at, { name }] of content.vectors.entries()) {
    const other = name.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
    const isClaim = /-\d|seq\d|begin-/.test(name);
    if (!isClaim || other === name) continue;
    const changed = { ...content, vectors: content.vectors.with(at, { ...content.vectors[at], name: other }) };
    expect((await runContent(file, changed, CHECKERS)).failed.length, name).toBe(1);
  }
});
