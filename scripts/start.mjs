// `npm start`: the rehearsal, built first when needed. Its own words and exit codes are in bin/rehearsal.ts.
import { run } from './dist.mjs';

await run('bin/rehearsal.js');
