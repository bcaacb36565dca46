import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { formatYuan, parseYuan } from '../../protocols/money/fen.ts';
import type { Exit } from '../cli.ts';
import { lateTodo } from '../console/late-todo.ts';
import type { LateMoney } from '../payment/late-money.ts';
import { ApiClient, guarded, NotDone, reach, Usage, type Where } from './api-client.ts';
import { firstLine } from './standard-input.ts';

interface Wanted extends Where {
  readonly amount: string;
  readonly title?: string;
  readonly key?: string;
  readonly wait: string;
  readonly card?: boolean;
}

/** What the API answers to a call that changes something. */
export interface Operation {
  readonly phase: 'accepted' | 'final';
  readonly status: string;
  readonly code: string;
  readonly message?: string;
  readonly clerk?: { readonly zh: string; readonly en: string };
  readonly attemptId?: string;
}

export interface OrderAnswer {
  readonly order: { readonly orderId: string; readonly amountFen: number; readonly state: string };
  readonly attempt?: {
    readonly attemptId: string;
    readonly channel: string;
    readonly state: string;
    readonly category: string;
    readonly maskedPaycode: string;
    readonly clerk: { readonly zh: string; readonly en: string };
    readonly slips: readonly { readonly slipId: string; readonly state: string }[];
  };
  /** money that nobody expected, and nobody has looked at yet */
  readonly late?: readonly LateMoney[];
}

/** `tillwire pay ORDER --amount 12.50 [-]`: collects an order through the running agent, and waits for the end of it. */
export function registerPay(program: Command, exit: Exit): void {
  reach(
    program
      .command('pay')
      .argument('<order>', 'your number of the order')
      .argument(
        '[paycode]',
        'only "-": the code on the customer’s phone comes on standard input; otherwise the gun reads it',
      )
      .description('collect an order at this till and wait until it is paid or not')
      .requiredOption('--amount <yuan>', 'e.g. 12.50')
      .option('--card', 'on the card terminal, now')
      .option('--title <text>', 'what it is for')
      .option('--key <key>', 'repeat an earlier call: the key it printed')
      .option('--wait <seconds>', 'how long to wait for the end', '120'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  tillwire pay D-1001 --amount 12.50 --config till.json\n  tillwire pay D-1002 --amount 99.00 --card --config till.json\n',
    )
    .action((order: string, paycode: string | undefined, options: Wanted) =>
      guarded(exit, (wanted: Wanted) => pay(order, paycode, wanted))(options),
    );
}

/** `tillwire query ORDER`: what the till knows of an order. */
export function registerQuery(program: Command, exit: Exit): void {
  reach(program.command('query').argument('<order>').description('what the till knows of an order'))
    .addHelpText('after', '\nExample:\n  tillwire query D-1001 --config till.json\n')
    .action((order: string, options: Where) => guarded(exit, (where: Where) => query(order, where))(options));
}

const LOOK_SECONDS = 2;

async function pay(orderId: string, paycode: string | undefined, options: Wanted): Promise<number> {
  const amountFen = fenOf(options.amount);
  const waitMs = secondsOf(options.wait) * 1_000;
  if (paycode !== undefined && paycode !== '-')
    throw new Usage('a paycode is no argument: give "-" and type it on standard input');
  if (paycode === '-' && options.card === true)
    throw new Usage('one way to pay at a time: a card, or a code on standard input');
  if (paycode === '-' && options.token === '-')
    throw new Usage('standard input holds one secret: give the token with --token-file');
  const api = await ApiClient.find(options, () => firstLine('token'));
  const key = options.key ?? randomUUID();
  const body = { orderId, amountFen, ...(options.title === undefined ? {} : { title: options.title }) };
  const way = options.card === true ? 'card-sales' : 'orders';
  const collect = (wait: number) =>
    api.ask<Operation>(`/v1/${way}?wait=${wait}`, { key, body, withinMs: (wait + 10) * 1_000 });
  let last = await collect(0);
  console.error(
    `order ${orderId}: ${formatYuan(amountFen)} yuan ${options.card === true ? 'on the card terminal' : 'at the counter'} (--key ${key})`,
  );
  if (last.phase !== 'final' && paycode === '-') await typeCode(api, orderId);
  const began = process.uptime();
  const told = new Set<string>();
  while (last.phase !== 'final' && (process.uptime() - began) * 1_000 < waitMs) {
    await showProgress(api, orderId, told);
    last = await collect(LOOK_SECONDS);
  }
  return tellEnd(await api.ask<OrderAnswer>(`/v1/orders/${encodeURIComponent(orderId)}`), last, options.json === true);
}

/** A retry of the same code by the same person is the same payment: the till says so. */
async function typeCode(api: ApiClient, orderId: string): Promise<void> {
  const paycode = await firstLine('paycode');
  await api.ask(`/v1/orders/${encodeURIComponent(orderId)}/paycode`, { body: { paycode } }).catch((error: unknown) => {
    if (!(error instanceof NotDone && error.problem.code === 'SAME_CODE_AGAIN')) throw error;
  });
}

async function showProgress(api: ApiClient, orderId: string, told: Set<string>): Promise<void> {
  const { attempt } = await api.ask<OrderAnswer>(`/v1/orders/${encodeURIComponent(orderId)}`);
  const words = attempt ? `${attempt.clerk.zh} / ${attempt.clerk.en}` : '等待付款码 / waiting for a code';
  if (told.has(words)) return;
  told.add(words);
  console.error(words);
}

function tellEnd(order: OrderAnswer, end: Operation, json: boolean): number {
  if (json) console.log(JSON.stringify({ ...order, result: end }));
  else if (end.phase !== 'final')
    console.log(`${order.order.orderId}: no end yet; run the same with the key to go on waiting`);
  else
    console.log(
      `${end.code}: ${end.clerk?.zh ?? end.message ?? end.status} / ${end.clerk?.en ?? end.message ?? end.status}`,
    );
  return end.phase === 'final' && end.status === 'ok' ? 0 : 1;
}

async function query(orderId: string, options: Where): Promise<number> {
  const api = await ApiClient.find(options, () => firstLine('token'));
  const answer = await api.ask<OrderAnswer>(`/v1/orders/${encodeURIComponent(orderId)}`);
  const { order, attempt, late = [] } = answer;
  if (options.json) console.log(JSON.stringify(answer));
  else {
    console.log(`${order.orderId}  ${formatYuan(order.amountFen)}  ${order.state}`);
    if (attempt) {
      console.log(`  ${attempt.attemptId}  ${attempt.channel}  ${attempt.maskedPaycode}  ${attempt.state}`);
      console.log(`  ${attempt.clerk.zh} / ${attempt.clerk.en}`);
      for (const { slipId, state } of attempt.slips) console.log(`  slip ${slipId}  ${state}`);
    }
    for (const { attemptId, amountFen, channel = '', transactionId, key } of late)
      console.log(`  late money  ${formatYuan(amountFen)}  ${channel}  ${transactionId ?? key?.receipt ?? attemptId}`);
    if (late.length > 0) console.log(`  ${lateTodo(late).zh} / ${lateTodo(late).en}`);
  }
  return 0;
}

/** Yuan as people write them. */
export function fenOf(text: string): number {
  const fen = parseYuan(text);
  if (fen === undefined) throw new Usage(`--amount: "${text}" is no amount in yuan, e.g. 12.50`);
  return fen;
}

export function secondsOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new Usage(`--wait: "${text}" is no number of seconds`);
  return Number(text);
}
