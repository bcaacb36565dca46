import { type Command, InvalidArgumentError } from 'commander';
import type { Exit } from '../cli.ts';
import type { LevelState } from '../log-dial.ts';
import { ApiClient, guarded, reach, type Where } from './api-client.ts';
import { firstLine } from './standard-input.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'];

/** `tillwire log-level LEVEL`: a running agent says more for a while, and falls back by itself. */
export function registerLogLevel(program: Command, exit: Exit): void {
  reach(
    program
      .command('log-level')
      .argument('<level>', LEVELS.join(', '))
      .description('a running agent says more for a while; it falls back by itself')
      .option('--minutes <n>', 'at most 60', minutes, 15),
  )
    .addHelpText('after', '\nExample:\n  tillwire log-level debug --minutes 10 --config /etc/tillwire/till.json\n')
    .action((level: string, options: Where & { readonly minutes: number }, command: Command) => {
      if (!LEVELS.includes(level)) command.error(`tillwire log-level: ${LEVELS.join(', ')}`);
      return guarded(exit, (where: typeof options) => setLevel(level, where))(options);
    });
}

function minutes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 60) throw new InvalidArgumentError('1 to 60');
  return value;
}

async function setLevel(level: string, where: Where & { readonly minutes: number }): Promise<number> {
  const api = await ApiClient.find(where, () => firstLine('token'));
  const now = await api.ask<LevelState>('/v1/log-level', { body: { level, minutes: where.minutes } });
  const until =
    now.fallsBackInMs === undefined ? '' : `, ${now.usual} again in ${Math.round(now.fallsBackInMs / 60_000)} min`;
  console.log(where.json ? JSON.stringify(now) : `${now.level}${until}`);
  return 0;
}
