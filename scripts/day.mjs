// `npm run day`: a whole day of the simulated shop in virtual time, reconciled the next morning.
import { run } from './dist.mjs';

await run('test/day/main.js');
