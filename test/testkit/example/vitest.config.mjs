export default { test: { include: ['test/*.vitest.ts'], testTimeout: 60_000 } };
