import { describe, expect, it } from 'vitest';
import { checkedClosings } from '../../simulator/backend/closing-book.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop, TILL } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

// A shift or a day is closed, and the backend hears of it: once, whole, whatever happens to the till meanwhile.

const clerk = (shop: MemoryShop) => new LocalCaller(shop, 'till-page', 'clerk-1');
const ask = (shop: MemoryShop, path: string) => clerk(shop).ask(path, { body: {} });

async function aShift(shop: MemoryShop): Promise<void> {
  await ask(shop, '/v1/shifts');
  await shop.sell('O1', 3_580);
  await shop.sell('O2', 2_000, 'alipay');
  const who = { reason: '退货', requestedBy: 'clerk.7', approvedBy: 'manager.2' };
  await shop.command('refund', { refundId: 'F1', orderId: 'O1', refundFen: 580, currency: 'CNY', ...who }, BACKEND_KEY);
  await shop.untilRefund('F1', 'REFUNDED');
}

describe('closings reach the backend', () => {
  it('a shift and its day, with the sums that the backend has by itself', async () => {
    const shop = await MemoryShop.open();
    await shop.sell('BEFORE', 900);
    await aShift(shop);
    await ask(shop, '/v1/shifts/1/close');
    await ask(shop, '/v1/days/1/close');
    await shop.passUntil('both', () => shop.events('closing').length === 2);
    expect(shop.events('closing')).toMatchObject([
      { period: 'shift', number: 1, openedBy: 'clerk-1', closedBy: 'clerk-1', total: { count: 2, salesFen: 5_580 } },
      { period: 'day', number: 1, closedBy: 'clerk-1', total: { count: 3, salesFen: 6_480, refundFen: 580 } },
    ]);
    expect(shop.backend.closings(TILL).map(({ differences }) => differences)).toEqual([[], []]);
    expect(shop.malformed).toEqual([]);
  });

  it('killed between the closing and the acknowledgement: told again by the next process, kept once, and it agrees', async () => {
    const shop = await MemoryShop.open();
    await aShift(shop);
    await shop.pass(5_000);
    shop.backend.acknowledgesEvents = false;
    const closed = await ask(shop, '/v1/shifts/1/close');
    expect(closed.status).toBe(200);
    await shop.passUntil('the closing', () => shop.events('closing').length === 1);
    await shop.kill(0);
    shop.backend.acknowledgesEvents = true;
    await shop.start();
    const sent = () => shop.messages.filter(({ topic }) => topic.endsWith('/evt/closing')).length;
    await shop.passUntil('that it is told again', () => sent() === 2);
    await shop.pass(5_000);
    expect(shop.process.till.book.pending(0, 10)).toEqual([]);
    expect(shop.events('closing')).toHaveLength(1);
    expect(shop.events('closing')[0]?.total).toEqual((closed.json as { total: unknown }).total);
    expect(shop.backend.closings(TILL)[0]?.differences).toEqual([]);
  });

  it('killed before a byte of it left, and the power fails: it is told after the next start', async () => {
    const shop = await MemoryShop.open();
    await aShift(shop);
    shop.broker.fateOf = ({ topic }) => (topic.includes('/evt/') ? [] : [1]);
    await ask(shop, '/v1/shifts/1/close');
    await shop.kill(0);
    shop.broker.fateOf = () => [1];
    expect(shop.events('closing')).toEqual([]);
    await shop.start();
    await shop.passUntil('the closing', () => shop.events('closing').length === 1);
    expect(shop.backend.closings(TILL)[0]?.differences).toEqual([]);
  });

  it('a till that says otherwise is found out, channel by channel', async () => {
    const shop = await MemoryShop.open();
    await aShift(shop);
    await ask(shop, '/v1/shifts/1/close');
    await shop.passUntil('the closing', () => shop.events('closing').length === 1);
    const others = shop.backend.events(TILL).filter(({ data }) => data.type !== 'refund');
    expect(checkedClosings(others)[0]?.differences).toEqual([
      {
        channel: 'WECHAT',
        till: { count: 1, salesFen: 3_580, refundCount: 1, refundFen: 580 },
        backend: { count: 1, salesFen: 3_580, refundCount: 0, refundFen: 0 },
      },
    ]);
  });
});
