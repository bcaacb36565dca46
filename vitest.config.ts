import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.heavy.test.ts'],
          testTimeout: 20_000,
        },
      },
      { extends: true, test: { name: 'heavy', include: ['test/**/*.heavy.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
