import { Command, CommanderError } from 'commander';
import { registerCertified } from './commands/certified.ts';
import { registerFleet } from './commands/fleet.ts';
import { registerPad } from './commands/pad.ts';
import { registerPrinter } from './commands/printer.ts';
import { registerRecord } from './commands/record.ts';
import { registerRender } from './commands/render.ts';
import { registerReplay } from './commands/replay.ts';
import { registerRun } from './commands/run.ts';
import { registerScanner } from './commands/scanner.ts';
import { registerScenarios } from './commands/scenarios.ts';
import { registerShop } from './commands/shop.ts';
import { registerTerminal } from './commands/terminal.ts';

/** Where a command leaves its exit code. */
export interface Exit {
  code: number;
}

/** The other program, for stories that are played with it. */
export interface SimPrograms {
  readonly agent: string;
}

/** The program `tillwire-sim`. Resolves with the exit code: 0 good, 1 the thing checked is not good, 2 wrong usage. */
export async function runTillwireSim(args: readonly string[], { agent }: SimPrograms): Promise<number> {
  const exit: Exit = { code: 0 };
  const program = new Command('tillwire-sim')
    .description("The shop that isn't there: every device and the backend, simulated")
    .exitOverride();
  registerShop(program, exit);
  registerFleet(program, exit);
  registerRecord(program, exit);
  registerReplay(program, exit);
  registerScanner(program, exit);
  registerScenarios(program);
  registerRun(program, exit, agent);
  registerPrinter(program, exit);
  registerTerminal(program, exit);
  registerRender(program, exit);
  registerPad(program, exit);
  registerCertified(program, exit);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exit.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}
