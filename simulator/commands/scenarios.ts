import type { Command } from 'commander';
import { SALES } from '../scenarios/sales.ts';

/** `tillwire-sim scenarios`: the stories that can be played. */
export function registerScenarios(program: Command): void {
  program
    .command('scenarios')
    .description('list the scenarios')
    .option('--json', 'one JSON value on standard output')
    .addHelpText('after', '\nExample:\n  tillwire-sim scenarios --json\n')
    .action(({ json }: { json?: boolean }) => {
      if (json) return console.log(JSON.stringify(SALES.map(({ name, title, covers }) => ({ name, title, covers }))));
      for (const { name, title } of SALES) console.log(`${name.padEnd(22)} ${title.zh}  ${title.en}`);
    });
}
