import { join } from 'node:path';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { systemClock } from '../clock.ts';
import { ConfigError, readConfig } from '../config.ts';
import { explain } from '../errors.ts';
import { readOnlyFiles } from '../journal/files.ts';
import type { OutboxStats } from '../journal/outbox.ts';
import { outboxOnDisk } from '../journal/outbox-on-disk.ts';
import { segmentsOf } from '../journal/segments.ts';

interface Options {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** `tillwire outbox stats`: what the backend has not acknowledged; read only, also beside a running agent and on a copy. */
export function registerOutbox(program: Command, exit: Exit): void {
  program
    .command('outbox')
    .description('what the backend has not acknowledged yet')
    .command('stats')
    .description('how much waits, since when, and what was given up')
    .option('--config <file>', 'configuration file of the agent')
    .option('--data <dir>', "the agent's data folder, or a copy of it")
    .option('--json', 'one JSON value on standard output')
    .addHelpText('after', '\nExample:\n  tillwire outbox stats --config /etc/tillwire/till.json\n')
    .action(async (options: Options) => {
      exit.code = await stats(options);
    });
}

async function stats({ config, data, json }: Options): Promise<number> {
  if ((config === undefined) === (data === undefined)) return refuse('give --config or --data');
  try {
    const files = readOnlyFiles(join(data ?? readConfig(config ?? '').dataDir, 'journal'));
    const names = await files.list().catch(() => []);
    if (segmentsOf(names).length === 0) return refuse('there is no journal');
    const found = await outboxOnDisk(files);
    console.log(json ? JSON.stringify(found) : lines(found).join('\n'));
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(explain(error.code, error.message));
    return 2;
  }
}

function refuse(why: string): number {
  console.error(`tillwire outbox: ${why}`);
  return 2;
}

function lines({ waiting, oldest, bytes, drops, acked, lastSeq }: OutboxStats): string[] {
  const age = oldest === undefined ? '' : `, the oldest for ${Math.round((systemClock.now() - oldest) / 60_000)} min`;
  const given = Object.entries(drops).map(([reason, count]) => `${count} (${reason})`);
  return [
    `${waiting} events wait for the backend${age}, ${Math.ceil(bytes / 1024)} KiB / ${waiting} 条待上传`,
    `acknowledged up to ${acked} of ${lastSeq} / 已确认到 ${acked}，共 ${lastSeq}`,
    ...(given.length > 0 ? [`given up, never results: ${given.join(', ')} / 已放弃（不含交易结果）`] : []),
  ];
}
