#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { runTillwireSim } from '../simulator/cli.ts';

const agent = fileURLToPath(new URL('tillwire.js', import.meta.url));
process.exitCode = await runTillwireSim(process.argv.slice(2), { agent });
