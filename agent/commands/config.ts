import type { Command } from 'commander';
import { z } from 'zod';
import type { Exit } from '../cli.ts';
import { ConfigError, ConfigSchema, readConfig } from '../config.ts';
import { explain } from '../errors.ts';
import { maskedConfig } from '../masked-config.ts';

/** `tillwire config schema|show`. */
export function registerConfig(program: Command, exit: Exit): void {
  const config = program.command('config').description('the configuration: what it may hold, and what it holds');

  config
    .command('schema')
    .description('JSON Schema of the configuration file, for editors')
    .option('--json', 'the same: it is JSON always')
    .addHelpText('after', '\nExample:\n  tillwire config schema > till.schema.json\n')
    .action(() => console.log(JSON.stringify(configSchema(), undefined, 2)));

  config
    .command('show')
    .description('the configuration as the agent understands it: defaults filled in, secrets masked')
    .requiredOption('--config <file>', 'configuration file (JSON)')
    .option('--json', 'one line')
    .addHelpText('after', '\nExample:\n  tillwire config show --config /etc/tillwire/till.json\n')
    .action((options: { readonly config: string; readonly json?: boolean }) => {
      exit.code = show(options);
    });
}

/** What a person may write; what is left out has a default. */
export function configSchema(): object {
  const schema = z.toJSONSchema(ConfigSchema, { io: 'input', reused: 'inline', unrepresentable: 'any' });
  return { ...schema, title: 'Tillwire till configuration' };
}

function show({ config, json }: { readonly config: string; readonly json?: boolean }): number {
  try {
    console.log(JSON.stringify(maskedConfig(readConfig(config)), undefined, json ? undefined : 2));
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(explain(error.code, error.message));
    return 2;
  }
}
