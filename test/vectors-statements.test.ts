import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CHECKERS } from './vectors-run/checkers.ts';
import { isObject } from './vectors-run/json.ts';
import { runContent } from './vectors-run/run.ts';

const folder = join(import.meta.dirname, 'vectors/payment/bills');

type Path = readonly (string | number)[];

function leaves(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, at) => leaves(item, [...path, at]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  return [path];
}

function altered(value: unknown, [step, ...rest]: Path): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, at) => (at === step ? altered(item, rest) : item));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, key === step ? altered(item, rest) : item]),
    );
  if (typeof value === 'string') return `${value.slice(0, 1) === 'X' ? 'Y' : 'X'}${value.slice(1)}`;
  return typeof value === 'number' ? value + 1 : value === null ? 1 : !value;
}

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
