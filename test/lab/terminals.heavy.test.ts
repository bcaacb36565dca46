import { afterEach, describe, expect, it } from 'vitest';
import { TERMINAL_MAKES, type TerminalMakeName } from '../../simulator/personalities/terminal-makes.ts';
import { eventually } from '../e2e/agent-process.ts';
import { LabBench } from './lab-bench.ts';

let bench: LabBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

async function open(name: TerminalMakeName) {
  const lab = await LabBench.open({ browser: false, card: TERMINAL_MAKES[name] });
  bench = lab;
  await eventually('a terminal', () => lab.counter.shop.devices.get('terminal')?.avail === 'online', 30_000);
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${lab.server.url}v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, said: await answer.json() };
  };
  const orderIs = (state: string) =>
    eventually(state, () => lab.counter.orders.view(lab.ledger).at(-1)?.attempts.at(-1)?.state === state, 30_000);
  const wire = () => JSON.stringify(lab.counter.feed.lines.filter(({ wire }) => wire === 'terminal'));
  return { lab, post, orderIs, wire };
}

describe('the lab with another make of card terminal', () => {
  it.each(['link-kbtg', 'transbank'] as const)('%s: somebody puts a card in and types the PIN', async (name) => {
    const { lab, post, orderIs, wire } = await open(name);
    await post('card-sales', { amountFen: 15_000 });
    await eventually('a card is asked for', () => lab.counter.cards.asks === 'card', 30_000);
    await post('terminal/card', { does: 'presents' });
    await eventually('a PIN is asked for', () => lab.counter.cards.asks === 'pin');
    await post('terminal/card', { does: 'types', pin: '1234' });
    await eventually('a pen is asked for', () => lab.counter.pad.isAsked, 30_000);
    await post('pad', { does: 'signs-for-me' });
    await orderIs('PAID');
    expect(lab.counter.cards.terminal.totalFen).toBe(15_000);
    expect(lab.counter.cards.view()).toMatchObject({ make: TERMINAL_MAKES[name].personality.title, asksNobody: false });
    expect(wire()).not.toMatch(/4761730000000119|34373631373330/);
    if (name === 'link-kbtg') expect(wire()).toContain('"sale"');
  });

  it('a bank’s MIS terminal charges the code that the gun reads, and asks nobody', async () => {
    const { lab, post, orderIs, wire } = await open('boc-yinjie');
    await post('orders', { amountFen: 1_200 });
    await eventually('taken up', () => lab.counter.orders.view(lab.ledger).at(-1)?.answer === 'accepted');
    const { code } = lab.counter.phone;
    await post('gun/scan', {});
    await orderIs('PAID');
    expect(lab.counter.cards.terminal.totalFen).toBe(1_200);
    expect(lab.ledger.total()).toMatchObject({ charges: 0 });
    expect(wire()).toContain('qrSale request');
    expect(wire()).not.toContain(code);
    expect(wire()).not.toMatch(new RegExp(Buffer.from(code).toString('hex').slice(8, 30)));
    expect(lab.counter.cards.view()).toMatchObject({ asksNobody: true, screen: 'result', totalFen: 1_200 });
    // what is no fault of this make is refused
    expect(await post('faults', { fault: 'terminal.tip' })).toMatchObject({ status: 409, said: { code: 'NOT_HERE' } });
  });
});
