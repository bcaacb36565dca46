import { type Command, InvalidArgumentError } from 'commander';
import { DEVICES, type Device } from '../../protocols/backend/topics.ts';
import type { Exit } from '../cli.ts';
import type { TraceLine } from '../trace/trace-lines.ts';
import { ApiClient, guarded, reach, type Where } from './api-client.ts';
import { firstLine } from './standard-input.ts';

const MOST_SECONDS = 3_600;

type Options = Where & { readonly seconds: number };

/** `tillwire trace DEVICE`: what passes on its line, live, both ways, decoded and masked. The agent must run: it holds the device. */
export function registerTrace(program: Command, exit: Exit): void {
  reach(
    program
      .command('trace')
      .argument('<device>', DEVICES.join(', '))
      .description("what passes on a device's line, live: both ways, decoded, secrets masked")
      .option('--seconds <n>', `at most ${MOST_SECONDS}`, seconds, 60),
  )
    .addHelpText('after', '\nExample:\n  tillwire trace scanner --seconds 120 --config /etc/tillwire/till.json\n')
    .action((device: string, options: Options, command: Command) => {
      if (!DEVICES.includes(device as Device)) command.error(`tillwire trace: ${DEVICES.join(', ')}`);
      return guarded(exit, (where: Options) => trace(device, where))(options);
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MOST_SECONDS)
    throw new InvalidArgumentError(`1 to ${MOST_SECONDS}`);
  return value;
}

async function trace(device: string, where: Options): Promise<number> {
  const api = await ApiClient.find(where, () => firstLine('token'));
  const path = `/v1/devices/${device}/trace?seconds=${where.seconds}`;
  await api.events(path, (where.seconds + 10) * 1_000, (event, data) => {
    if (event === 'line') show(data as TraceLine, where.json === true);
    else if (event === 'end' && (data as { leftOut: number }).leftOut > 0)
      console.error(`${(data as { leftOut: number }).leftOut} lines came too fast and were left out`);
  });
  return 0;
}

const ARROWS = { in: '<-', out: '->', link: '--' } as const satisfies Record<TraceLine['dir'], string>;

/** With `--json` one JSON value for each line, as they come. */
function show(line: TraceLine, json: boolean): void {
  if (json) return console.log(JSON.stringify(line));
  const { atMs, dir, length, hex, kind, text } = line;
  const head = `${(atMs / 1000).toFixed(3).padStart(9)} ${ARROWS[dir]}`;
  if (length > 0) console.log(`${head} ${length} B${kind === undefined ? '' : ` ${kind}`}  ${hex}`);
  for (const one of text) console.log(length > 0 ? `${' '.repeat(13)}${one}` : `${head} ${one}`);
}
