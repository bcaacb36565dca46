import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

it('over-local-limit: nothing is sent and nothing is split', async () => {
  const shop = await MemoryShop.open({ limits: { maxFen: 50_000 } });
  const over = await shop.collect('O1', 50_001);
  expect(shop.backend.resultsOf(over)).toMatchObject([{ status: 'failed', code: 'AMOUNT_OVER_LIMIT' }]);
  shop.scan(shop.showCode());
  await shop.pass(60_000);
  expect(shop.messages.filter(({ topic }) => topic.includes('/req/'))).toEqual([]);
  await shop.collect('O2', 50_000);
  shop.scan(shop.showCode('alipay'));
  await shop.untilState('O2', 'PAID');
});

it('over-local-limit: a limit that tightens holds for the order at the counter, across a restart', async () => {
  const shop = await MemoryShop.open({ limits: { maxFen: 50_000 } });
  await shop.collect('O1', 40_000);
  await shop.settings({ maxFen: 30_000 });
  await shop.kill();
  await shop.start();
  await shop.pass(1_000);
  shop.scan(shop.showCode());
  await shop.pass(1_000);
  expect(shop.refusals()).toMatchObject([{ refusal: 'AMOUNT_OVER_LIMIT' }]);
  expect(shop.requests('pay')).toEqual([]);
});

it('over-local-limit: the journal cannot loosen what the configuration says', async () => {
  const shop = await MemoryShop.open({ limits: { maxFen: 50_000 } });
  await shop.settings({ maxFen: 900_000 });
  const over = await shop.collect('O1', 50_001);
  expect(shop.backend.resultsOf(over)).toMatchObject([{ code: 'AMOUNT_OVER_LIMIT' }]);
});
