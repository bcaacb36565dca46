import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

// Seed 001-6: in the store the gun reads the customer's code. The other four scenes end in the same shop and the same book.

it('[001-6] the gun collects one order while the code of another is open; each is paid once', async () => {
  const shop = await MemoryShop.open();
  shop.acquirer.intents.send({ buyers: [{ afterMs: 40_000, wallet: 'ALIPAY' }] });
  await shop.intent({
    orderId: 'OUTSIDE',
    forms: ['delivery'],
    lines: [{ name: '米', quantity: '1', priceFen: 3580, amountFen: 3580 }],
  });
  await shop.collect('INSIDE', 1250);
  shop.scan(shop.showCode());
  await shop.untilState('INSIDE', 'PAID');
  await shop.untilIntent('OUTSIDE', 'PAID');
  await shop.pass(20_000);
  expect(shop.acquirer.ledger.ofOrder('INSIDE')).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
  expect(shop.acquirer.ledger.ofOrder('OUTSIDE')).toEqual({ charges: 1, reversals: 0, netFen: 3580 });
  expect(shop.slipText().match(/签购单/g)).toHaveLength(2);
});

it('an order under way with the gun takes no code, and one that the gun has paid takes none either', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 20_000 } });
  await shop.collect('GUN-1', 3580);
  shop.scan(shop.showCode());
  await shop.untilState('GUN-1', 'USER_PAYING');
  const ask = () => shop.order('intent', { orderId: 'GUN-1', amountFen: 3580, currency: 'CNY' });
  expect(await ask()).toMatchObject({ status: 'failed', code: 'ORDER_BLOCKED' });
  await shop.untilState('GUN-1', 'PAID');
  expect(await ask()).toMatchObject({ status: 'failed', code: 'ORDER_BLOCKED' });
  expect(shop.requests('intent')).toEqual([]);
});
