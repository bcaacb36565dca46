import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { compileEarly } from '../compile-early.ts';
import { ConfigError, readConfig } from '../config.ts';
import { explain } from '../errors.ts';
import { JournalUnavailable } from '../journal/journal.ts';
import { DataDirBusy } from '../journal/lock.ts';
import { startTill, type Till } from '../main.ts';

/** How long a stop may take; whatever hangs then is left to the next start, which the journal makes safe. */
const STOP_DEADLINE_MS = 2_500;

/** `tillwire agent --config FILE`: runs until SIGINT, SIGTERM or, started by another program with a channel, its end. */
export function registerAgent(program: Command, exit: Exit): void {
  program
    .command('agent')
    .description('run the agent of one till')
    .requiredOption('--config <file>', 'configuration file (JSON)')
    .addHelpText('after', '\nExample:\n  tillwire agent --config /etc/tillwire/till.json\n')
    .action(async ({ config }: { config: string }) => {
      exit.code = await run(config);
    });
}

async function run(file: string): Promise<number> {
  compileEarly();
  // Whoever read the log has gone away: no reason to stop collecting. The journal, not the log, is the record.
  process.stdout.on('error', () => undefined);
  let till: Till;
  try {
    till = await startTill(readConfig(file));
  } catch (error) {
    return giveUp(error);
  }
  await stopAsked();
  const timer = setTimeout(() => process.exit(0), STOP_DEADLINE_MS);
  await till.stop();
  clearTimeout(timer);
  // A closed broker socket or a stuck driver must not keep a stopped agent alive.
  setTimeout(() => process.exit(0), 200).unref();
  return 0;
}

/** What keeps an agent from starting, in one line a person can act on. */
function giveUp(error: unknown): number {
  if (error instanceof ConfigError || error instanceof DataDirBusy || error instanceof JournalUnavailable) {
    console.error(explain(error.code, error.message));
    return 2;
  }
  // Everything else of the system that a start touches lives in the data folder.
  if (error instanceof Error && 'syscall' in error) {
    console.error(explain('DATA_DIR_UNUSABLE', error.message));
    return 2;
  }
  throw error;
}

function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (process.channel) process.once('disconnect', () => resolve());
  });
}
