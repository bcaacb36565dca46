import { readFileSync } from 'node:fs';
import { type OpenAPIClient, OpenAPIClientAxios } from 'openapi-client-axios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TillWithApi } from '../agent/console/till-with-api.ts';
import { eventually } from './agent-process.ts';

// Written against docs/openapi.json alone: a client that somebody else's generator makes of it. It shares no code with the agent.

const DOCUMENT: unknown = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));

describe('a client generated from docs/openapi.json', () => {
  let till: TillWithApi;
  let client: OpenAPIClient;
  beforeAll(async () => {
    till = await TillWithApi.open();
    client = await clientOf(till, till.token({ scopes: ['read', 'collect'] }));
  });
  afterAll(() => till.close());

  const atCounter = (orderId: string) =>
    eventually('the order at the counter', () =>
      till.agent.lines.some((line) => line.msg.includes('waiting for a paycode') && line['orderId'] === orderId),
    );

  it('sells', async () => {
    const sale = client['collect']?.({ wait: 30, 'idempotency-key': 'o-1' }, { orderId: 'G-1', amountFen: 1250 });
    await atCounter('G-1');
    await till.scan('alipay');
    const answer = await sale;
    expect(answer?.status).toBe(200);
    expect(answer?.data).toMatchObject({ phase: 'final', status: 'ok', code: 'PAID' });
    const order = await client['order']?.({ orderId: 'G-1' });
    expect(order?.data).toMatchObject({ order: { state: 'PAID' }, attempt: { channel: 'ALIPAY' } });
    const page = await client['records']?.({ channel: 'ALIPAY', limit: 10 });
    expect(page?.data).toMatchObject({ records: [{ orderId: 'G-1', state: 'PAID' }] });
  });

  it('is told of a conflict', async () => {
    const other = await client['collect']?.({ 'idempotency-key': 'o-1' }, { orderId: 'G-1', amountFen: 9 });
    expect(other?.status).toBe(409);
    expect(other?.data).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', retryable: false });
  });
});

/** The document as it is, with the port that the system chose. */
async function clientOf(till: TillWithApi, token: string): Promise<OpenAPIClient> {
  const api = new OpenAPIClientAxios({
    definition: DOCUMENT as never,
    withServer: { url: till.url, description: 'this till' },
    axiosConfigDefaults: { headers: { Authorization: `Bearer ${token}` }, validateStatus: () => true },
  });
  return api.getClient();
}
