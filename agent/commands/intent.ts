import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { encodeQR } from 'qr';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { Exit } from '../cli.ts';
import { ApiClient, guarded, reach, Usage, type Where } from './api-client.ts';
import { fenOf, type Operation, secondsOf } from './pay.ts';
import { firstLine } from './standard-input.ts';

interface Wanted extends Where {
  readonly amount?: string;
  readonly title?: string;
  readonly form: readonly string[];
  readonly line: readonly string[];
  readonly valid?: string;
  readonly wait: string;
  readonly show?: string;
  readonly cancel?: string;
  readonly key?: string;
}

interface IntentAnswer {
  readonly intentId: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly state: string;
  readonly codeText?: string;
  readonly shareUrl?: string;
}

/** How long the backend may take to make a code. */
const MAKE_SECONDS = 30;
const LOOK_MS = 2_000;
const OPEN = 'WAITING';

/** `tillwire intent ...`: a code or a link for an exact amount. */
export function registerIntent(program: Command, exit: Exit): void {
  const many = (value: string, before: readonly string[]) => [...before, value];
  reach(
    program
      .command('intent')
      .argument('[order]', 'your number of the order')
      .description('ask for an exact amount with a code or a link, close one, or see how one stands')
      .option('--amount <yuan>', 'e.g. 12.50')
      .option('--title <text>', 'what it is for')
      .option('--form <name>', 'screen, slip, delivery or link; may be given more than once', many, [])
      .option('--line <name;quantity;price;amount>', 'one line of the goods, in yuan; a link needs its lines', many, [])
      .option('--valid <seconds>', 'how long it may be paid')
      .option('--wait <seconds>', 'wait for the payment', '0')
      .option('--key <key>', 'repeat an earlier call: the key it printed')
      .option('--show <id>', 'how this intent stands')
      .option('--cancel <id>', 'close this intent'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  tillwire intent D-1001 --amount 12.50 --wait 120 --config till.json\n' +
        "  tillwire intent D-1002 --amount 10 --form link --line '苹果;2;5.00;10.00' --config till.json\n",
    )
    .action((order: string | undefined, options: Wanted) =>
      guarded(exit, (wanted: Wanted) => intent(order, wanted))(options),
    );
}

async function intent(orderId: string | undefined, options: Wanted): Promise<number> {
  const doings = [orderId, options.cancel, options.show].filter((one) => one !== undefined);
  if (doings.length !== 1) throw new Usage('give an order, or --cancel ID, or --show ID: one of them');
  if (options.cancel !== undefined) return cancel(options.cancel, options);
  if (options.show !== undefined) {
    const api = await ApiClient.find(options, () => firstLine('token'));
    return tell(await api.ask<IntentAnswer>(pathOf(options.show)), options);
  }
  return create(orderId ?? '', options);
}

async function create(orderId: string, options: Wanted): Promise<number> {
  const body = wishOf(orderId, options);
  const waitMs = secondsOf(options.wait) * 1_000;
  const key = options.key ?? randomUUID();
  const api = await ApiClient.find(options, () => firstLine('token'));
  console.error(`order ${orderId}: asking for a code (--key ${key})`);
  const withinMs = (MAKE_SECONDS + 10) * 1_000;
  const made = await api.ask<Operation>(`/v1/intents?wait=${MAKE_SECONDS}`, { key, body, withinMs });
  if (made.phase !== 'final' || made.status !== 'ok' || made.attemptId === undefined) {
    console.log(
      options.json
        ? JSON.stringify(made)
        : `${made.code}: ${made.clerk?.zh ?? made.message ?? made.status} / ${made.clerk?.en ?? ''}`,
    );
    return 1;
  }
  let now = await api.ask<IntentAnswer>(pathOf(made.attemptId));
  if (!options.json && waitMs > 0) tell(now, options);
  for (const until = process.uptime() * 1_000 + waitMs; now.state === OPEN && process.uptime() * 1_000 < until; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    now = await api.ask<IntentAnswer>(pathOf(made.attemptId));
  }
  const end = tell(now, options);
  return waitMs > 0 && now.state !== 'PAID' ? 1 : end;
}

function wishOf(orderId: string, { amount, title, form, line, valid }: Wanted): object {
  if (amount === undefined) throw new Usage('give --amount');
  return {
    orderId,
    amountFen: fenOf(amount),
    currency: 'CNY',
    ...(title === undefined ? {} : { title }),
    ...(form.length === 0 ? {} : { forms: form }),
    ...(line.length === 0 ? {} : { lines: line.map(lineOf) }),
    ...(valid === undefined ? {} : { ttlMs: secondsOf(valid) * 1_000 }),
  };
}

function lineOf(text: string): object {
  const [name, quantity, price, amount, ...more] = text.split(';').map((part) => part.trim());
  if (!name || !quantity || price === undefined || amount === undefined || more.length > 0)
    throw new Usage(`--line "${text}": name;quantity;price;amount`);
  return { name, quantity, priceFen: fenOf(price), amountFen: fenOf(amount) };
}

async function cancel(intentId: string, options: Wanted): Promise<number> {
  const api = await ApiClient.find(options, () => firstLine('token'));
  const asking = { key: options.key ?? randomUUID(), body: {}, withinMs: 70_000 };
  const answer = await api.ask<Operation>(`${pathOf(intentId)}/cancel?wait=60`, asking);
  console.log(
    options.json
      ? JSON.stringify(answer)
      : `${intentId}: ${answer.code}: ${answer.clerk?.zh ?? ''} / ${answer.clerk?.en ?? ''}`,
  );
  // it may have been paid in the last moment: that is said, and is not what was asked for
  return answer.phase === 'final' && answer.code !== 'PAID' ? 0 : 1;
}

function tell(now: IntentAnswer, { json }: Where): number {
  if (json) console.log(JSON.stringify(now));
  else {
    console.log(`${now.intentId}  ${now.orderId}  ${formatYuan(now.amountFen)}  ${now.state}`);
    if (now.state === OPEN && now.codeText !== undefined) console.log(encodeQR(now.codeText, 'ascii'));
    if (now.state === OPEN) console.log(now.shareUrl ?? now.codeText ?? '');
  }
  return 0;
}

function pathOf(intentId: string): string {
  return `/v1/intents/${encodeURIComponent(intentId)}`;
}
