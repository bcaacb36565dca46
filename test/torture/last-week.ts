import { TillBook } from '../../agent/journal/book.ts';
import type { JournalFiles } from '../../agent/journal/files.ts';
import { newAttempt } from '../../agent/payment/attempt.ts';
import { newRefund } from '../../agent/refunds/refund-machine.ts';
import { payloadHash } from '../../protocols/backend/requests.ts';
import type { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { showCode } from '../../simulator/devices/phone.ts';
import type { VirtualClock } from '../../simulator/world/clock.ts';
import { TillClock } from '../world/till-clock.ts';
import type { Chance } from './chance.ts';
import type { Paid } from './office-program.ts';

// Orders that were sold ten days ago and that memory has let go of since: the log of a till that is no longer new.

const AGO_MS = 10 * 86_400_000;

export interface LastWeekParts {
  readonly files: JournalFiles;
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly acquirer: Acquirer;
  readonly terminal: string;
  /** an order, and the code that pays it, before either is used */
  readonly sold: (order: Paid, code: string) => void;
}

/** Sells them, and writes down what the till of that time wrote. */
export async function sellLastWeek(parts: LastWeekParts, orders: readonly Paid[]): Promise<void> {
  const { files, clock, terminal } = parts;
  const { book } = await TillBook.open(files, new TillClock(clock, -AGO_MS), terminal);
  for (const [index, order] of orders.entries()) await sell(parts, book, order, index + 1);
  const ids = (made: (n: number) => string) => orders.map((_, index) => made(index + 1));
  const [attempts, refunds] = [ids(attemptIdOf), ids(refundIdOf)];
  await book.write({ type: 'FORGET', commands: [], orders: orders.map(({ orderId }) => orderId), attempts, refunds });
  await book.close();
}

function attemptIdOf(n: number): string {
  return `LASTWEEK${n}`;
}

function refundIdOf(n: number): string {
  return `LASTWEEK-F${n}`;
}

async function sell(parts: LastWeekParts, book: TillBook, order: Paid, n: number): Promise<void> {
  const { clock, chance } = parts;
  const { orderId, amountFen } = order;
  const commandId = `OLD-C${n}`;
  const code = showCode('wechat', chance.next);
  parts.sold(order, code);
  const transactionId = pay(parts, order, code, n);
  const terms = {
    attemptId: attemptIdOf(n),
    orderId,
    amountFen,
    channel: 'WECHAT',
    maskedPaycode: '13****1147',
  } as const;
  const paidAt = clock.now() - AGO_MS;
  const paid = { state: 'PAID', category: 'PAID', doing: { kind: 'done' }, paidAt } as const;
  const attempt = { ...newAttempt(terms), ...paid, ...(transactionId === undefined ? {} : { transactionId }) };
  const record = { attempt, startedAt: paidAt, clockTrusted: true };
  const { attemptId } = terms;
  await book.write({ type: 'ATTEMPT', record, order: { orderId, amountFen, commandId, state: 'PAID', attemptId } });
  const result = { v: 1, id: commandId, phase: 'final', status: 'ok', code: 'PAID', attempt: attemptId } as const;
  await book.write({ type: 'COMMAND_RESULT', result: { ...result, boot: 'LASTWEEK', ts: paidAt } });
  if (chance.happens(0.5)) await giveBack(parts, book, order, n);
}

/** Part of it went back in the same week: it still counts. */
async function giveBack({ acquirer, clock, chance }: LastWeekParts, book: TillBook, order: Paid, n: number) {
  const { orderId, amountFen } = order;
  const [attemptId, refundId, refundFen] = [attemptIdOf(n), refundIdOf(n), chance.between(1, amountFen)];
  const args = { refundId, amountFen, refundFen, currency: 'CNY', channel: 'WECHAT', reason: 'returned' } as const;
  const request = { op: 'refund', attemptId, orderId, args } as const;
  acquirer.ask({ ...headOf(request, `LASTWEEK-G${n}`, clock.now()), ...request }, () => undefined);
  const requestedAt = clock.now() - AGO_MS;
  const { channel, reason } = args;
  const terms = {
    refundId,
    orderId,
    attemptId,
    channel,
    amountFen,
    refundFen,
    reason,
    requestedBy: 'clerk.7',
    requestedAt,
  };
  const done = { state: 'REFUNDED', category: 'REFUND_OK', doing: { kind: 'done' }, approvedBy: 'manager.2' } as const;
  await book.write({ type: 'REFUND', refund: { ...newRefund(terms).refund, ...done, settledAt: requestedAt } });
}

function headOf(request: Parameters<typeof payloadHash>[0], requestId: string, ts: number) {
  return { v: 1, requestId, ts, exp: ts + 50_000, payloadHash: payloadHash(request) } as const;
}

/** The customer of that time paid at once. */
function pay({ acquirer, clock }: LastWeekParts, { orderId, amountFen }: Paid, paycode: string, n: number) {
  const args = { amountFen, currency: 'CNY', channel: 'WECHAT', paycode, source: 'scanner' } as const;
  const request = { op: 'pay', attemptId: attemptIdOf(n), orderId, args } as const;
  let transactionId: string | undefined;
  acquirer.ask({ ...headOf(request, `LASTWEEK-R${n}`, clock.now()), ...request }, (answer) => {
    ({ transactionId } = answer);
  });
  return transactionId;
}
