import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../e2e/agent-process.ts';
import { EventReaderClient } from './event-reader.ts';
import { TillWithApi } from './till-with-api.ts';

describe('whoever watches the till', () => {
  let till: TillWithApi;
  let token: string;
  beforeAll(async () => {
    till = await TillWithApi.open();
    token = till.token({ scopes: ['read', 'collect'] });
  }, 40_000);
  afterAll(() => till.close());

  let orders = 0;
  const order = (orderId = `E-${++orders}`) =>
    till.ask('/v1/orders', { token, key: `k-${orderId}`, body: { orderId, amountFen: 100 } });
  const sale = async () => {
    const { json } = await order();
    await eventually(
      'an order at the counter',
      () => till.agent.text.filter((line) => line.includes('waiting for a paycode')).length > 0,
    );
    await till.scan();
    const orderId = `E-${orders}`;
    await till.ask('/v1/orders?wait=20', { token, key: `k-${orderId}`, body: { orderId, amountFen: 100 } });
    return json;
  };

  it('sees a sale from order to slip, in the order of the journal', async () => {
    const watcher = await EventReaderClient.open(till.url, token);
    await eventually('the greeting', () => watcher.events.length > 0);
    expect(watcher.events[0]).toMatchObject({ event: 'hello', id: expect.any(Number) });
    await sale();
    await eventually('the slip', () =>
      watcher.events.some(
        ({ event, data }) => event === 'slip' && (data['slip'] as { state: string }).state === 'sent',
      ),
    );
    // the command's result is written behind the slip
    await eventually("the command's end", () => watcher.events.some(({ event }) => event === 'command'));
    const types = watcher.events.map(({ event }) => event);
    expect(types[1]).toBe('order');
    expect(types).toContain('attempt');
    const paid = watcher.events.find(
      ({ data }) => (data['attempt'] as { state?: string } | undefined)?.state === 'PAID',
    );
    expect(paid?.data).toMatchObject({ order: { state: 'PAID' }, attempt: { clerk: { zh: '收款成功' } } });
    expect(watcher.ids).toEqual([...new Set(watcher.ids)].toSorted((a, b) => a - b));
    watcher.close();
  });

  it('loses nothing and doubles nothing: cut off, agent killed, and back with the last number', async () => {
    const whole = await EventReaderClient.open(till.url, token, 0);
    const first = await EventReaderClient.open(till.url, token, 0);
    await order();
    await eventually('it is told', () =>
      first.events.some(({ data }) => JSON.stringify(data).includes(`"E-${orders}"`)),
    );
    const seen = [...first.ids];
    first.close();
    await sale();
    await eventually('the sale is on disk', () =>
      whole.events.some(({ event, data }) => event === 'slip' && (data['slip'] as { state: string }).state === 'sent'),
    );
    await till.restart('SIGKILL');
    await order('AFTER');
    const second = await EventReaderClient.open(till.url, token, seen.at(-1));
    await eventually('what came after the restart', () =>
      second.events.some(({ data }) => JSON.stringify(data).includes('"AFTER"')),
    );
    const all = await EventReaderClient.open(till.url, token, 0);
    await eventually('everything again', () => all.lastId === second.lastId);
    expect([...seen, ...second.ids]).toEqual(all.ids);
    expect(all.events.some(({ event }) => event === 'gap')).toBe(false);
    for (const reader of [whole, second, all]) reader.close();
  });

  it('a number that this log never had is told as a gap, not as silence', async () => {
    const watcher = await EventReaderClient.open(till.url, token, 1_000_000);
    await eventually('the gap', () => watcher.events.some(({ event }) => event === 'gap'));
    expect(watcher.events.find(({ event }) => event === 'gap')?.data).toMatchObject({ after: 1_000_000 });
    const { json } = await till.ask('/v1/state', { token });
    expect(watcher.lastId).toBe((json['journal'] as { head: number }).head);
    watcher.close();
  });

  it('two programs see the same numbers', async () => {
    const other = till.token({ program: 'stock', scopes: ['read'] });
    const [one, two] = await Promise.all([
      EventReaderClient.open(till.url, token, 0),
      EventReaderClient.open(till.url, other, 0),
    ]);
    await order();
    for (const watcher of [one, two])
      await eventually('the order', () =>
        watcher.events.some(({ data }) => JSON.stringify(data).includes(`"E-${orders}"`)),
      );
    expect(one.ids).toEqual(two.ids);
    one.close();
    two.close();
  });

  it('at most 16 watchers; a place that is left is free again', async () => {
    const watchers = await Promise.all(Array.from({ length: 16 }, () => EventReaderClient.open(till.url, token)));
    expect(watchers.map(({ status }) => status)).toEqual(Array(16).fill(200));
    const more = await till.ask('/v1/events', { token });
    expect(more).toMatchObject({ status: 429, json: { code: 'TOO_MANY_STREAMS' } });
    for (const watcher of watchers) watcher.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
    const until = Date.now() + 10_000;
    let again = await EventReaderClient.open(till.url, token);
    while (again.status !== 200 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      again = await EventReaderClient.open(till.url, token);
    }
    expect(again.status).toBe(200);
    again.close();
  });

  it('is told when the agent stops', async () => {
    const watcher = await EventReaderClient.open(till.url, token);
    await eventually('the greeting', () => watcher.events.length > 0);
    await till.agent.kill('SIGTERM');
    await eventually('the last words', () => watcher.events.some(({ event }) => event === 'end'));
    expect(watcher.events.at(-1)).toMatchObject({
      event: 'end',
      data: { reason: 'STOPPING', after: expect.any(Number) },
    });
  });
});
