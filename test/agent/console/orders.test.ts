import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../e2e/agent-process.ts';
import { TillWithApi } from './till-with-api.ts';

describe('a cashier program beside the till', () => {
  let till: TillWithApi;
  let token: string;
  beforeAll(async () => {
    till = await TillWithApi.open();
    token = till.token({ scopes: ['read', 'collect'] });
  }, 40_000);
  afterAll(() => till.close());

  it('sells: asks for an order, the customer shows a code, the answer is final', async () => {
    const order = { orderId: 'API-1', amountFen: 1250, title: '咖啡' };
    const sale = till.ask('/v1/orders?wait=20', { token, key: 'k-1', body: order });
    await eventually('the order is at the counter', () =>
      till.agent.text.some((line) => line.includes('waiting for a paycode')),
    );
    await till.scan();
    const answer = await sale;
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ phase: 'final', status: 'ok', code: 'PAID', clerk: { zh: '收款成功' } });
    const seen = await till.ask('/v1/orders/API-1', { token });
    expect(seen.json).toMatchObject({
      order: { state: 'PAID', amountFen: 1250 },
      attempt: { state: 'PAID', channel: 'WECHAT' },
    });
    expect(till.shop.acquirer.ledger.total()).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
    const again = await till.ask('/v1/orders', { token, key: 'k-1', body: order });
    expect(again.status).toBe(200);
    expect(again.json).toMatchObject({ status: 'ok', code: 'PAID', replayed: true });
  });

  it('finds the order as soon as it was told "accepted"', async () => {
    for (const orderId of Array.from({ length: 20 }, (_, n) => `API-AT-ONCE-${n}`)) {
      const { json } = await till.ask('/v1/orders', { token, key: orderId, body: { orderId, amountFen: 100 } });
      expect(json).toMatchObject({ phase: 'accepted' });
      expect(await till.ask(`/v1/orders/${orderId}`, { token })).toMatchObject({ status: 200 });
    }
    const last = 'API-AT-ONCE-19';
    await till.ask(`/v1/orders/${last}/cancel`, { token, key: 'at-once-cancel', method: 'POST' });
  });

  it('the same key with another wish is a conflict, and nothing happens', async () => {
    const { status, json, headers } = await till.ask('/v1/orders', {
      token,
      key: 'k-1',
      body: { orderId: 'API-1', amountFen: 1251 },
    });
    expect(status).toBe(409);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(json).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      retryable: false,
      remedy: { zh: expect.any(String), en: expect.any(String) },
    });
  });

  it('finds the payment again by day, amount, channel and order, page by page', async () => {
    const { json } = await till.ask('/v1/records?amountFen=1250&channel=WECHAT&state=PAID&limit=1', { token });
    expect(json).toMatchObject({
      records: [{ orderId: 'API-1', amountFen: 1250, state: 'PAID' }],
      next: expect.any(String),
    });
    const next = await till.ask(`/v1/records?limit=1&cursor=${String(json['next'])}`, { token });
    expect(next.json).toEqual({ records: [] });
    const history = await till.ask('/v1/orders/API-1/history', { token });
    const types = (history.json['entries'] as { type: string }[]).map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['COMMAND', 'ORDER', 'ATTEMPT']);
    expect(types).toContain('SLIP');
    expect(history.text).not.toMatch(/\D1[0-5]\d{16}\D/);
  });

  it('search tables that a power cut has spoilt are made again', async () => {
    await till.agent.kill('SIGKILL');
    writeFileSync(join(till.dataDir, 'projection.db'), 'no database');
    await till.restart();
    const { json } = await till.ask('/v1/records?orderId=API-1', { token });
    expect(json).toMatchObject({ records: [{ orderId: 'API-1', state: 'PAID' }] });
  });

  it('sees the till: state and devices', async () => {
    const state = await till.ask('/v1/state', { token });
    expect(state.json).toMatchObject({
      till: till.shop.till,
      terminal: { state: 'ACTIVE', canCollect: true },
      blocked: [],
      questions: [],
      network: { online: true },
      limits: { maxFen: 5_000_000 },
    });
    const devices = await till.ask('/v1/devices', { token });
    expect(devices.json['devices']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ device: 'printer', state: 'online' }),
        expect.objectContaining({ device: 'scanner', state: 'online' }),
      ]),
    );
  });

  it('types a code by hand: the same strict judgement, and no trace of it', async () => {
    await till.ask('/v1/orders', { token, key: 'k-2', body: { orderId: 'API-2', amountFen: 300 } });
    const wrong = await till.ask('/v1/orders/API-2/paycode', { token, body: { paycode: '6901234567892' } });
    expect(wrong).toMatchObject({ status: 422, json: { code: 'WRONG_CODE_KIND' } });
    const code = '134567890123456789';
    const begun = await till.ask('/v1/orders/API-2/paycode', { token, body: { paycode: code } });
    expect(begun.status).toBe(201);
    const twice = await till.ask('/v1/orders/API-2/paycode', { token, body: { paycode: code } });
    expect([409, 422]).toContain(twice.status);
    const done = await till.ask('/v1/orders?wait=20', {
      token,
      key: 'k-2',
      body: { orderId: 'API-2', amountFen: 300 },
    });
    expect(done.json).toMatchObject({ phase: 'final', attemptId: begun.json['attemptId'] });
    expect(till.agent.text.join('\n')).not.toContain(code);
  });

  it.each([
    ['no key', { body: { orderId: 'X', amountFen: 1 } }, 'BAD_REQUEST'],
    ['yuan instead of fen', { key: 'a', body: { orderId: 'X', amountFen: 12.5 } }, 'BAD_REQUEST'],
    ['a field that nobody knows', { key: 'a', body: { orderId: 'X', amountFen: 1, tip: 1 } }, 'BAD_REQUEST'],
    ['no JSON', { key: 'a', raw: '{"orderId":' }, 'BAD_REQUEST'],
    ['more than the limit', { key: 'a', body: { orderId: 'X', amountFen: 6_000_000 } }, 'AMOUNT_OVER_LIMIT'],
  ])('%s is told apart and changes nothing', async (_what, asking, code) => {
    const answer = await till.ask('/v1/orders', { token, ...asking });
    expect(answer.json).toMatchObject({ code, cause: { zh: expect.any(String) }, remedy: { en: expect.any(String) } });
    expect((await till.ask('/v1/orders/X', { token })).status).toBe(404);
  });
});
