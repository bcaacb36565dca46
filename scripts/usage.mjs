import process from 'node:process';
import { parseArgs } from 'node:util';

/**
 * What a script was asked for. `--help` says its usage and ends the process with 0; anything that it does not know says it to
 * standard error and ends with 2, before a file is written. `most`: names it takes.
 */
export function readArgs(usage, { options = {}, most = 0 } = {}) {
  const { values, positionals } = parsed(usage, options);
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  if (positionals.length > most) refuse(usage, `not understood: ${positionals[most]}`);
  return { values, positionals };
}

function parsed(usage, options) {
  try {
    return parseArgs({ options: { ...options, help: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    return refuse(usage, error.message);
  }
}

function refuse(usage, why) {
  process.stderr.write(`${why}\n\n${usage}`);
  process.exit(2);
}
