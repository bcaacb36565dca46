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

it('puts a hundred members in order', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`member${(n * 37) % 100}`, n]));
  expect(canonicalJson(many)).toBe(plainly(many));
});

it('writes members where they belong when ever new forms pass that begin alike, and old ones come back', () => {
  const forms = Array.from({ length: 700 }, (_, n) => ({
    same: n,
    [`m${n}`]: 'x',
    a: [{ [`k${n}`]: n, b: undefined }],
  }));
  for (const form of [...forms, ...forms]) expect(canonicalJson(form)).toBe(plainly(JSON.parse(JSON.stringify(form))));
  const long = { ['z'.repeat(5_000)]: 1, ['a'.repeat(5_000)]: 2 };
  for (const again of [long, long]) expect(canonicalJson(again)).toBe(plainly(again));
});

it('the same members in another order, more of them and fewer are forms of their own', () => {
  for (const one of [{ b: 1, a: 2 }, { b: 1 }, { b: 1, a: 2, c: 3 }, { a: 2, b: 1 }, { b: undefined, a: 2 }, {}])
    expect(canonicalJson(one)).toBe(plainly(JSON.parse(JSON.stringify(one))));
});

function plainly(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(plainly).join(',')}]`;
  const members = Object.entries(value).map(([key, member]) => [key, plainly(member)] as const);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}
