import type { Command } from 'commander';
import { catalogue } from '../scenarios/catalogue.ts';
import { scenarioJsonSchema } from '../scenarios/json-schema.ts';

/** `tillwire-sim scenarios`: the stories that can be played. */
export function registerScenarios(program: Command): void {
  program
    .command('scenarios')
    .description('list the scenarios')
    .option('--json', 'one JSON value on standard output')
    .option('--schema', 'print the JSON Schema of scenario files')
    .addHelpText('after', '\nExample:\n  tillwire-sim scenarios --json\n')
    .action(({ json, schema }: { json?: boolean; schema?: boolean }) => {
      if (schema) return console.log(JSON.stringify(scenarioJsonSchema(), undefined, 2));
      const all = catalogue();
      if (json) return console.log(JSON.stringify(all.map(({ name, title, covers }) => ({ name, title, covers }))));
      for (const { name, title } of all) console.log(`${name.padEnd(30)} ${title.zh}  ${title.en}`);
    });
}
