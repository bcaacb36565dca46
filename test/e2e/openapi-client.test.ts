import { readFileSync } from 'node:fs';
import { type OpenAPIClient, OpenAPIClientAxios, type UnknownOperationMethod } from 'openapi-client-axios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TillWithApi } from '../agent/console/till-with-api.ts';
import { eventually } from './agent-process.ts';

// Written against docs/openapi.json alone: a client that somebody else's generator makes of it. It shares no code with the agent.

const DOCUMENT: unknown = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));

/** The operations of the document that this test uses; each is there or the client is not made. */
type Calls = OpenAPIClient<
  Record<
    'collect' | 'order' | 'records' | 'createIntent' | 'intent' | 'queryIntent' | 'askRefund' | 'approveRefund',
    UnknownOperationMethod
  >
>;

describe('a client generated from docs/openapi.json', () => {
  let till: TillWithApi;
  let client: Calls;
  beforeAll(async () => {
    till = await TillWithApi.open();
    client = await clientOf(till, till.token({ scopes: ['read', 'collect'] }));
  }, 40_000);
  afterAll(() => till.close());

  const atCounter = (orderId: string) =>
    eventually('the order at the counter', () =>
      till.agent.lines.some((line) => line.msg.includes('waiting for a paycode') && line['orderId'] === orderId),
    );

  it('sells', async () => {
    const sale = client.collect({ wait: 30, 'idempotency-key': 'o-1' }, { orderId: 'G-1', amountFen: 1250 });
    await atCounter('G-1');
    await till.scan('alipay');
    const answer = await sale;
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({ phase: 'final', status: 'ok', code: 'PAID' });
    const order = await client.order({ orderId: 'G-1' });
    expect(order.data).toMatchObject({ order: { state: 'PAID' }, attempt: { channel: 'ALIPAY' } });
    const page = await client.records({ channel: 'ALIPAY', limit: 10 });
    expect(page.data).toMatchObject({ records: [{ orderId: 'G-1', state: 'PAID' }] });
  });

  it('shows a code for an exact amount and sees it turn paid', async () => {
    till.shop.acquirer.intents.send({ buyers: [{ afterMs: 300, wallet: 'WECHAT' }] });
    const wish = { orderId: 'G-2', amountFen: 8_800, currency: 'CNY', forms: ['screen'] };
    const made = await client.createIntent({ wait: 20, 'idempotency-key': 'i-1' }, wish);
    expect(made.data).toMatchObject({ phase: 'final', status: 'ok', data: { codeText: expect.any(String) } });
    const intentId = String((made.data as { attemptId?: string }).attemptId);
    const again = await client.createIntent({ 'idempotency-key': 'i-1' }, wish);
    expect(again.data).toMatchObject({ replayed: true, attemptId: intentId });
    const state = async () => ((await client.intent({ intentId })).data as { state: string }).state;
    const until = Date.now() + 15_000;
    for (let seen = await state(); seen !== 'PAID'; seen = await state()) {
      if (Date.now() > until) throw new Error(`still ${seen}`);
      await client.queryIntent({ intentId, wait: 1, 'idempotency-key': `q-${Date.now()}` });
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const order = await client.order({ orderId: 'G-2' });
    expect(order.data).toMatchObject({
      order: { state: 'PAID', intentId },
      intent: { state: 'PAID', paidFen: 8_800 },
    });
  });

  it('gives money back when a second person says so, and only then', async () => {
    const asks = await clientOf(
      till,
      till.token({ program: 'till-a', scopes: ['read', 'refund'], personId: 'clerk-1' }),
    );
    const approves = await clientOf(
      till,
      till.token({ program: 'till-a', scopes: ['read', 'refund'], personId: 'manager-1' }),
    );
    const wish = { refundId: 'R-1', orderId: 'G-1', refundFen: 500, reason: '破损' };
    const asked = await asks.askRefund({ wait: 5, 'idempotency-key': 'r-1' }, wish);
    expect(asked.data).toMatchObject({ status: 'ok', code: 'REFUND_REQUESTED' });
    const alone = await asks.approveRefund({ refundId: 'R-1', wait: 5, 'idempotency-key': 'a-0' });
    expect(alone).toMatchObject({ status: 403, data: { code: 'SECOND_PERSON_REQUIRED' } });
    expect(till.shop.acquirer.ledger.total().netFen).toBe(1_250 + 8_800);
    const approved = await approves.approveRefund({ refundId: 'R-1', wait: 30, 'idempotency-key': 'a-1' });
    expect(approved.data).toMatchObject({ phase: 'final', status: 'ok', code: 'REFUND_OK' });
    const repeated = await approves.approveRefund({ refundId: 'R-1', wait: 5, 'idempotency-key': 'a-1' });
    expect(repeated.data).toMatchObject({ replayed: true, code: 'REFUND_OK' });
    expect(till.shop.acquirer.ledger.total().netFen).toBe(750 + 8_800);
    const order = await asks.order({ orderId: 'G-1' });
    expect(order.data).toMatchObject({
      order: { state: 'PARTLY_REFUNDED' },
      refunds: [{ refundId: 'R-1', state: 'REFUNDED', requestedBy: 'clerk-1', approvedBy: 'manager-1' }],
      remainingFen: 750,
    });
    const nobody = await clientOf(till, till.token({ program: 'till-b', scopes: ['refund'] }));
    expect(await nobody.askRefund({ 'idempotency-key': 'r-2' }, { ...wish, refundId: 'R-2' })).toMatchObject({
      status: 403,
      data: { code: 'PERSON_REQUIRED' },
    });
    expect(await client.askRefund({ 'idempotency-key': 'r-3' }, wish)).toMatchObject({
      status: 403,
      data: { code: 'SCOPE_MISSING' },
    });
  });

  it('is told of a conflict', async () => {
    const other = await client.collect({ 'idempotency-key': 'o-1' }, { orderId: 'G-1', amountFen: 9 });
    expect(other.status).toBe(409);
    expect(other.data).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', retryable: false });
  });
});

/** The document as it is, with the port that the system chose. */
async function clientOf(till: TillWithApi, token: string): Promise<Calls> {
  const api = new OpenAPIClientAxios({
    definition: DOCUMENT as never,
    withServer: { url: till.url, description: 'this till' },
    axiosConfigDefaults: { headers: { Authorization: `Bearer ${token}` }, validateStatus: () => true },
  });
  return api.getClient<Calls>();
}
