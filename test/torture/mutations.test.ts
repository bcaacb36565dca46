import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MUTATIONS } from './mutations.ts';
import { changed } from './source-change.ts';

// The hunt itself takes twenty minutes (teeth.heavy.test.ts); that its rows still point at something is known at once. They
// speak of the built modules: `npm test` builds first, with vitest alone run `npx tsc -b` before.

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

describe('each seeded mistake of the torture world', () => {
  it.for(Object.entries(MUTATIONS))('%s changes one place of the built modules', ([, mutation]) => {
    const source = readFileSync(`${DIST}${mutation.file}`, 'utf8');
    expect(changed(source, mutation)).not.toBe(source);
  });
});
