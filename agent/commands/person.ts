import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { systemClock } from '../clock.ts';
import { ConfigError, readConfig } from '../config.ts';
import { addressFile, readAddress } from '../console/address-file.ts';
import { explain } from '../errors.ts';
import { lockedFor } from '../people/lockout.ts';
import { CODE_LIFE_MS, hashOfCode, newCode } from '../people/one-time-code.ts';
import {
  changePeople,
  changePerson,
  listPeople,
  PeopleTrouble,
  type PersonRecord,
  peopleFile,
} from '../people/people-file.ts';
import { ROLE_NAMES, ROLES, type Role } from '../people/roles.ts';

interface Where {
  readonly config: string;
  readonly json?: boolean;
}

/** `tillwire person ...`: who works at this till. A running agent hears of it at once. No command ever sees a PIN. */
export function registerPerson(program: Command, exit: Exit): void {
  const person = program.command('person').description('who works at this till');

  place(person.command('add'))
    .description('add a person and show a one-time code, with which they choose their own PIN at the page')
    .requiredOption('--name <name>', 'as the page shows it, at most 20 characters')
    .requiredOption('--role <role>', ROLE_NAMES.map((role) => `${role} (${ROLES[role].scopes.join(', ')})`).join('; '))
    .option('--id <id>', 'stands in the journal for ever: lower-case letters, digits and -; default: role and a number')
    .addHelpText('after', '\nExample:\n  tillwire person add --config till.json --name 小李 --role clerk --id li\n')
    .action(guarded(exit, add));

  place(person.command('list'))
    .description('list the people: role, PIN set or not, locked or not')
    .addHelpText('after', '\nExample:\n  tillwire person list --config till.json\n')
    .action(guarded(exit, list));

  about(person, exit, 'disable', 'this person may not sign in any more; is signed out at once', (record) => {
    const { code: _dead, ...rest } = record;
    return { ...rest, disabled: true };
  });
  about(person, exit, 'enable', 'may sign in again', ({ disabled: _over, ...rest }) => rest);
  about(person, exit, 'unlock', 'wrong PINs are forgotten', ({ lockout: _over, ...rest }) => rest);
  withCode(person, exit, 'pin', 'the old PIN is dead; show a one-time code with which they choose a new one', 'pin');
  withCode(person, exit, 'link', 'show a one-time code that signs this person in once, without the PIN', 'sign-in');
}

function place(command: Command): Command {
  return command
    .requiredOption('--config <file>', 'configuration file (JSON)')
    .option('--json', 'one JSON value on stdout');
}

function about(
  program: Command,
  exit: Exit,
  name: string,
  what: string,
  change: (record: PersonRecord) => PersonRecord,
): void {
  place(program.command(name))
    .argument('<id>')
    .description(what)
    .addHelpText('after', `\nExample:\n  tillwire person ${name} li --config till.json\n`)
    .action((id: string, options: Where) =>
      guarded(exit, async ({ config, json }: Where) => {
        const record = await changePerson(fileOf(config), id, change);
        console.log(json ? JSON.stringify(told(record)) : lineOf(record));
        return 0;
      })(options),
    );
}

function withCode(program: Command, exit: Exit, name: string, what: string, use: 'pin' | 'sign-in'): void {
  place(program.command(name))
    .argument('<id>')
    .description(what)
    .addHelpText('after', `\nExample:\n  tillwire person ${name} li --config till.json\n`)
    .action((id: string, options: Where) =>
      guarded(exit, async (where: Where) => {
        const code = newCode();
        const record = await changePerson(fileOf(where.config), id, ({ pin, pinSetAt, lockout: _over, ...rest }) => ({
          ...rest,
          ...(use === 'pin' || !pin || pinSetAt === undefined ? {} : { pin, pinSetAt }),
          code: { hash: hashOfCode(code), until: systemClock.now() + CODE_LIFE_MS, use },
        }));
        return showCode(where, record, code);
      })(options),
    );
}

async function add(options: Where & { readonly name: string; readonly role: string; readonly id?: string }) {
  const role = ROLE_NAMES.find((one) => one === options.role);
  if (!role) throw new PeopleTrouble(`no role "${options.role}": ${ROLE_NAMES.join(', ')}`);
  const code = newCode();
  const now = systemClock.now();
  const record = await changePeople(fileOf(options.config), (people) => {
    const personId = options.id ?? freeId(role, people);
    if (people.some((one) => one.personId === personId))
      throw new PeopleTrouble(`${personId} is known already, and an id stands for one person for ever`);
    const person: PersonRecord = {
      personId,
      name: options.name,
      role,
      created: new Date(now).toISOString(),
      code: { hash: hashOfCode(code), until: now + CODE_LIFE_MS, use: 'pin' },
    };
    return { people: [...people, person], answer: person };
  });
  return showCode(options, record, code);
}

function freeId(role: Role, people: readonly PersonRecord[]): string {
  for (let number = 1; ; number += 1)
    if (!people.some(({ personId }) => personId === `${role}-${number}`)) return `${role}-${number}`;
}

function list({ config, json }: Where): number {
  const people = listPeople(fileOf(config));
  if (json) console.log(JSON.stringify(people.map(told)));
  else if (people.length === 0) console.log('nobody yet; see tillwire person add --help');
  else for (const record of people) console.log(lineOf(record));
  return 0;
}

/** The code goes to standard output, and an address that brings it to the page where an agent runs. */
function showCode({ config, json }: Where, record: PersonRecord, code: string): number {
  const url = readAddress(addressFile(readConfig(config).dataDir))?.url;
  const address = url === undefined ? undefined : `${url}/#code=${code}`;
  const minutes = CODE_LIFE_MS / 60_000;
  if (json) console.log(JSON.stringify({ ...told(record), code, ...(address === undefined ? {} : { address }) }));
  else {
    console.error(`${lineOf(record)}\ngood once, for ${minutes} minutes; opened or typed at the page of this till`);
    console.log(address ?? code);
  }
  return 0;
}

function told({ personId, name, role, created, disabled, pin, pinSetAt, lockout }: PersonRecord) {
  const lockedMs = lockedFor(lockout ?? { failures: 0 }, systemClock.now());
  return {
    personId,
    name,
    role,
    created,
    disabled: disabled === true,
    hasPin: pin !== undefined,
    ...(pinSetAt === undefined ? {} : { pinSetAt }),
    ...(lockedMs === 0 ? {} : { lockedUntil: systemClock.now() + lockedMs }),
  };
}

function lineOf(record: PersonRecord): string {
  const { personId, name, role, disabled, hasPin, lockedUntil } = told(record);
  const lock = lockedUntil === undefined ? [] : [`locked until ${new Date(lockedUntil).toISOString()}`];
  const notes = [hasPin ? 'PIN set' : 'no PIN yet', ...(disabled ? ['disabled'] : []), ...lock];
  return [personId.padEnd(16), role.padEnd(10), notes.join(', '), name].join('  ');
}

function fileOf(config: string): string {
  return peopleFile(readConfig(config).dataDir);
}

function guarded<T extends Where>(exit: Exit, act: (options: T) => number | Promise<number>) {
  return async (options: T): Promise<void> => {
    try {
      exit.code = await act(options);
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof PeopleTrouble)) throw error;
      const words =
        error instanceof ConfigError ? explain(error.code, error.message) : `tillwire person: ${error.message}`;
      console.error(words);
      exit.code = 2;
    }
  };
}
