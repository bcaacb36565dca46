import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../simulator/scenarios/scenario.ts';
import { eventually } from '../e2e/agent-process.ts';
import { playVirtually } from '../scenarios/play-virtually.ts';
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
    await eventually('no', () => bench.counter.orders.view(bench.ledger).at(-1)?.answer === 'JOURNAL_UNAVAILABLE');
    const scans = bench.counter.scans;
    await post('gun/scan', {});
    await eventually('read', () => bench.counter.scans === scans + 1 && bench.counter.ending === 'said');
    await post('faults', { fault: 'disk.free' });
    expect(bench.agent.alive).toBe(true);
    await post('orders', { amountFen: 120 });
    await eventually('taken up', () => bench.counter.orders.view(bench.ledger).at(-1)?.answer === 'accepted');
    await post('phone', { turn: true });
    await post('gun/scan', {});
    await orderIs('PAID');
    // the code of the full disk went to nobody, then or later
    expect(bench.ledger.total().charges).toBe(charges + 1);
  });

  it('a card, its PIN and the pen are saved as steps, and the story takes a card again, with the same end', async () => {
    await post('story/begin', {});
    await post('card-sales', { amountFen: 15_000 });
    await eventually('a card is asked for', () => bench.counter.cards.asks === 'card', 30_000);
    await post('terminal/card', { does: 'presents' });
    await eventually('a PIN is asked for', () => bench.counter.cards.asks === 'pin');
    await post('terminal/card', { does: 'types', pin: '9999' });
    await eventually('again', () => bench.counter.cards.asks === 'pin');
    await post('terminal/card', { does: 'types', pin: '1234' });
    await eventually('a pen is asked for', () => bench.counter.pad.isAsked, 30_000);
    const slips = bench.counter.slips.count;
    await post('pad', { does: 'signs-for-me' });
    await orderIs('PAID');
    await eventually('printed', () => bench.counter.slips.count === slips + 1, 30_000);
    const { scenario, leftOut } = await saved();
    expect(leftOut).toEqual([]);
    const steps = scenario.steps.filter((step) => !('wait' in step));
    expect(steps).toEqual([
      { backend: 'asks for a card', yuan: '150.00', order: 'A' },
      { customer: 'inserts the card' },
      { customer: 'types a wrong PIN' },
      { customer: 'types the PIN' },
      { customer: 'signs' },
    ]);
    const { totalFen } = bench.counter.cards.terminal;
    await post('story/play', { scenario });
    await eventually('played', () => story().playing === null, 150_000);
    expect(story().last).toEqual({ name: 'by-hand', ok: true, wrong: [] });
    expect(bench.counter.cards.terminal.totalFen).toBe(totalFen + 15_000);
    const elsewhere = await playVirtually(parseScenario(scenario, 'saved'));
    expect(elsewhere.wrong, 'in virtual time').toEqual([]);
  });
});
