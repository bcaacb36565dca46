import { describe, expect, it } from 'vitest';
import { type Counter, counter, eventually, terminalReady } from './card-counter.ts';

// Holds (预授权) with real processes: asked for, charged, given up, and the agent killed with one standing and with one under way.

interface Answer {
  readonly phase: string;
  readonly status: string;
  readonly code: string;
}

let calls = 0;

async function ask({ shop }: Counter, path: string, body: object, waitSeconds = 20): Promise<Answer> {
  calls += 1;
  const answer = await shop.agent.call<Answer>(`${path}?wait=${waitSeconds}`, {
    method: 'POST',
    body,
    idempotencyKey: `hold-${calls}`,
  });
  return answer.body;
}

const hold = (till: Counter, orderId: string, amountFen: number, waitSeconds?: number) =>
  ask(till, '/v1/pre-authorisations', { orderId, amountFen }, waitSeconds);
const complete = (till: Counter, orderId: string, amountFen: number) =>
  ask(till, `/v1/orders/${orderId}/pre-authorisation/complete`, { amountFen });
const cancel = (till: Counter, orderId: string) => ask(till, `/v1/orders/${orderId}/pre-authorisation/cancel`, {});

async function standing({ shop }: Counter): Promise<readonly { orderId: string; state: string; amountFen: number }[]> {
  const { body } = await shop.agent.call<{ holds: { orderId: string; state: string; amountFen: number }[] }>(
    '/v1/pre-authorisations',
  );
  return body.holds;
}

describe.each(['pty', 'tcp'] as const)('holds at a card terminal on %s, all of it real processes', (wire) => {
  it('held, charged with less, another one cancelled: the terminal has what the till says', {
    timeout: 120_000,
  }, async () => {
    const till = await counter(wire);
    expect(await hold(till, 'R-1', 50_000)).toMatchObject({ phase: 'final', status: 'ok', code: 'HELD' });
    expect(await standing(till)).toMatchObject([{ orderId: 'R-1', state: 'HELD', amountFen: 50_000 }]);
    expect([await till.held(), (await till.ledger()).total]).toEqual([50_000, 0]);
    expect(await complete(till, 'R-1', 38_000)).toMatchObject({ status: 'ok', code: 'PAID' });
    expect(await till.shop.expectSlip({ text: '预授权完成' })).toBeDefined();
    expect(await hold(till, 'R-2', 20_000)).toMatchObject({ status: 'ok' });
    expect(await cancel(till, 'R-2')).toMatchObject({ status: 'ok', code: 'RELEASED' });
    expect([await till.held(), (await till.ledger()).total, await standing(till)]).toEqual([0, 38_000, []]);
  });

  it('the agent is killed with a hold standing and another under way: what stands is charged by the next one', {
    timeout: 120_000,
  }, async () => {
    const till = await counter(wire);
    await hold(till, 'R-1', 50_000);
    await hold(till, 'R-2', 20_000, 0);
    await eventually('under way', async () => (await till.state('R-2')) === 'IN_PAYMENT');
    await till.shop.agent.program?.kill();
    await till.shop.startAgent();
    await eventually('an end', async () => ['OPEN', 'DISPUTED'].includes((await till.state('R-2')) ?? ''), 40_000);
    await terminalReady(till.shop);
    const held = (await standing(till)).filter(({ state }) => state === 'HELD');
    if ((await till.state('R-2')) === 'OPEN')
      expect(held.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(await till.held());
    expect(await complete(till, 'R-1', 38_000)).toMatchObject({ status: 'ok', code: 'PAID' });
    expect((await till.ledger()).total).toBe(38_000);
  });
});
