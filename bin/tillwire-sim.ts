#!/usr/bin/env node
import { runTillwireSim } from '../simulator/cli.ts';

process.exitCode = await runTillwireSim(process.argv.slice(2));
