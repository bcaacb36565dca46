import process from 'node:process';
import { defineConfig, type Plugin } from 'vitest/config';
import { REPAIRS, type Repair } from './repairs.ts';

// One test file against sources from which one repair was taken out while they were loaded; nothing on disk changes.
// TILLWIRE_WITHOUT names the repair: `TILLWIRE_WITHOUT=pty:probe npx vitest run --config test/teeth/vitest.config.ts`.

const name = process.env['TILLWIRE_WITHOUT'] ?? '';
const repair = chosen();

const takeOut: Plugin = {
  name: 'without-a-repair',
  enforce: 'pre',
  transform(code, id) {
    const changes = repair.changes.filter(({ file }) => id.split('?')[0]?.endsWith(`/${file}`));
    return changes.length === 0 ? undefined : changes.reduce(changed, code);
  },
};

function chosen(): Repair {
  const found = REPAIRS[name];
  if (found) return found;
  throw new Error(`TILLWIRE_WITHOUT is one of ${Object.keys(REPAIRS).join(', ')}, not "${name}"`);
}

function changed(code: string, { file, find, replace }: Repair['changes'][number]): string {
  const pieces = code.split(find);
  if (pieces.length !== 2) throw new Error(`"${find}" is ${pieces.length - 1} times in ${file}`);
  return pieces.join(replace);
}

export default defineConfig({
  plugins: [takeOut],
  test: {
    root: new URL('../..', import.meta.url).pathname,
    pool: 'forks',
    include: [repair.test.file],
    testNamePattern: repair.test.name,
    testTimeout: name.startsWith('vm:') ? 60_000 : 15_000,
    hookTimeout: 60_000,
  },
});
