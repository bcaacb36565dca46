import { describe, expect, it } from 'vitest';
import { newAttempt } from '../../agent/payment/attempt.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';

// Memory keeps the orders of seven days and the newest 2,000. The log keeps them for two years: goods that come back later
// are refunded all the same, and what went back before still counts.

const DAY = 86_400_000;

/** O1 was sold, and 500 fen of it were given back; then so much was sold in ten days that memory let go of it. */
async function busyShop(): Promise<MemoryShop> {
  const shop = await MemoryShop.open();
  await shop.sell('O1');
  await refund(shop, 'F1', 500);
  await shop.untilRefund('F1', 'REFUNDED');
  await shop.kill();
  shop.clock.advanceTo(shop.clock.mono() + 10 * DAY);
  await shop.start();
  await shop.pass(1_000);
  let isKept = false;
  void sellMuch(shop).then(() => {
    isKept = true;
  });
  await shop.passUntil('memory is short again', () => isKept);
  return shop;
}

async function sellMuch({ process: { till, clock } }: MemoryShop): Promise<void> {
  const { book } = till;
  const orders = Array.from({ length: 2_500 }, (_, n) => `NEWER-${n}`);
  const writing = orders.map((orderId, n) => {
    const order = { orderId, amountFen: 100, commandId: `C-${n}`, state: 'CANCELLED' } as const;
    if (n % 10 > 0) return book.write({ type: 'ORDER', order });
    const terms = {
      attemptId: `A-${n}`,
      orderId,
      amountFen: 100,
      channel: 'WECHAT',
      maskedPaycode: '13****1147',
    } as const;
    const attempt = {
      ...newAttempt(terms),
      state: 'FAILED',
      category: 'CODE_EXPIRED',
      doing: { kind: 'done' },
    } as const;
    return book.write({ type: 'ATTEMPT', record: { attempt, startedAt: clock.now() }, order });
  });
  await Promise.all(writing);
  await book.maintain();
}

async function refund(shop: MemoryShop, refundId: string, refundFen: number, orderId = 'O1') {
  const people = { requestedBy: 'clerk.7', approvedBy: 'manager.2' };
  const terms = { refundId, orderId, refundFen, currency: 'CNY', reason: '退货', ...people };
  const id = await shop.command('refund', terms, BACKEND_KEY);
  await shop.pass(100);
  return shop.backend.resultsOf(id).at(-1);
}

describe('an order that memory has let go of', () => {
  it('is looked up in the log: the rest goes back the way it came, once, across a restart', async () => {
    const shop = await busyShop();
    expect([shop.orderState('O1'), shop.process.till.book.charge('O1')]).toEqual([undefined, undefined]);
    await refund(shop, 'F2', 750);
    await shop.kill();
    await shop.start();
    await shop.untilRefund('F2', 'REFUNDED');
    expect(shop.orderState('O1')).toBe('REFUNDED');
    expect(shop.acquirer.ledger.ofOrder('O1')).toMatchObject({ charges: 1, netFen: 0 });
    const [first, second] = shop.requests('refund').map(({ text }) => JSON.parse(text) as { attemptId: string });
    expect(second?.attemptId).toBe(first?.attemptId);
  });

  it('what went back before memory let go of it counts', async () => {
    const shop = await busyShop();
    expect(await refund(shop, 'F2', 751)).toMatchObject({ phase: 'final', status: 'failed', code: 'REFUND_AMOUNT' });
    expect(await refund(shop, 'F1', 500)).toMatchObject({ phase: 'final', status: 'ok', code: 'REFUND_OK' });
    expect(shop.acquirer.ledger.refundedFen('O1')).toBe(500);
  });

  it('the window is that of the payment', async () => {
    const shop = await busyShop();
    await shop.settings({ refund: { windowDays: 9 } });
    expect(await refund(shop, 'F2', 750)).toMatchObject({ phase: 'final', status: 'failed', code: 'REFUND_WINDOW' });
  });

  it('an order that the log does not know either is not found', async () => {
    const shop = await busyShop();
    expect(await refund(shop, 'F2', 1, 'O9')).toMatchObject({ phase: 'final', status: 'failed', code: 'NOT_FOUND' });
    expect(await refund(shop, 'F3', 1, 'NEWER-1')).toMatchObject({ phase: 'final', code: 'ORDER_BLOCKED' });
  });
});

it('the log cannot be searched: nothing is given back, and the reason is told', async () => {
  const shop = await MemoryShop.open();
  shop.disk.unreadable = true;
  expect(await refund(shop, 'F1', 1, 'O9')).toMatchObject({ status: 'failed', code: 'JOURNAL_UNAVAILABLE' });
  expect(shop.requests('refund')).toEqual([]);
});
