import type { Command } from 'commander';
import { redact } from '../../protocols/paycode/redact.ts';
import type { Exit } from '../cli.ts';
import { systemClock } from '../clock.ts';
import { compileEarly } from '../compile-early.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { doctorProcess } from '../doctor/doctor-process.ts';
import { explain } from '../errors.ts';
import { JournalUnavailable } from '../journal/journal.ts';
import { DataDirBusy } from '../journal/lock.ts';
import { createLog } from '../log.ts';
import { startTill, type Till } from '../main.ts';
import { type Outside, realOutside } from '../outside.ts';
import { inTraining } from '../training.ts';

/** How long a stop may take; whatever hangs then is left to the next start, which the journal makes safe. */
const STOP_DEADLINE_MS = 2_500;

/** `tillwire agent --config FILE`: runs until SIGINT, SIGTERM or, started by another program with a channel, its end. */
export function registerAgent(program: Command, exit: Exit): void {
  program
    .command('agent')
    .description('run the agent of one till')
    .option('--config <file>', 'configuration file (JSON); without one: a page that says what to do first')
    .option('--training', 'practice: nothing real is sent, every paper says so, its records are its own')
    .option('--port <port>', 'without a configuration: where the page is, on 127.0.0.1', '0')
    .addHelpText('after', '\nExample:\n  tillwire agent --config /etc/tillwire/till.json\n')
    .action(async ({ config, port, training = false }: AgentOptions, command: Command) => {
      if (!/^\d{1,5}$/.test(port) || Number(port) > MOST_PORT) command.error('--port is 0 to 65535');
      exit.code = await (config === undefined ? firstRun(Number(port)) : run(config, training));
    });
}

interface AgentOptions {
  readonly config?: string;
  readonly port: string;
  readonly training?: boolean;
}

const MOST_PORT = 65_535;

/** Nobody has set this till up: its page says what to do. No device is opened and no file is written. */
async function firstRun(port: number): Promise<number> {
  process.stdout.on('error', () => undefined);
  const log = createLog('info', process.stdout, redact, (run) => run());
  const opened = (url: string) => log.info({ url }, 'no configuration: open this page, it says what to do next');
  const { openFirstRun } = await import('../console/server.ts');
  const server = openFirstRun({ port, log, clock: systemClock, opened });
  await stopAsked();
  await server.close();
  setTimeout(() => process.exit(0), 200).unref();
  return 0;
}

async function run(file: string, training: boolean): Promise<number> {
  compileEarly();
  // Whoever read the log has gone away: no reason to stop collecting. The journal, not the log, is the record.
  process.stdout.on('error', () => undefined);
  let till: Till;
  try {
    const config = readConfig(file);
    till = await (training ? startTill(inTraining(config)) : startTill(config, examinedOutside(config, file)));
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

/** A till that practises is not examined: what `tillwire doctor` looks at is the real one. */
function examinedOutside(config: Config, file: string): Outside {
  const outside = realOutside(config);
  const [, program] = process.argv;
  return program === undefined ? outside : { ...outside, doctor: doctorProcess(program, file) };
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
    // whoever started it may be gone before it is up: false then, and undefined without a channel
    const { connected } = process as { readonly connected?: boolean };
    if (connected === false) resolve();
    else if (process.channel) process.once('disconnect', () => resolve());
  });
}
