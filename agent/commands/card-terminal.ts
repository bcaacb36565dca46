import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Exit } from '../cli.ts';
import { ApiClient, guarded, reach, type Where } from './api-client.ts';
import { type Operation, secondsOf } from './pay.ts';
import { firstLine } from './standard-input.ts';

interface Wanted extends Where {
  readonly key?: string;
  readonly wait: string;
}

const DOINGS = {
  settle: {
    description: 'the end of day of the card terminal: its batch goes to the host',
    under: '终端正在结算 / the terminal settles',
    ends: {
      TERMINAL_SETTLED: ['终端已结算', 'the terminal has settled'],
      TERMINAL_NOT_SETTLED: ['终端没有结算', 'the terminal has not settled'],
      TERMINAL_SETTLEMENT_UNKNOWN: ['结算结果不明，请看终端', 'nobody knows whether it settled: look at the terminal'],
    },
  },
  reprint: {
    description: 'the card terminal’s own receipt of its last transaction once more, marked',
    under: '终端正在重打 / the terminal prints again',
    ends: {
      TERMINAL_REPRINTED: ['已重打印', 'printed again'],
      TERMINAL_NOT_REPRINTED: ['没有重打印', 'not printed again'],
    },
  },
} as const;

type Doing = keyof typeof DOINGS;

/** `tillwire terminal settle|reprint`: what the page's buttons of the card terminal do, through the running agent. */
export function registerCardTerminal(program: Command, exit: Exit): void {
  const terminal = program.command('terminal').description('what the card terminal does besides payments');
  for (const doing of ['settle', 'reprint'] as const)
    reach(
      terminal
        .command(doing)
        .description(DOINGS[doing].description)
        .option('--key <key>', 'repeat an earlier call: the key it printed')
        .option('--wait <seconds>', 'how long to wait for the end', '180'),
    )
      .addHelpText('after', `\nExample:\n  tillwire terminal ${doing} --config till.json\n`)
      .action((options: Wanted) => guarded(exit, (wanted: Wanted) => order(doing, wanted))(options));
}

const LOOK_SECONDS = 2;

/** Asked again with the same key it is the same wish: the till says how it stands. */
async function order(doing: Doing, options: Wanted): Promise<number> {
  const waitMs = secondsOf(options.wait) * 1_000;
  const api = await ApiClient.find(options, () => firstLine('token'));
  const key = options.key ?? randomUUID();
  const ask = (wait: number) =>
    api.ask<Operation>(`/v1/card-terminal/${doing}?wait=${wait}`, { key, body: {}, withinMs: (wait + 10) * 1_000 });
  let last = await ask(0);
  if (last.phase !== 'final') console.error(`${DOINGS[doing].under} (--key ${key})`);
  const began = process.uptime();
  while (last.phase !== 'final' && (process.uptime() - began) * 1_000 < waitMs) last = await ask(LOOK_SECONDS);
  return tellEnd(doing, last, options.json === true);
}

function tellEnd(doing: Doing, end: Operation, json: boolean): number {
  if (json) console.log(JSON.stringify(end));
  else if (end.phase !== 'final') console.log('no end yet; run the same with the key to go on waiting');
  else console.log(`${end.code}: ${wordsOf(doing, end)}`);
  return end.phase === 'final' && end.status === 'ok' ? 0 : 1;
}

function wordsOf(doing: Doing, { code, clerk, message, status }: Operation): string {
  const ends: Readonly<Record<string, readonly [zh: string, en: string]>> = DOINGS[doing].ends;
  const [zh, en] = ends[code] ?? [clerk?.zh ?? message ?? status, clerk?.en ?? message ?? status];
  return `${zh} / ${en}`;
}
