import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../simulator/scenarios/scenario.ts';
import { eventually } from '../e2e/agent-process.ts';
import { LabBench } from './lab-bench.ts';

describe('what was done at the counter, kept and played again', () => {
  let bench: LabBench;
  beforeAll(async () => {
    bench = await LabBench.open({ browser: false });
  }, 60_000);
  afterAll(() => bench.close());

  const post = async (path: string, body: object) => {
    const answer = await fetch(`${bench.server.url}v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect({ path, status: answer.status, said: await answer.json() }).toMatchObject({ path, status: 200 });
  };
  const saved = async () => {
    const answer = await fetch(`${bench.server.url}v1/scenario`);
    return (await answer.json()) as { scenario: { steps: object[]; expect: object }; leftOut: object[] };
  };
  const story = () => bench.counter.player.view();
  const orderIs = (state: string) =>
    eventually(state, () => bench.counter.orders.view(bench.ledger).at(-1)?.attempts.at(-1)?.state === state, 30_000);

  it('a sale without paper is saved as a story, and the story sells again, with the same end', async () => {
    await post('printer', { paper: 'end' });
    await post('orders', { amountFen: 770 });
    await eventually('taken up', () => bench.counter.orders.view(bench.ledger).at(-1)?.answer === 'accepted');
    await post('phone', { mood: 'pays' });
    await post('gun/scan', {});
    await orderIs('PAID');
    await post('printer', { paper: 'ok' });
    await eventually('printed', () => bench.counter.slips.count === 1);

    const { scenario, leftOut } = await saved();
    expect(leftOut).toEqual([]);
    expect(scenario).toMatchObject({
      expect: { orders: { A: { state: 'PAID', charges: 1, reversals: 0, net: '7.70' } }, slips: { count: 1 } },
    });
    expect(scenario.steps).toEqual(
      expect.arrayContaining([
        { printer: 'runs out of paper' },
        { backend: 'asks to collect', yuan: '7.70', order: 'A' },
        { customer: 'shows', wallet: 'wechat' },
        { phone: 'pays at once' },
        { gun: 'reads' },
        { printer: 'gets paper' },
      ]),
    );
    expect(() => parseScenario(scenario, 'saved')).not.toThrow();

    await post('story/play', { scenario });
    await eventually('played', () => story().playing === null, 60_000);
    expect(story().last).toEqual({ name: 'by-hand', ok: true, wrong: [] });
    expect(bench.ledger.total()).toMatchObject({ charges: 2, netFen: 1_540 });
  });

  it('a story of the catalogue plays twice on the same till: its orders have fresh numbers', async () => {
    for (const _ of [1, 2]) {
      await post('story/play', { name: 'paid' });
      await eventually('played', () => story().playing === null, 60_000);
      expect(story().last).toEqual({ name: 'paid', ok: true, wrong: [] });
    }
  });

  it('while a story plays, nobody else scans; the story is not disturbed', async () => {
    await post('story/play', { name: 'paid' });
    const answer = await fetch(`${bench.server.url}v1/gun/scan`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await answer.json()).toMatchObject({ code: 'STORY_PLAYS' });
    await eventually('played', () => story().playing === null, 60_000);
    expect(story().last).toMatchObject({ ok: true });
  });

  it('a disk that takes no bytes: no code is sent to anybody; with room again the till sells on', async () => {
    const charges = bench.ledger.total().charges;
    await post('faults', { fault: 'disk.full' });
    await post('orders', { amountFen: 110 });
    await post('gun/scan', {});
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(bench.ledger.total().charges).toBe(charges);
    await post('faults', { fault: 'disk.free' });
    expect(bench.agent.alive).toBe(true);
    await post('orders', { amountFen: 120 });
    await eventually('taken up', () => bench.counter.orders.view(bench.ledger).at(-1)?.answer === 'accepted');
    await post('phone', { turn: true });
    await post('gun/scan', {});
    await orderIs('PAID');
  });
});
