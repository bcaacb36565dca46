import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

/** An Alipay payment whose reversal the channel cannot settle for `tries` tries. */
async function unsure(tries: number) {
  const shop = await MemoryShop.open();
  const trouble = Array.from({ length: tries }, () => ({ code: 'ACQ.SYSTEM_ERROR' }));
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' }, trouble: { reverse: trouble } });
  const command = await shop.collect('O1');
  shop.scan(shop.showCode('alipay'));
  await shop.untilState('O1', 'REVERSING');
  return { shop, command };
}

it('after 60 s only the counter is freed: the order stays blocked, listed and reversing', async () => {
  const { shop, command } = await unsure(8);
  await shop.pass(59_000);
  expect(shop.desk.blockedOrders()).toEqual([]);
  const busy = await shop.collect('O2');
  expect(shop.backend.resultsOf(busy)).toMatchObject([{ code: 'DEVICE_BUSY' }]);
  await shop.pass(2_000);
  expect(shop.desk.blockedOrders()).toMatchObject([{ orderId: 'O1', why: 'REVERSE_PENDING', amountFen: 1250 }]);
  expect(shop.backend.resultsOf(command).at(-1)).toMatchObject({
    phase: 'progress',
    status: 'unknown',
    code: 'REVERSE_PENDING',
  });

  await shop.collect('O3');
  shop.scan(shop.showCode());
  await shop.untilState('O3', 'PAID');
  const again = await shop.collect('O1');
  expect(shop.backend.resultsOf(again)).toMatchObject([{ code: 'ORDER_BLOCKED' }]);

  await shop.untilState('O1', 'REVERSED', 3_600_000);
  await shop.pass(100);
  expect(shop.desk.blockedOrders()).toEqual([]);
  expect(shop.backend.resultsOf(command).at(-1)).toMatchObject({
    phase: 'final',
    status: 'declined',
    code: 'REVERSED',
  });
  const fresh = await shop.collect('O1');
  expect(shop.backend.resultsOf(fresh)).toMatchObject([{ code: 'ACCEPTED' }]);
});

it('the reverses leave at the published times, also after the counter was freed', async () => {
  const { shop } = await unsure(8);
  const times: number[] = [];
  let seen = 0;
  await shop.passUntil(
    'REVERSED',
    () => {
      const sent = shop.requests('reverse').length;
      if (sent > seen) times.push(shop.clock.mono());
      seen = sent;
      return shop.state('O1') === 'REVERSED';
    },
    3_600_000,
  );
  const waits = times.slice(1).map((at, n) => Math.round((at - (times[n] ?? 0)) / 1_000));
  expect(waits).toEqual([2, 4, 8, 16, 30, 60, 300, 300]);
});

it('a restart keeps the order blocked, asks first, and frees the counter when its minute is over', async () => {
  const { shop } = await unsure(20);
  await shop.pass(30_000);
  await shop.kill();
  await shop.start();
  await shop.pass(2_000);
  const [query, reverse] = [shop.requests('query').length, shop.requests('reverse').length];
  expect([query > 0, reverse > 0]).toEqual([true, true]);
  const busy = await shop.collect('O2');
  expect(shop.backend.resultsOf(busy)).toMatchObject([{ code: 'DEVICE_BUSY' }]);
  await shop.pass(30_000);
  expect(shop.desk.blockedOrders().map(({ orderId }) => orderId)).toEqual(['O1']);
  await shop.collect('O2');
  shop.scan(shop.showCode());
  await shop.untilState('O2', 'PAID');
});
