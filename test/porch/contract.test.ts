import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as openapi from '../../agent/console/openapi.ts';
import * as problems from '../../agent/console/problems.ts';
import * as asyncapi from '../../protocols/backend/asyncapi.ts';

describe('the contract documents are made from the schemas (node scripts/make-contract.mjs)', async () => {
  const script = new URL('../../scripts/make-contract.mjs', import.meta.url).href;
  const { contractDocuments } = (await import(script)) as {
    contractDocuments: (tables: object) => Record<string, string>;
  };
  const made = contractDocuments({ ...asyncapi, ...openapi, ...problems });

  it.each(Object.keys(made))('docs/%s', (name) => {
    expect(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')).toBe(made[name]);
  });
});
