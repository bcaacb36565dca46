import { expect, it } from 'vitest';
import { eventStream } from '../../../agent/console/event-stream.ts';
import { settled } from '../../world/pass.ts';
import { MemoryShop } from '../../world/shop.ts';

/** A stream of a shop in virtual time, read by hand. */
async function watch(shop: MemoryShop, after?: number) {
  const told: string[] = [];
  const ends = { ended: 0, cut: 0 };
  const stream = eventStream({
    feed: shop.process.till.feed,
    clock: shop.process.clock,
    after,
    cut: () => {
      ends.cut += 1;
    },
    onEnd: () => {
      ends.ended += 1;
    },
  });
  const reader = stream.getReader();
  const read = async () => {
    const { value, done } = await reader.read();
    if (value) told.push(new TextDecoder().decode(value));
    return done;
  };
  return { told, ends, read, reader };
}

it('a reader that takes nothing for half a minute is let go, with the number to go on from', async () => {
  const shop = await MemoryShop.open();
  const { told, ends, read } = await watch(shop);
  await read();
  await shop.pass(29_000);
  expect(ends).toEqual({ ended: 0, cut: 0 });
  await shop.pass(2_000);
  expect(ends.ended).toBe(1);
  await shop.pass(3_000);
  expect(ends.cut).toBe(1);
  while (!(await read()));
  expect(told.at(-1)).toMatch(/^event: end\ndata: {"reason":"SLOW_READER","after":\d+}\n\n$/);
});

it('nothing is kept for a reader that is slow: it gets the rest from the log, in order', async () => {
  const shop = await MemoryShop.open();
  const { told, read } = await watch(shop, 0);
  await read();
  for (let n = 0; n < 1_200; n += 1)
    await shop.process.till.book.write({
      type: 'ORDER',
      order: { orderId: `O${n}`, amountFen: 1, commandId: 'c', state: 'CANCELLED' },
    });
  for (let seen = 0; seen < 1_200; seen = (told.join('').match(/event: order/g) ?? []).length) await read();
  const ids = [...told.join('').matchAll(/^id: (\d+)\nevent: order$/gm)].map(([, id]) => Number(id));
  expect(ids.length).toBe(1_200);
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
});

it('silence is broken every 15 s, so that nobody takes it for a dead line', async () => {
  const shop = await MemoryShop.open();
  // by then the counter has been told that this printer says nothing
  await shop.pass(30_000);
  const { told, read } = await watch(shop);
  await read();
  const next = read();
  await settled();
  await shop.pass(16_000);
  await next;
  expect(told.at(-1)).toBe(':\n\n');
});
