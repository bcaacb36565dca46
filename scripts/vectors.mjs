// `npm run vectors`: the bytes from outside, built first when needed. With --json (and `npm run --silent`, or
// `node scripts/vectors.mjs`) standard output holds the JSON value and nothing else.
import { run } from './dist.mjs';

await run('test/vectors-run/main.js');
