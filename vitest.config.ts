import { defineConfig } from 'vitest/config';

/** A test file's name says when it runs: `x.test.ts` with `npm test`, `x.heavy.test.ts` with `npm run test:heavy`. */
const LONG = ['test/**/*.heavy.test.ts', 'test/**/*.hardware.test.ts'];

/** Suites that measure this machine's processor, disk or memory: nothing else of ours runs beside them. */
const MEASURED = [
  'test/agent/scanner-flood.heavy.test.ts',
  'test/agent/serial-plug-cycles.heavy.test.ts',
  'test/e2e/big-journal.heavy.test.ts',
  'test/e2e/gun-pulled.heavy.test.ts',
  'test/e2e/statement-memory.heavy.test.ts',
  'test/e2e/strace.heavy.test.ts',
];

/** Long stories start processes of their own: two at a time keep a small machine busy and the clock honest. */
const PAIR = { maxWorkers: 2 };

export default defineConfig({
  test: {
    // Worker threads share file descriptors with native bindings; processes do not.
    pool: 'forks',
    // A shared CI machine stalls for seconds: one second chance there, and the report says that it was needed. Never here.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    projects: [
      {
        extends: true,
        // Three processes for all of them, each of which imports the house once: with one for each file that was a fifth of
        // the work. Three, because half of the time they wait. So a file leaves nothing open, and no global changed.
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: LONG,
          testTimeout: 20_000,
          hookTimeout: 30_000,
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'heavy',
          include: ['test/**/*.heavy.test.ts'],
          exclude: MEASURED,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
          ...PAIR,
        },
      },
      {
        extends: true,
        test: {
          name: 'heavy-alone',
          include: MEASURED,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: { name: 'hardware', include: ['test/**/*.hardware.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 },
      },
    ],
  },
});
