import { describe, expect, it } from 'vitest';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop, TILL } from '../world/shop.ts';

// Two attempts of one order are refused, and the channel says yes to both afterwards: the second surprise is as much money as the
// first, and the person who looks is asked about both.

async function refusedThreeTimes() {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  for (let n = 0; n < 3; n++) {
    shop.customer({ behaviour: { kind: 'refuses', code: 'NOTENOUGH' } });
    shop.scan(shop.showCode());
    await shop.passUntil('a refusal', () => shop.attempts('O1').filter(isFailed).length === n + 1, 60_000);
    await shop.pass(100);
  }
  const refusals = shop.messages.filter(({ topic, text }) => topic.includes('/rep/') && text.includes('NOTENOUGH'));
  const sayYes = async (n: number) => {
    const { topic = '', text = '{}' } = refusals[n] ?? {};
    const reply = { ...(JSON.parse(text) as object), code: 'SUCCESS', paidFen: 1250, paidAt: shop.clock.now() };
    shop.broker.publish(topic, reply, 1);
    await shop.pass(1_000);
  };
  const ids = [
    ...new Set(
      shop
        .attempts('O1')
        .filter(isFailed)
        .map(({ attemptId }) => attemptId),
    ),
  ];
  return { shop, sayYes, ids };
}

const isFailed = ({ state }: { readonly state: string }) => state === 'FAILED';

describe('a second late yes while nobody has looked at the first', () => {
  it('is on disk and told to the backend with its evidence, once, and stays over a restart', async () => {
    const { shop, sayYes, ids } = await refusedThreeTimes();
    for (const n of [0, 1, 1, 0]) await sayYes(n);
    const told = shop.attempts('O1').filter(({ lateSuccess }) => lateSuccess);
    expect(told.map(({ attemptId }) => attemptId)).toEqual(ids.slice(0, 2));
    for (const { evidence } of told) expect(evidence).toBeDefined();
    const order = { state: 'DISPUTED', lateSuccess: ids[0], alsoLate: [ids[1]] };
    expect(shop.process.till.book.orders.get('O1')).toMatchObject(order);
    await shop.kill();
    await shop.start();
    expect(shop.process.till.book.orders.get('O1')).toMatchObject(order);
  });

  it('is settled by the person with the first, and neither disputes anything again', async () => {
    const { shop, sayYes, ids } = await refusedThreeTimes();
    for (const n of [0, 1]) await sayYes(n);
    const args = { orderId: 'O1', personId: 'manager.2', reason: 'both went back', outcome: 'unpaid' };
    expect(await shop.sendCommand(shop.backend.draft(TILL, 'resolve', args, BACKEND_KEY))).toMatchObject({
      code: 'RESOLVED',
    });
    expect(shop.events('resolution')).toMatchObject([{ about: ids.slice(0, 2) }]);
    expect(shop.orderState('O1')).toBe('OPEN');
    await sayYes(1);
    expect(shop.orderState('O1')).toBe('OPEN');
  });

  it.each(['paid', 'unpaid'] as const)(
    'the first is %s, says the person; a later yes to the last is news',
    async (outcome) => {
      const { shop, sayYes, ids } = await refusedThreeTimes();
      await sayYes(0);
      const args = { orderId: 'O1', personId: 'manager.2', reason: 'looked', outcome };
      await shop.sendCommand(shop.backend.draft(TILL, 'resolve', args, BACKEND_KEY));
      expect(shop.events('resolution')).toMatchObject([{ about: [ids[0]] }]);
      await sayYes(2);
      expect(shop.process.till.book.orders.get('O1')).toMatchObject({ state: 'DISPUTED', lateSuccess: ids[2] });
      expect(shop.attempts('O1').at(-1)).toMatchObject({ attemptId: ids[2], lateSuccess: true });
    },
  );
});
