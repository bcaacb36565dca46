import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../e2e/agent-process.ts';
import { TillWithApi } from './till-with-api.ts';

let till: TillWithApi;
beforeAll(async () => {
  till = await TillWithApi.open();
}, 40_000);
afterAll(() => till.close());

it('a program that goes wild is told to wait, and the till goes on paying', async () => {
  const wild = till.token({ program: 'wild', scopes: ['read', 'collect'] });
  const calm = till.token({ program: 'calm', scopes: ['read', 'collect'] });
  const counted = new Map<number, number>();
  const flooding = new AbortController();
  const flood = Array.from({ length: 24 }, async () => {
    while (!flooding.signal.aborted) {
      const { status, headers } = await till.ask('/v1/state', { token: wild });
      counted.set(status, (counted.get(status) ?? 0) + 1);
      if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
  });
  const sale = till.ask('/v1/orders?wait=20', { token: calm, key: 'k', body: { orderId: 'F-1', amountFen: 100 } });
  await eventually('the order at the counter', () =>
    till.agent.text.some((line) => line.includes('waiting for a paycode')),
  );
  await eventually('the flood is told to wait', () => (counted.get(429) ?? 0) > 100);
  const began = performance.now();
  await till.scan();
  const answer = await sale;
  const tookMs = performance.now() - began;
  flooding.abort();
  await Promise.all(flood);
  expect(answer.json).toMatchObject({ status: 'ok', code: 'PAID' });
  expect(tookMs).toBeLessThan(5_000);
  expect(new Set(counted.keys())).toEqual(new Set([200, 429]));
  // 60 at once and 20 a second, whatever is asked
  expect(counted.get(200)).toBeLessThan(60 + 20 * 30);
});

it('strangers who try tokens are told to wait, and nobody else is', async () => {
  const calm = till.token({ program: 'calm-2', scopes: ['read'] });
  const statuses: number[] = [];
  for (let n = 0; n < 40; n += 1)
    statuses.push((await till.ask('/v1/state', { token: `tw_${String(n).padStart(43, 'x')}` })).status);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect((await till.ask('/v1/state', { token: calm })).status).toBe(200);
});
