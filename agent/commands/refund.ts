import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { formatYuan } from '../../protocols/money/fen.ts';
import type { Exit } from '../cli.ts';
import { ApiClient, guarded, reach, Usage, type Where } from './api-client.ts';
import { fenOf, type Operation } from './pay.ts';
import { firstLine } from './standard-input.ts';

interface Wanted extends Where {
  readonly amount?: string;
  readonly reason?: string;
  readonly refundId?: string;
  readonly approve?: string;
  readonly show?: string;
}

interface RefundAnswer {
  readonly refundId: string;
  readonly orderId: string;
  readonly refundFen: number;
  readonly state: string;
  readonly clerk: { readonly zh: string; readonly en: string };
  readonly requestedBy: string;
  readonly approvedBy?: string;
}

/** How long a channel may take before the command says "not yet". */
const WAIT_SECONDS = 60;

/** `tillwire refund ...`: one person asks, another approves, each with the token that names them. */
export function registerRefund(program: Command, exit: Exit): void {
  reach(
    program
      .command('refund')
      .argument('[order]', 'your number of the order')
      .description('ask for a refund, approve one that another person asked for, or see how one stands')
      .option('--amount <yuan>', 'what goes back, e.g. 5.00')
      .option('--reason <text>', 'why: it stands in the journal')
      .option('--refund-id <id>', 'your own number of it; a repetition with the same number is the same refund')
      .option('--approve <id>', 'approve this refund: now the money goes back')
      .option('--show <id>', 'how this refund stands'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  tillwire refund D-1001 --amount 5.00 --reason 破损 --config till.json --token-file clerk.token\n' +
        '  tillwire refund --approve R-1 --config till.json --token-file manager.token\n',
    )
    .action((order: string | undefined, options: Wanted) =>
      guarded(exit, (wanted: Wanted) => refund(order, wanted))(options),
    );
}

async function refund(orderId: string | undefined, options: Wanted): Promise<number> {
  const doings = [orderId, options.approve, options.show].filter((one) => one !== undefined);
  if (doings.length !== 1) throw new Usage('give an order, or --approve ID, or --show ID: one of them');
  if (options.show !== undefined) return show(options.show, options);
  if (options.approve !== undefined) return approve(options.approve, options);
  return ask(orderId ?? '', options);
}

async function ask(orderId: string, options: Wanted): Promise<number> {
  if (options.amount === undefined || options.reason === undefined) throw new Usage('give --amount and --reason');
  const refundId = options.refundId ?? `R-${randomUUID()}`;
  const body = { refundId, orderId, refundFen: fenOf(options.amount), reason: options.reason };
  const api = await ApiClient.find(options, () => firstLine('token'));
  const answer = await api.ask<Operation>('/v1/refunds?wait=10', { key: `ask-${refundId}`, body, withinMs: 20_000 });
  if (options.json) console.log(JSON.stringify({ refundId, ...answer }));
  else console.log(`${refundId}: ${answer.code}; another person runs tillwire refund --approve ${refundId}`);
  return answer.status === 'ok' ? 0 : 1;
}

async function approve(refundId: string, options: Wanted): Promise<number> {
  const api = await ApiClient.find(options, () => firstLine('token'));
  const path = `/v1/refunds/${encodeURIComponent(refundId)}/approve?wait=${WAIT_SECONDS}`;
  const withinMs = (WAIT_SECONDS + 10) * 1_000;
  const answer = await api.ask<Operation>(path, { key: `approve-${refundId}`, body: {}, withinMs });
  if (options.json) console.log(JSON.stringify({ refundId, ...answer }));
  else if (answer.phase !== 'final') console.log(`${refundId}: under way; see tillwire refund --show ${refundId}`);
  else
    console.log(
      `${refundId}: ${answer.code}: ${answer.clerk?.zh ?? answer.status} / ${answer.clerk?.en ?? answer.status}`,
    );
  return answer.phase === 'final' && answer.status === 'ok' ? 0 : 1;
}

async function show(refundId: string, options: Wanted): Promise<number> {
  const api = await ApiClient.find(options, () => firstLine('token'));
  const answer = await api.ask<RefundAnswer>(`/v1/refunds/${encodeURIComponent(refundId)}`);
  if (options.json) console.log(JSON.stringify(answer));
  else {
    const { orderId, refundFen, state, requestedBy, approvedBy, clerk } = answer;
    console.log(`${refundId}  ${orderId}  ${formatYuan(refundFen)}  ${state}  ${requestedBy} -> ${approvedBy ?? '-'}`);
    console.log(`  ${clerk.zh} / ${clerk.en}`);
  }
  return 0;
}
