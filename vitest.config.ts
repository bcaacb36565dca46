import { defineConfig } from 'vitest/config';

/** A test file's name says when it runs: `x.test.ts` with `npm test`, `x.heavy.test.ts` with `npm run test:heavy`. */
const LONG = ['test/**/*.heavy.test.ts', 'test/**/*.hardware.test.ts'];

export default defineConfig({
  test: {
    // Worker threads share file descriptors with native bindings; processes do not.
    pool: 'forks',
    // A shared CI machine stalls for seconds: one second chance there, and the report says that it was needed. Never here.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    projects: [
      {
        extends: true,
        test: { name: 'quick', include: ['test/**/*.test.ts'], exclude: LONG, testTimeout: 20_000 },
      },
      { extends: true, test: { name: 'heavy', include: ['test/**/*.heavy.test.ts'], testTimeout: 120_000 } },
      {
        extends: true,
        test: { name: 'hardware', include: ['test/**/*.hardware.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 },
      },
    ],
  },
});
