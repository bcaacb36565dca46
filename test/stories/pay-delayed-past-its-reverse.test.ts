import { expect, it } from 'vitest';
import { HOP_MS } from '../world/broker.ts';
import { MemoryShop } from '../world/shop.ts';

it.each([47_000, 49_900, 55_000])(
  'a pay that arrives after %i ms finds its number closed: nobody is charged',
  async (late) => {
    const shop = await MemoryShop.open();
    shop.broker.fateOf = ({ topic }) => (topic.endsWith('/req/pay') ? [late] : [HOP_MS]);
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'REVERSED');
    await shop.pass(60_000);
    expect(shop.acquirer.ledger.total().charges).toBe(0);
    expect(shop.desk.blockedOrders()).toEqual([]);
  },
);
