import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../vectors-run/error-codes.ts';
import { flowScenarios } from '../vectors-run/flow-scenarios.ts';

const load = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/payment/${name}`, import.meta.url), 'utf8'));

describe('published payment stories', async () => {
  it.each((await flowScenarios.check(load('flow-scenarios.json'))).cases)('$name', ({ expected, actual }) => {
    expect(actual).toEqual(expected);
  });
});

it('every published channel code and category means what the table says', async () => {
  const { cases } = await errorCodes.check(load('error-codes.json'));
  expect(cases.length).toBeGreaterThan(200);
  for (const { name, expected, actual } of cases) expect(actual, name).toEqual(expected);
});
