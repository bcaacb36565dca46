import { TillBook } from '../../agent/journal/book.ts';
import type { JournalFiles } from '../../agent/journal/files.ts';
import { newAttempt } from '../../agent/payment/attempt.ts';
import { payloadHash } from '../../protocols/backend/messages.ts';
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
  const attempts = orders.map((_, index) => attemptIdOf(index + 1));
  await book.write({ type: 'FORGET', commands: [], orders: orders.map(({ orderId }) => orderId), attempts });
  await book.close();
}

function attemptIdOf(n: number): string {
  return `LASTWEEK${n}`;
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
}

/** The customer of that time paid at once. */
function pay({ acquirer, clock }: LastWeekParts, { orderId, amountFen }: Paid, paycode: string, n: number) {
  const args = { amountFen, currency: 'CNY', channel: 'WECHAT', paycode, source: 'scanner' } as const;
  const request = { op: 'pay', attemptId: attemptIdOf(n), orderId, args } as const;
  const ts = clock.now();
  let transactionId: string | undefined;
  const head = { v: 1, requestId: `LASTWEEK-R${n}`, ts, exp: ts + 50_000, payloadHash: payloadHash(request) } as const;
  acquirer.ask({ ...head, ...request }, (answer) => {
    ({ transactionId } = answer);
  });
  return transactionId;
}
