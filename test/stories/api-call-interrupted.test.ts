import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

const ORDER = { orderId: 'D-1', amountFen: 1250 };

it('the agent dies in the middle of a call: the same call again gets its answer, and one charge stays', async () => {
  const shop = await MemoryShop.open();
  void new LocalCaller(shop).begin('/v1/orders?wait=60', { key: 'k', body: ORDER });
  await shop.passUntil('the order is at the counter', () => shop.desk.counterOrder?.orderId === 'D-1');
  await shop.kill();
  await shop.start();
  await shop.pass(2_000);
  const again = await new LocalCaller(shop).ask('/v1/orders', { key: 'k', body: ORDER });
  expect(again).toMatchObject({ status: 202, json: { phase: 'accepted', replayed: true } });
  shop.scan(shop.showCode());
  await shop.untilState('D-1', 'PAID');
  const paid = await new LocalCaller(shop).ask('/v1/orders?wait=5', { key: 'k', body: ORDER });
  expect(paid).toMatchObject({ status: 200, json: { phase: 'final', status: 'ok', code: 'PAID', replayed: true } });
  expect(shop.acquirer.ledger.total()).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
});

it('dies after the payment and before anybody was told: the answer is still there', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 8_000 } });
  void new LocalCaller(shop).begin('/v1/orders?wait=60', { key: 'k', body: ORDER });
  await shop.passUntil('the order is at the counter', () => shop.desk.counterOrder?.orderId === 'D-1');
  shop.scan(shop.showCode());
  await shop.untilState('D-1', 'USER_PAYING');
  await shop.kill();
  await shop.pass(20_000);
  await shop.start();
  await shop.untilState('D-1', 'PAID');
  const told = await new LocalCaller(shop).ask('/v1/orders?wait=5', { key: 'k', body: ORDER });
  expect(told.json).toMatchObject({ phase: 'final', status: 'ok', code: 'PAID', replayed: true });
  expect(shop.acquirer.ledger.total()).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
});

it('ten copies of one call at once are one wish', async () => {
  const shop = await MemoryShop.open();
  const caller = new LocalCaller(shop);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => caller.ask('/v1/orders', { key: 'k', body: ORDER })),
  );
  expect(new Set(answers.map(({ json }) => json['commandId'])).size).toBe(1);
  expect(answers.filter(({ json }) => json['replayed'] === true).length).toBe(9);
  expect(shop.log.filter(({ msg }) => msg === 'command accepted').length).toBe(1);
});

it('the key of yesterday with another wish is a conflict, also after a restart', async () => {
  const shop = await MemoryShop.open();
  await new LocalCaller(shop).ask('/v1/orders', { key: 'k', body: ORDER });
  await shop.kill();
  await shop.start();
  await shop.pass(86_400_000);
  const other = await new LocalCaller(shop).ask('/v1/orders', { key: 'k', body: { ...ORDER, amountFen: 1300 } });
  expect(other).toMatchObject({ status: 409, json: { code: 'IDEMPOTENCY_CONFLICT' } });
  expect(shop.requests('pay')).toEqual([]);
});
