// `npm run bench`: the figures beside their floors, built first when needed. With --json (and `npm run --silent`, or
// `node scripts/bench.mjs`) standard output holds the JSON value and nothing else.
import { run } from './dist.mjs';

await run('test/bench/main.js');
