// `npm run build`: compiles.
import process from 'node:process';
import { compile, fail, hasBuildTools } from './dist.mjs';
import { readArgs } from './usage.mjs';

const USAGE = `usage: npm run build -- [--force] [--verbose]

Compiles what is older than its sources, and builds both pages.

  --force    everything
  --verbose  say what is compiled, and why
`;
const flag = { type: 'boolean' };
const { values } = readArgs(USAGE, { options: { force: flag, verbose: flag } });

if (!hasBuildTools()) fail('the compiler is not installed; run `npm ci --include=dev`.');
if (!compile(...Object.keys(values).map((name) => `--${name}`))) process.exitCode = 1;
