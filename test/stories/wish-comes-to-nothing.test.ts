import { expect, it } from 'vitest';
import { CardShop } from './card-shop.ts';
import { LocalCaller } from './local-caller.ts';

// A wish at the card terminal is accepted and on disk before its turn comes. What comes to nothing in that turn is told to whoever
// asked, with its cause and what to do, and not left to be found out by waiting.

const MOMENT_MS = 1_000;

it.each([
  ['/v1/pre-authorisations', 'a hold'],
  ['/v1/card-sales', 'a card payment'],
])('%s: two wishes in one breath: the second one hears at once that the terminal is taken', async (path) => {
  const card = await CardShop.open('zvt');
  const caller = new LocalCaller(card.shop);
  const began = card.shop.clock.mono();
  const first = caller.begin('/v1/pre-authorisations', { key: 'first', body: { orderId: 'A', amountFen: 5_000 } });
  const second = await caller.ask(path, { key: 'second', body: { orderId: 'B', amountFen: 700 } });
  expect(card.shop.clock.mono() - began).toBeLessThan(MOMENT_MS);
  expect(second).toMatchObject({
    status: 200,
    json: { phase: 'final', status: 'failed', code: 'DEVICE_BUSY' },
  });
  expect(second.json['why']).toMatchObject({ cause: { zh: expect.any(String) }, remedy: { zh: expect.any(String) } });
  expect((await first).status).toBe(202);
  expect(card.orderState('B')).toBeUndefined();
  const again = await caller.ask(path, { key: 'second', body: { orderId: 'B', amountFen: 700 } });
  expect(again.json).toMatchObject({ status: 'failed', code: 'DEVICE_BUSY', replayed: true });
});
