import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { altered, leaves } from './vectors-run/altered.ts';
import { CHECKERS } from './vectors-run/checkers.ts';
import { runContent } from './vectors-run/run.ts';

const folder = join(import.meta.dirname, 'vectors/payment/bills');

it.each([
  ['unified.json', ['files', 'rejects', 'netFen', 'sha1', 'unionpayLayout']],
  ['reconcile.json', ['expected']],
] as const)('%s: every expected value altered fails exactly its case', { timeout: 60_000 }, async (name, sections) => {
  const file = join(folder, name);
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const untouched = await runContent(file, content, CHECKERS);
  expect(untouched.failed).toEqual([]);
  const all = leaves(content).filter(([section]) => sections.some((one) => one === section));
  // every member of the sections, every third of them: reading all files again for each takes its time
  for (const path of all.filter((_, at) => all.length < 100 || at % 3 === 0)) {
    const { failed, cases } = await runContent(file, altered(content, path), CHECKERS);
    expect([failed.length, cases], path.join('.')).toEqual([1, untouched.cases]);
  }
});
