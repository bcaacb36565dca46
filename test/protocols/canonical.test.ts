import { assert, jsonValue, property } from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';

it('is what JSON.stringify says of each leaf, members in the order of the library, for any value', () => {
  assert(
    property(jsonValue({ maxDepth: 4 }), (value) => {
      expect(canonicalJson(value as Json)).toBe(plainly(value));
    }),
    { numRuns: 2_000 },
  );
});

it('keeps more members in order than are sorted by hand', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`member${(n * 37) % 100}`, n]));
  expect(canonicalJson(many)).toBe(plainly(many));
});

function plainly(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(plainly).join(',')}]`;
  const members = Object.entries(value).map(([key, member]) => [key, plainly(member)] as const);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}
