import type { Command } from 'commander';
import { asyncApi } from '../../protocols/backend/asyncapi.ts';

/** `tillwire contract`: what backends and cashier programs are written against. */
export function registerContract(program: Command): void {
  program
    .command('contract')
    .description('print the MQTT contract (AsyncAPI) and the local API (OpenAPI) as JSON')
    .option('--json', 'the same: it always prints JSON')
    .option('--only <which>', 'asyncapi or openapi, alone')
    .addHelpText('after', '\nExample:\n  tillwire contract --only openapi > openapi.json\n')
    .action(async ({ only }: { readonly only?: string }, command: Command) => {
      if (only !== undefined && only !== 'asyncapi' && only !== 'openapi') command.error('--only: asyncapi or openapi');
      const documents = { asyncapi: asyncApi(), openapi: (await import('../console/openapi.ts')).openApi() };
      console.log(JSON.stringify(only === undefined ? documents : documents[only], undefined, 2));
    });
}
