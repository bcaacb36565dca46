import { describe, expect, it } from 'vitest';
import { topicsOf } from '../../protocols/backend/topics.ts';
import { HOP_MS } from '../world/broker.ts';
import { MemoryShop, TILL } from '../world/shop.ts';

/** On their way at once. */
const WINDOW = 16;
/** Every second one is the same code again, and not told. */
const SCANS = 40;
const PRODUCT = '6901234567892';

describe('an acknowledgement of events that comes late', () => {
  it('of an earlier process, while as many as may be are on their way: they are sent again all the same', async () => {
    const shop = new MemoryShop();
    await shop.start();
    await shop.pass(1_000);
    await shop.sell('O1');
    await shop.pass(2_000);
    const upto = Math.max(...shop.backend.events(TILL).map(({ seq }) => seq));
    await shop.kill();
    shop.broker.fateOf = ({ topic }) => (topic.includes('/evt/') ? [] : [HOP_MS]);
    await shop.start();
    await shop.pass(1_000);
    await shop.collect('O2');
    for (let n = 0; n < SCANS; n++) {
      shop.scan(PRODUCT);
      await shop.pass(3_000);
    }
    shop.broker.publish(topicsOf(TILL).eventAck, { v: 1, upto }, 1);
    await shop.pass(100);
    shop.broker.fateOf = () => [HOP_MS];
    await shop.pass(70_000);
    expect(shop.events('scan-refused').length).toBeGreaterThan(WINDOW);
  });
});
