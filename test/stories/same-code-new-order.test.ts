import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

it('same-code-new-order: a code seen in the last ten minutes is used up, and nobody is asked', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  const code = shop.showCode('alipay');
  shop.scan(code);
  await shop.untilState('O1', 'PAID');
  await shop.collect('O2');
  await shop.pass(9 * 60_000);
  shop.scan(code);
  await shop.pass(1_000);
  expect(shop.refusals()).toMatchObject([{ refusal: 'CODE_USED' }]);
  expect(shop.requests('pay').length).toBe(1);
  expect(shop.attempts('O2')).toEqual([]);
});

it('same-code-new-order: a code whose attempt could not even be written down is not used up', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  const code = shop.showCode();
  shop.disk.trouble = 'ENOSPC';
  shop.scan(code);
  await shop.pass(2_000);
  expect(shop.refusals()).toMatchObject([{ refusal: 'JOURNAL_UNAVAILABLE' }]);
  expect(shop.requests('pay')).toEqual([]);
  shop.disk.trouble = undefined;
  shop.scan(code);
  await shop.untilState('O1', 'PAID');
});
