// `node scripts/mission.mjs [--both] [ROW...]`: switches off what each row of docs/mission.md promises and shows that its test is
// then red. `--write` makes docs/mission.md. Built first when needed.
import { run } from './dist.mjs';

await run('test/mission/main.js');
