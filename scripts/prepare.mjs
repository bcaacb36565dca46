// `npm ci` ends here: builds when the build tools are installed, else says the one command instead of dying.
import process from 'node:process';
import { compile, hasBuildTools, say } from './dist.mjs';
import { readArgs } from './usage.mjs';

readArgs('usage: node scripts/prepare.mjs\n\nBuilds, when the build tools are installed: `npm ci` ends with it.\n');

if (!hasBuildTools()) say('the build tools are not installed; run `npm ci --include=dev` to build.');
else if (!compile()) process.exitCode = 1;
