import { describe, expect, it } from 'vitest';
import { moments, TroubledCounter } from './troubled-sale.ts';

/** Kills of the whole agent; TILLWIRE_AGENT_KILLS=200 for a longer look. */
const KILLS = Number(process.env['TILLWIRE_AGENT_KILLS'] ?? 20);
const KILLS_A_COUNTER = 4;
/** A sale takes about 10 ms here, a start until the devices are open 300 ms. */
const SALE_MS = 25;
/** Counters at once: they mostly wait for the channel's own deadlines. */
const SIDE_BY_SIDE = 5;

/** One order, paid at last, whatever becomes of the agent meanwhile. */
async function killedSale(seed: number): Promise<void> {
  const moment = moments(seed);
  const counter = await TroubledCounter.open(`till-${seed}`);
  try {
    await counter.start();
    const order = await counter.order('ORDER-1');
    for (let kill = 0; kill < KILLS_A_COUNTER; kill++) {
      counter.scan();
      await moment(SALE_MS);
      await counter.kill();
      await counter.start();
    }
    expect(await counter.settled(order)).toMatchObject({ status: 'ok' });
    await counter.audit(['ORDER-1']);
  } finally {
    await counter.close();
  }
}

describe(`kill -9 of the whole agent, ${KILLS} times, at any moment of a sale`, () => {
  const counters = Math.ceil(KILLS / KILLS_A_COUNTER);
  const rounds = Math.ceil(counters / SIDE_BY_SIDE);
  it('each order is paid once, no slip is printed twice, nothing acknowledged is lost', {
    timeout: rounds * 240_000,
  }, async () => {
    const seed = Date.now() % 1_000_000;
    for (let first = 0; first < counters; first += SIDE_BY_SIDE) {
      const some = Array.from({ length: Math.min(SIDE_BY_SIDE, counters - first) }, (_, k) => seed + first + k);
      await Promise.all(some.map((one) => killedSale(one)));
    }
  });
});

describe('cables that are pulled during a sale', () => {
  it.each([
    ['gun', 1],
    ['printer', 2],
  ] as const)(
    'the %s vanishes and comes back: one charge, at most one original slip',
    { timeout: 200_000 },
    async (device, seed) => {
      const moment = moments(seed * 7919);
      const counter = await TroubledCounter.open(`till-${device}`);
      const { shop } = counter;
      const port = device === 'gun' ? shop.gunPort : shop.printerPort;
      const orders = ['ORDER-1', 'ORDER-2', 'ORDER-3', 'ORDER-4', 'ORDER-5'];
      try {
        await counter.start();
        for (const orderId of orders) {
          const order = await counter.order(orderId);
          counter.scan();
          await moment(15);
          await port.hangup();
          await moment(300);
          port.replug();
          expect(await counter.settled(order)).toMatchObject({ status: 'ok' });
        }
        await counter.audit(orders);
      } finally {
        await counter.close();
      }
    },
  );
});
