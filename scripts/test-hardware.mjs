// `npm run test:hardware`: the suites that need a real kernel, in a small virtual machine. See test/hardware/stage/main.ts.
import { run } from './dist.mjs';

await run('test/hardware/stage/main.js');
