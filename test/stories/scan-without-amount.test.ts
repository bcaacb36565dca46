import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

it('scan-without-amount: with no order open nothing is sent and nothing is stored', async () => {
  const shop = await MemoryShop.open();
  const before = [shop.disk.text(), shop.messages.length];
  const code = shop.showCode();
  shop.scan(code);
  await shop.pass(1_000);
  expect(shop.refusals()).toMatchObject([{ refusal: 'NO_OPEN_ORDER' }]);
  expect([shop.disk.text(), shop.messages.length]).toEqual(before);
  expect(JSON.stringify(shop.log)).not.toContain(code);
});
