// `npm run torture`: the torture world, built first when needed. With --json (and `npm run --silent`, or
// `node scripts/torture.mjs`) standard output holds the JSON value and nothing else.
import { run } from './dist.mjs';

await run('test/torture/main.js');
