import type { Clock } from '../../../agent/clock.ts';
import { systemClock } from '../../../agent/clock.ts';
import type { TillBook } from '../../../agent/journal/book.ts';
import type { AttemptRecord, Order } from '../../../agent/journal/records.ts';
import { type Attempt, newAttempt } from '../../../agent/payment/attempt.ts';
import type { CommandEnvelope } from '../../../protocols/backend/commands.ts';
import type { EventEnvelope } from '../../../protocols/backend/events.ts';

export const TERMINAL = 'T0000001';
export const START = Date.UTC(2026, 10, 22, 8);

/** A wall clock that stands still until told; timers run at once. */
export class StillClock implements Clock {
  wall = START;
  now(): number {
    return this.wall;
  }
  mono(): number {
    return systemClock.mono();
  }
  after(ms: number, run: () => void): () => void {
    return systemClock.after(Math.min(ms, 1), run);
  }
}

export function order(n: number, state: Order['state'] = 'OPEN'): Order {
  return { orderId: `ORDER-${n}`, amountFen: 1000 + n, title: '街角小店', commandId: `CMD-${n}`, state };
}

export function attempt(n: number, change: Partial<Attempt> = {}): Attempt {
  const channels = ['WECHAT', 'ALIPAY', 'UNIONPAY'] as const;
  return {
    ...newAttempt({
      attemptId: `ATT-${n}`,
      orderId: `ORDER-${n}`,
      amountFen: 1000 + n,
      channel: channels[n % 3] ?? 'WECHAT',
      maskedPaycode: '13************92',
    }),
    ...change,
  };
}

export function command(n: number, exp = START + 60_000): CommandEnvelope {
  const args = { orderId: `ORDER-${n}`, amountFen: 1000 + n, currency: 'CNY' };
  return { v: 1, id: `CMD-${n}`, type: 'collect', issued: exp - 60_000, exp, by: 'test', hash: 'a'.repeat(64), args };
}

export function attemptEvent(book: TillBook, one: Attempt, ts = START): EventEnvelope {
  const { attemptId, orderId, amountFen, channel, state, category } = one;
  return book.event(
    { type: 'attempt', attemptId, orderId, amountFen, channel, state, category },
    `EV-${attemptId}-${state}`,
    'BOOT',
    ts,
  );
}

export function record(one: Attempt, startedAt = START): AttemptRecord {
  return { attempt: one, startedAt };
}

/** The six entries of an ordinary sale. */
export async function sale(book: TillBook, n: number, clock?: { readonly wall: number }): Promise<void> {
  const ts = clock?.wall ?? START;
  await book.accept(command(n, ts + 60_000));
  await book.write({ type: 'ORDER', order: order(n) });
  await book.write({ type: 'ATTEMPT', record: record(attempt(n), ts), order: order(n, 'IN_PAYMENT') });
  const paid = attempt(n, { state: 'PAID', category: 'PAID', doing: { kind: 'done' }, transactionId: `42000000${n}` });
  await book.write({
    type: 'ATTEMPT',
    record: record(paid, ts),
    order: order(n, 'PAID'),
    event: attemptEvent(book, paid, ts),
  });
  const slip = { slipId: `SLIP-${n}`, attemptId: paid.attemptId, state: 'sent' as const, duplicate: false };
  await book.write({ type: 'SLIP', slip });
  const result = {
    v: 1 as const,
    id: `CMD-${n}`,
    phase: 'final' as const,
    status: 'ok' as const,
    code: 'PAID',
    boot: 'BOOT',
    ts,
  };
  await book.write({ type: 'COMMAND_RESULT', result });
}
