import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { systemClock } from '../clock.ts';
import { ConfigError, readConfig } from '../config.ts';
import { SCOPE_NAMES, SCOPES, type Scope } from '../console/scopes.ts';
import { createToken, listTokens, revokeToken, TokenTrouble, tokenFile } from '../console/tokens.ts';
import { explain } from '../errors.ts';

interface Where {
  readonly config: string;
  readonly json?: boolean;
}

/** `tillwire token ...`: which programs may call the local API. A running agent hears of it at once. */
export function registerToken(program: Command, exit: Exit): void {
  const token = program.command('token').description('which programs may call the local API');

  place(token.command('create'))
    .description('make a token and show it, this once')
    .requiredOption('--program <name>', 'who calls: lower-case letters, digits and -')
    .requiredOption(
      '--scopes <names>',
      Object.entries(SCOPES)
        .map(([scope, { en }]) => `${scope}: ${en}`)
        .join('; '),
    )
    .option('--person <id>', 'who answers for what is done with it; refunds and resolutions need one')
    .addHelpText(
      'after',
      '\nExample:\n  tillwire token create --config till.json --program cashier --scopes read,collect\n',
    )
    .action(guarded(exit, create));

  place(token.command('list'))
    .description('list the tokens, without their texts')
    .addHelpText('after', '\nExample:\n  tillwire token list --config till.json\n')
    .action(guarded(exit, list));

  place(token.command('revoke'))
    .argument('<id>')
    .description('make a token worthless, at once')
    .addHelpText('after', '\nExample:\n  tillwire token revoke 1f2e3d4c --config till.json\n')
    .action((id: string, where: Where) => guarded(exit, (known: Where) => revoke(id, known))(where));
}

function place(command: Command): Command {
  return command
    .requiredOption('--config <file>', 'configuration file (JSON)')
    .option('--json', 'one JSON value on stdout');
}

function guarded<T extends Where>(exit: Exit, act: (options: T) => number) {
  return (options: T): void => {
    try {
      exit.code = act(options);
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof TokenTrouble)) throw error;
      console.error(
        error instanceof ConfigError ? explain(error.code, error.message) : `tillwire token: ${error.message}`,
      );
      exit.code = 2;
    }
  };
}

function create(
  options: Where & { readonly program: string; readonly scopes: string; readonly person?: string },
): number {
  const scopes = options.scopes.split(',').map((name) => name.trim());
  const unknown = scopes.find((name) => !SCOPE_NAMES.some((scope) => scope === name));
  if (unknown !== undefined) throw new TokenTrouble(`no scope "${unknown}": ${SCOPE_NAMES.join(', ')}`);
  const wanted = {
    program: options.program,
    scopes: [...new Set(scopes)] as Scope[],
    ...(options.person === undefined ? {} : { personId: options.person }),
  };
  const made = createToken(
    tokenFile(readConfig(options.config).dataDir),
    wanted,
    new Date(systemClock.now()).toISOString(),
  );
  const { id } = made.record;
  if (options.json) console.log(JSON.stringify({ id, ...wanted, token: made.token }));
  else {
    console.error('keep it now: it is not shown again and cannot be found out');
    console.log(made.token);
  }
  return 0;
}

function list(options: Where): number {
  const tokens = listTokens(tokenFile(readConfig(options.config).dataDir)).map(({ hash: _hash, ...token }) => token);
  if (options.json) console.log(JSON.stringify(tokens));
  else if (tokens.length === 0) console.log('no tokens');
  else
    for (const { id, program, personId, scopes, created } of tokens)
      console.log([id, program.padEnd(16), (personId ?? '-').padEnd(12), scopes.join(','), created].join('  '));
  return 0;
}

function revoke(id: string, options: Where): number {
  const gone = revokeToken(tokenFile(readConfig(options.config).dataDir), id);
  if (!gone) console.error(`tillwire token: no token ${id}`);
  else if (options.json) console.log(JSON.stringify({ revoked: id }));
  else console.log(`revoked ${id}`);
  return gone ? 0 : 1;
}
