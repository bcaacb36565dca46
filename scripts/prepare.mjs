// `npm ci` ends here: builds when the build tools are installed, else says the one command instead of dying.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const tsc = new URL('../node_modules/typescript/bin/tsc', import.meta.url);
if (!existsSync(tsc)) {
  console.log('tillwire: the build tools are not installed; run `npm ci --include=dev` to build.');
} else {
  const { status } = spawnSync(process.execPath, [tsc.pathname, '-b'], {
    stdio: 'inherit',
    cwd: new URL('..', import.meta.url),
  });
  process.exitCode = status ?? 1;
}
