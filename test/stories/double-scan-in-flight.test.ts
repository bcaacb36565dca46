import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

it('double-scan-in-flight: the same code again while its attempt is not final is ignored', async () => {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 12_000 } });
  await shop.collect('O1');
  const code = shop.showCode();
  shop.scan(code);
  await shop.untilState('O1', 'USER_PAYING');
  await shop.pass(3_000); // longer than the gun itself leaves out repetitions
  shop.scan(code);
  await shop.pass(100);
  expect(shop.desk.duplicateScans).toBe(1);
  expect(shop.refusals()).toMatchObject([{ refusal: 'SAME_CODE_AGAIN', sound: 'low-short' }]);
  await shop.untilState('O1', 'PAID');
  expect(shop.attemptIds('O1').length).toBe(1);
  expect(shop.requests('pay').length).toBe(1);
});
