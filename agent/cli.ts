import { Command, CommanderError } from 'commander';
import { registerAgent } from './commands/agent.ts';
import { registerBackup } from './commands/backup.ts';
import { registerCardTerminal } from './commands/card-terminal.ts';
import { registerConfig } from './commands/config.ts';
import { registerContract } from './commands/contract.ts';
import { registerDecode } from './commands/decode.ts';
import { registerDevices } from './commands/devices.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerIntent } from './commands/intent.ts';
import { registerJournal } from './commands/journal.ts';
import { registerLogLevel } from './commands/log-level.ts';
import { registerOutbox } from './commands/outbox.ts';
import { registerPay, registerQuery } from './commands/pay.ts';
import { registerPerson } from './commands/person.ts';
import { registerPreAuth } from './commands/preauth.ts';
import { registerProvision } from './commands/provision.ts';
import { registerReconcile } from './commands/reconcile.ts';
import { registerRefund } from './commands/refund.ts';
import { registerReport } from './commands/report.ts';
import { registerSelfTest } from './commands/selftest.ts';
import { registerSupportBundle } from './commands/support-bundle.ts';
import { registerToken } from './commands/token.ts';
import { registerTrace } from './commands/trace.ts';
import { VERSION } from './version.ts';

/** The program `tillwire`. Resolves with the exit code: 0 good, 1 the thing checked is not good, 2 wrong usage or configuration. */
export async function runTillwire(args: readonly string[]): Promise<number> {
  const exit = { code: 0 };
  const program = new Command('tillwire')
    .description('The agent beside the shop counter')
    .version(VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false });
  registerAgent(program, exit);
  registerDecode(program, exit);
  registerDevices(program, exit);
  registerDoctor(program, exit);
  registerSelfTest(program, exit);
  registerTrace(program, exit);
  registerLogLevel(program, exit);
  registerSupportBundle(program, exit);
  registerConfig(program, exit);
  registerOutbox(program, exit);
  registerJournal(program, exit);
  registerBackup(program, exit);
  registerPay(program, exit);
  registerPreAuth(program, exit);
  registerQuery(program, exit);
  registerRefund(program, exit);
  registerCardTerminal(program, exit);
  registerProvision(program, exit);
  registerReconcile(program, exit);
  registerReport(program, exit);
  registerIntent(program, exit);
  registerPerson(program, exit);
  registerToken(program, exit);
  registerContract(program);
  program.hook('preAction', (_, command) => void (command.name() === 'agent' || endWithReader(exit)));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exit.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

/**
 * `| head -1` has read enough: no fault, and nothing left to do. What the command has found stays its answer. A till whose log
 * nobody reads any more goes on.
 */
function endWithReader(exit: Exit): void {
  answer = exit;
  if (!process.stdout.listeners('error').includes(readerGone)) process.stdout.on('error', readerGone);
}

let answer: Exit = { code: 0 };

function readerGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  // a turn later: the command that was writing then has said what it found
  setImmediate(() => process.exit(answer.code));
}

/** Where a command leaves its exit code. */
export interface Exit {
  code: number;
}
