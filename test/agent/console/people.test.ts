import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hire, PINS, person, signIn } from './people-at-the-page.ts';
import { TillWithApi } from './till-with-api.ts';

describe('people at the page', () => {
  let till: TillWithApi;
  beforeAll(async () => {
    till = await TillWithApi.open();
    await hire(till, 'li', 'clerk', '小李');
    await hire(till, 'wang', 'manager', '王店长');
  }, 60_000);
  afterAll(() => till.close());

  it('the sign-in screen names who works here, and nothing secret', async () => {
    const { status, json, headers } = await till.ask('/v1/welcome');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      till: { name: '街角小店', placeName: 'store-1' },
      mode: 'ready',
      people: [
        { personId: 'li', name: '小李', role: 'clerk' },
        { personId: 'wang', name: '王店长', role: 'manager' },
      ],
    });
    expect(JSON.stringify(json)).not.toMatch(/hash|salt|token/);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('a clerk signs in, collects, and stands in the journal', async () => {
    const token = await signIn(till, 'li');
    const state = await till.ask('/v1/state', { token });
    expect(state.json).toMatchObject({ terminalState: { state: 'ready', canCollect: true } });
    const collect = await till.ask('/v1/orders', { token, key: 'P-1', body: { orderId: 'P-1', amountFen: 1250 } });
    expect(collect.status).toBe(202);
    const { json } = await till.ask('/v1/orders/P-1/history', { token });
    expect(json['entries']).toMatchObject([{ type: 'COMMAND', data: { personId: 'li' } }, { type: 'ORDER' }]);
    await till.ask('/v1/orders/P-1/cancel', { token, key: 'P-1-cancel', body: undefined, method: 'POST' });
    const out = await till.ask('/v1/sessions', { method: 'DELETE', token });
    expect(out.status).toBe(204);
    const dead = await till.ask('/v1/state', { token });
    expect(dead).toMatchObject({ status: 401, json: { code: 'SESSION_OVER' } });
  });

  it('a wrong PIN says how many tries are left', async () => {
    const { status, json } = await till.ask('/v1/sessions', { body: { personId: 'li', pin: '999111' } });
    expect({ status, json }).toMatchObject({ status: 403, json: { code: 'PIN_WRONG', triesLeft: 4 } });
    await till.agent.said('PIN refused');
    await till.ask('/v1/sessions', { body: { personId: 'li', pin: PINS.li } });
  });

  it('a technician lists people without their secrets', async () => {
    const people = await person(till, 'list');
    expect(people).toMatchObject([
      { personId: 'li', hasPin: true },
      { personId: 'wang', role: 'manager' },
    ]);
    expect(JSON.stringify(people)).not.toMatch(/hash|salt/);
  });
});
