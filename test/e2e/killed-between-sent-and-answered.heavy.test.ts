import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './agent-process.ts';
import { CounterWithAgent } from './counter-with-agent.ts';

const PAYCODE = '134622817080551492';

describe('kill -9 between "sent" and "answered"', () => {
  let counter: CounterWithAgent;
  beforeEach(async () => {
    counter = await CounterWithAgent.open('till-9');
  });
  afterEach(() => counter.close());

  it('the next process asks, learns that it was paid, and prints one slip', async () => {
    const { shop } = counter;
    const requests: string[] = [];
    const states: string[] = [];
    let charged = () => {};
    const chargeSeen = new Promise<void>((resolve) => {
      charged = resolve;
    });
    shop.backend.onRequest = (_till, { op }) => requests.push(op);
    shop.acquirer.ledger.onEntry = () => charged();
    shop.onEvent = ({ data }) => data.type === 'attempt' && states.push(data.state);
    shop.acquirer.send({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } });

    const first = counter.start();
    await first.said('broker session up');
    await first.said('gun connected'); // what a gun says to a port that nobody has open is lost
    await shop.backend.collect(shop.till, { orderId: 'ORDER-1', amountFen: 1250 });
    await shop.gun.scan(PAYCODE);
    await chargeSeen;
    expect(await first.kill('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });

    const second = counter.start();
    await second.said('attempt taken over from the journal');
    await eventually('the backend hears PAID', () => states.includes('PAID'), 30_000);
    await eventually('a slip comes out', () => shop.slips.length > 0);
    await second.kill('SIGTERM');

    expect(requests.filter((op) => op === 'pay')).toEqual(['pay']);
    expect(requests).toContain('query');
    expect(shop.acquirer.ledger.ofOrder('ORDER-1')).toEqual({ charges: 1, reversals: 0, netFen: 1250 });

    // A third start finds nothing left to do: no second slip, no second charge, no further question.
    const asked = requests.length;
    const third = counter.start();
    await third.said('broker session up');
    await third.kill('SIGTERM');
    expect(requests.length).toBe(asked);
    expect(shop.slips.length).toBe(1);
    expect(shop.acquirer.ledger.ofOrder('ORDER-1').charges).toBe(1);

    const journal = readdirSync(join(counter.dataDir, 'journal')).map((name) =>
      readFileSync(join(counter.dataDir, 'journal', name), 'utf8'),
    );
    for (const text of [...journal, ...second.text, ...third.text]) expect(text).not.toContain(PAYCODE);
  });
});
