// `npm run build`: compiles; options go to the compiler (`npm run build -- --force`).
import process from 'node:process';
import { compile, fail, hasBuildTools } from './dist.mjs';

if (!hasBuildTools()) fail('the compiler is not installed; run `npm ci --include=dev`.');
if (!compile(...process.argv.slice(2))) process.exitCode = 1;
