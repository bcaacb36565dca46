import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { Exit } from '../cli.ts';
import type { StandingHold } from '../payment/standing-holds.ts';
import { ApiClient, guarded, reach, type Where } from './api-client.ts';
import { fenOf, type Operation, secondsOf } from './pay.ts';
import { firstLine } from './standard-input.ts';

interface Wanted extends Where {
  readonly amount?: string;
  readonly title?: string;
  readonly key?: string;
  readonly wait: string;
}

/** What is asked of the till, and in which words the person at the terminal is told. */
interface Deed {
  readonly path: (orderId: string) => string;
  readonly body: (orderId: string, wanted: Wanted) => object;
}

const HOLD: Deed = {
  path: () => '/v1/pre-authorisations',
  body: (orderId, { amount = '', title }) => ({
    orderId,
    amountFen: fenOf(amount),
    ...(title === undefined ? {} : { title }),
  }),
};
const COMPLETE: Deed = {
  path: (orderId) => `/v1/orders/${encodeURIComponent(orderId)}/pre-authorisation/complete`,
  body: (_orderId, { amount = '' }) => ({ amountFen: fenOf(amount) }),
};
const CANCEL: Deed = {
  path: (orderId) => `/v1/orders/${encodeURIComponent(orderId)}/pre-authorisation/cancel`,
  body: () => ({}),
};

/** `tillwire preauth hold|complete|cancel|list`: holds on customers' cards (预授权), through the running agent. */
export function registerPreAuth(program: Command, exit: Exit): void {
  const preauth = program
    .command('preauth')
    .description('hold an amount on a customer’s card, charge it later, or give it up (预授权)');
  const amount = ['--amount <yuan>', 'e.g. 500.00'] as const;
  acting(
    preauth
      .command('hold')
      .description('hold an amount for an order; nothing is charged')
      .requiredOption(...amount),
    HOLD,
    exit,
  )
    .option('--title <text>', 'what it is for')
    .addHelpText('after', '\nExample:\n  tillwire preauth hold R-204 --amount 500.00 --config till.json\n');
  acting(
    preauth
      .command('complete')
      .description('charge the order’s hold; the rest is free again')
      .requiredOption(...amount),
    COMPLETE,
    exit,
  ).addHelpText('after', '\nExample:\n  tillwire preauth complete R-204 --amount 380.00 --config till.json\n');
  acting(preauth.command('cancel').description('give the order’s hold up, all of it'), CANCEL, exit).addHelpText(
    'after',
    '\nExample:\n  tillwire preauth cancel R-204 --config till.json\n',
  );
  reach(preauth.command('list').description('the holds that stand, oldest first: money of customers'))
    .addHelpText('after', '\nExample:\n  tillwire preauth list --config till.json\n')
    .action((options: Where) => guarded(exit, list)(options));
}

function acting(command: Command, deed: Deed, exit: Exit): Command {
  return reach(command)
    .argument('<order>', 'your number of the order')
    .option('--key <key>', 'repeat an earlier call: the key it printed')
    .option('--wait <seconds>', 'how long to wait for the end', '120')
    .action((order: string, options: Wanted) => guarded(exit, (wanted: Wanted) => act(deed, order, wanted))(options));
}

const LOOK_SECONDS = 10;

async function act(deed: Deed, orderId: string, wanted: Wanted): Promise<number> {
  const api = await ApiClient.find(wanted, () => firstLine('token'));
  const { key = randomUUID(), wait } = wanted;
  const body = deed.body(orderId, wanted);
  const waitMs = secondsOf(wait) * 1_000;
  const ask = (seconds: number) =>
    api.ask<Operation>(`${deed.path(orderId)}?wait=${seconds}`, { key, body, withinMs: (seconds + 10) * 1_000 });
  let last = await ask(0);
  console.error(`order ${orderId} at the card terminal (--key ${key})`);
  const began = process.uptime();
  while (last.phase !== 'final' && (process.uptime() - began) * 1_000 < waitMs) last = await ask(LOOK_SECONDS);
  tell(orderId, last, wanted.json === true);
  return last.phase === 'final' && last.status === 'ok' ? 0 : 1;
}

function tell(orderId: string, end: Operation, json: boolean): void {
  if (json) return console.log(JSON.stringify(end));
  if (end.phase !== 'final')
    return console.log(
      `${orderId}: no end yet; run the same with the key to go on waiting / 尚无结果，用同一 --key 继续等待`,
    );
  const { zh, en } = end.clerk ?? { zh: end.message ?? end.status, en: end.message ?? end.status };
  console.log(`${end.code}: ${zh} / ${en}`);
}

async function list(options: Where): Promise<number> {
  const api = await ApiClient.find(options, () => firstLine('token'));
  const { holds } = await api.ask<{ holds: readonly StandingHold[] }>('/v1/pre-authorisations');
  if (options.json) console.log(JSON.stringify(holds));
  else console.log(holds.length === 0 ? 'no hold stands / 没有未结预授权' : holds.flatMap(lines).join('\n'));
  return 0;
}

function lines({
  orderId,
  amountFen,
  mostFen,
  state,
  words,
  ageDays,
  assumedUntil,
  maskedPan = '',
}: StandingHold): string[] {
  const until = assumedUntil === undefined ? '' : `, assumed to lapse about ${day(assumedUntil)} (never relied on)`;
  // more than what is held only where the configuration lets it
  const most = mostFen === undefined || mostFen === amountFen ? '' : `, at most ${formatYuan(mostFen)} charged`;
  return [
    `${orderId}  ${formatYuan(amountFen)}${most}  ${state}  ${maskedPan}  ${ageDays} d${until}`,
    `  ${words.zh} / ${words.en}`,
  ];
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
