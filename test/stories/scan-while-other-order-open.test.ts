import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

it('scan-while-other-order-open: another code while an attempt is open is refused', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 20_000 } });
  await shop.collect('O1');
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'USER_PAYING');
  shop.scan(shop.showCode('alipay'));
  await shop.pass(100);
  expect(shop.refusals()).toMatchObject([{ refusal: 'ATTEMPT_OPEN' }]);
  const second = await shop.collect('O2');
  expect(shop.backend.resultsOf(second)).toMatchObject([{ status: 'failed', code: 'DEVICE_BUSY' }]);
  await shop.untilState('O1', 'PAID');
  expect(shop.requests('pay').length).toBe(1);
  expect(shop.acquirer.ledger.total().charges).toBe(1);
});
