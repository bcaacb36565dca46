#!/usr/bin/env node
import { runTillwire } from '../agent/cli.ts';

process.exitCode = await runTillwire(process.argv.slice(2));
