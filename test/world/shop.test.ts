import { expect, it } from 'vitest';
import { MemoryShop } from './shop.ts';

it('sells once in memory: scan, pay, paid, slip', async () => {
  const shop = await MemoryShop.open();
  const id = await shop.collect('O1');
  shop.scan(shop.showCode());
  const paid = await shop.untilState('O1', 'PAID');
  await shop.pass(2_000);
  expect(shop.acquirer.ledger.ofOrder('O1')).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
  expect(shop.acquirer.stateOf(paid.attemptId)).toBe('paid');
  expect(shop.backend.resultsOf(id).map(({ phase, code }) => [phase, code])).toEqual([
    ['accepted', 'ACCEPTED'],
    ['final', 'PAID'],
  ]);
  expect(shop.paper.length).toBeGreaterThan(200);
  expect(shop.malformed).toEqual([]);
});
