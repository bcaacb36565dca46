import process from 'node:process';
import { defineConfig, type Plugin } from 'vitest/config';
import { TEETH, type Tooth } from './teeth.ts';

// The tests of one row against sources in which its behaviour was switched off while they were loaded; nothing on disk changes.
// TILLWIRE_WITHOUT names the row; empty: nothing is switched off, and the tests must be green.

const [row = '', isOff] = (process.env['TILLWIRE_WITHOUT'] ?? '').split(':');
const tooth = chosen();

const switchOff: Plugin = {
  name: 'without-a-row',
  enforce: 'pre',
  transform(code, id) {
    return isOff === 'on' || !id.split('?')[0]?.endsWith(`/${tooth.file}`) ? undefined : changed(code, tooth);
  },
};

function chosen(): Tooth {
  const found = TEETH[row];
  if (found) return found;
  throw new Error(`TILLWIRE_WITHOUT is one of ${Object.keys(TEETH).join(', ')}, not "${row}"`);
}

function changed(code: string, { file, find, replace }: Tooth): string {
  const pieces = code.split(find);
  if (pieces.length !== 2) throw new Error(`"${find}" is ${pieces.length - 1} times in ${file}`);
  return pieces.join(replace);
}

export default defineConfig({
  plugins: [switchOff],
  test: {
    root: new URL('../..', import.meta.url).pathname,
    pool: 'forks',
    include: [tooth.test],
    testNamePattern: `\\[${row}\\]`,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
