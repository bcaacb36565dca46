import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

it('two programs use the same key: two wishes', async () => {
  const shop = await MemoryShop.open();
  const [till, stock] = [new LocalCaller(shop, 'cashier'), new LocalCaller(shop, 'stock')];
  const one = await till.ask('/v1/orders', { key: 'k', body: { orderId: 'A', amountFen: 100 } });
  const two = await stock.ask('/v1/orders', { key: 'k', body: { orderId: 'B', amountFen: 200 } });
  expect([one.status, two.status]).toEqual([202, 202]);
  expect(one.json['commandId']).not.toBe(two.json['commandId']);
  // the order that nobody had tried to pay gave way, and its program is told
  const first = await till.ask('/v1/orders?wait=5', { key: 'k', body: { orderId: 'A', amountFen: 100 } });
  expect(first.json).toMatchObject({ phase: 'final', status: 'cancelled', replayed: true });
});

it('while one pays, the other is told that the counter is busy; with its own key it may try again', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 10_000 } });
  await new LocalCaller(shop, 'cashier').ask('/v1/orders', { key: 'k', body: { orderId: 'A', amountFen: 100 } });
  shop.scan(shop.showCode());
  await shop.untilState('A', 'USER_PAYING');
  const other = new LocalCaller(shop, 'stock');
  const busy = await other.ask('/v1/orders', { key: 'k', body: { orderId: 'B', amountFen: 200 } });
  expect(busy).toMatchObject({ status: 409, json: { code: 'DEVICE_BUSY', retryable: true } });
  await shop.untilState('A', 'PAID');
  await shop.pass(100);
  // refused is proof that nothing was done: the same key is free
  const later = await other.ask('/v1/orders', { key: 'k', body: { orderId: 'B', amountFen: 200 } });
  expect(later).toMatchObject({ status: 202, json: { phase: 'accepted' } });
});

it('[003-15] a program and the backend ask for the same order: one amount, one payment', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('A', 100);
  const caller = new LocalCaller(shop);
  const dearer = await caller.ask('/v1/orders', { key: 'k1', body: { orderId: 'A', amountFen: 150 } });
  expect(dearer).toMatchObject({ status: 409, json: { code: 'IDEMPOTENCY_CONFLICT' } });
  await caller.ask('/v1/orders', { key: 'k2', body: { orderId: 'A', amountFen: 100 } });
  shop.scan(shop.showCode());
  await shop.untilState('A', 'PAID');
  await shop.pass(100);
  const paid = await caller.ask('/v1/orders', { key: 'k3', body: { orderId: 'A', amountFen: 100 } });
  expect(paid).toMatchObject({ status: 409, json: { code: 'ORDER_BLOCKED' } });
  expect(shop.acquirer.ledger.total().charges).toBe(1);
});
