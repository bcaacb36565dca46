import { expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

// That a pay request left is written down a moment behind it, or when the till is stopped in this moment.

/** A shop in the moment behind a request. */
async function justSent() {
  const shop = await MemoryShop.open();
  shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' } });
  await shop.collect('O1');
  const stall = shop.disk.stallAt('"CREATED"');
  shop.scan(shop.showCode());
  await shop.passUntil('the attempt is being written', () => stall.met);
  stall.release();
  await shop.pass(1);
  return shop;
}

async function noted(shop: MemoryShop): Promise<boolean> {
  const files = shop.disk.open();
  const names = (await files.list()).filter((name) => name.startsWith('journal-'));
  const texts = await Promise.all(names.map(async (name) => Buffer.from(await files.read(name)).toString()));
  return texts.join('').includes('"SUBMITTED"');
}

it('nothing is noted while the request is on its way out', async () => {
  const shop = await justSent();
  expect(await noted(shop)).toBe(false);
  await shop.pass(100);
  expect(shop.requests('pay')).toHaveLength(1);
  expect(await noted(shop)).toBe(true);
});

it('a till that stops in this moment has written it down', async () => {
  const shop = await justSent();
  const stopped = shop.process.till.stop();
  await shop.pass(5_000);
  await stopped;
  expect(await noted(shop)).toBe(true);
});
