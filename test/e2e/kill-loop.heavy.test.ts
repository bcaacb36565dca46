import { describe, expect, it } from 'vitest';
import { moments, TroubledCounter } from './troubled-sale.ts';

/** Kills of the whole agent; TILLWIRE_AGENT_KILLS=200 for a longer look. */
const KILLS = Number(process.env['TILLWIRE_AGENT_KILLS'] ?? 20);
const KILLS_A_COUNTER = 4;
/** Counters at once: where a request was lost they wait for the channel's own deadline. */
const SIDE_BY_SIDE = 5;
/** What each kill is counted from, and how long after it, ms: the whole sale, the payment, the paper. */
const FROM = [
  { fact: 'scanned', withinMs: 20 },
  { fact: 'requested', withinMs: 6 },
  { fact: 'printed', withinMs: 3 },
] as const;

/** A sale for each kill: killed somewhere on its way, taken up again, paid at last. */
async function killedSales(seed: number): Promise<void> {
  const moment = moments(seed);
  const counter = await TroubledCounter.open(`till-${seed}`);
  const orders: string[] = [];
  try {
    await counter.start();
    for (let kill = 0; kill < KILLS_A_COUNTER; kill++) {
      const { fact, withinMs } = FROM[(seed + kill) % FROM.length] ?? FROM[0];
      orders.push(`ORDER-${kill}`);
      const order = await counter.order(`ORDER-${kill}`);
      const happened = counter.when(fact);
      counter.scan();
      await happened;
      await moment(withinMs);
      await counter.kill();
      await counter.start();
      expect(await counter.settled(order)).toMatchObject({ status: 'ok' });
    }
    await counter.audit(orders);
  } finally {
    await counter.close();
  }
}

describe(`kill -9 of the whole agent, ${KILLS} times, at any moment of a sale`, () => {
  const counters = Math.ceil(KILLS / KILLS_A_COUNTER);
  const rounds = Math.ceil(counters / SIDE_BY_SIDE);
  it('each order is paid once, no slip is printed twice, nothing acknowledged is lost', {
    timeout: rounds * 420_000,
  }, async () => {
    const seed = Date.now() % 1_000_000;
    for (let first = 0; first < counters; first += SIDE_BY_SIDE) {
      const some = Array.from({ length: Math.min(SIDE_BY_SIDE, counters - first) }, (_, k) => seed + first + k);
      // all come to their end, also beside one that failed: no agent is left behind
      const ends = await Promise.allSettled(some.map((one) => killedSales(one)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
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
          await port.replug();
          expect(await counter.settled(order)).toMatchObject({ status: 'ok' });
        }
        await counter.audit(orders);
      } finally {
        await counter.close();
      }
    },
  );
});
