import { connect } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../../protocols/backend/replies.ts';
import { payloadHash, type Request } from '../../../protocols/backend/requests.ts';
import { topicsOf } from '../../../protocols/backend/topics.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { aPay, aQuery, Closing, newId, openBackend, TILL, until } from '../../agent/backend/till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

const topics = topicsOf(TILL);

/** A till that speaks raw MQTT: it may say what a good agent never says. */
async function shop() {
  const broker = closing.add(await startBroker(), (it) => it.stop());
  const opened = await openBackend(broker.port);
  closing.add(opened.backend, (it) => it.stop());
  const client = closing.add(connect({ port: broker.port, reconnectPeriod: 0 }), (it) => it.end(true));
  const replies: Reply[] = [];
  const acks: number[] = [];
  client.on('message', (topic, payload) => {
    if (topic === topics.eventAck) acks.push(JSON.parse(payload.toString()).upto);
    else replies.push(JSON.parse(payload.toString()));
  });
  await client.subscribeAsync([topics.replies, topics.eventAck], { qos: 1 });
  const say = (topic: string, body: unknown, retain = false) =>
    client.publishAsync(topic, JSON.stringify(body), { qos: 1, retain });
  const ask = async (request: Request, retain = false) => {
    const before = replies.length;
    await say(topics.request(request.op), request, retain);
    await until('a reply', () => replies.length > before, 2_000);
    return replies.at(-1);
  };
  return { ...opened, broker, client, replies, acks, say, ask };
}

function complete(what: ReturnType<typeof aPay> | ReturnType<typeof aQuery>, more: Partial<Request> = {}): Request {
  const { validForMs, ...core } = what;
  const now = Date.now();
  const head = { v: 1, requestId: newId(), ts: now, exp: now + validForMs } as const;
  return { ...head, payloadHash: payloadHash(core), ...core, ...more } as Request;
}

describe('a request', () => {
  it('repeated with the same content gets the stored answer, under its own request id', async () => {
    const { ask, ledger } = await shop();
    const pay = complete(aPay('A1'));
    const first = await ask(pay);
    expect(first).toMatchObject({ requestId: pay.requestId, status: 'answered', code: 'SUCCESS' });
    const again = await ask({ ...pay, requestId: 'R2' });
    expect(again).toMatchObject({ requestId: 'R2', status: 'answered', code: 'SUCCESS' });
    expect(ledger.total().charges).toBe(1);
  });

  it('with the number of another content is refused', async () => {
    const { ask, ledger } = await shop();
    await ask(complete(aPay('A1')));
    expect(await ask(complete(aPay('A1', { amountFen: 9_900 })))).toMatchObject({ refusal: 'DUPLICATE_ORDER' });
    expect(await ask(complete(aPay('A1')))).toMatchObject({ refusal: 'DUPLICATE_ORDER' }); // another paycode
    expect(await ask(complete(aQuery('A1', 9_900)))).toMatchObject({ refusal: 'DUPLICATE_ORDER' });
    expect(ledger.total()).toMatchObject({ charges: 1, netFen: 1250 });
  });

  it('past its exp is refused and charged to nobody', async () => {
    const { ask, ledger } = await shop();
    expect(await ask(complete(aPay('A1'), { exp: Date.now() - 1 }))).toMatchObject({ refusal: 'EXPIRED' });
    expect(ledger.total().charges).toBe(0);
  });

  it('of a wrong form, hash, version or channel is refused and charged to nobody', async () => {
    const { ask, ledger } = await shop();
    const pay = complete(aPay('A1'));
    expect(await ask({ ...pay, payloadHash: '0'.repeat(64) })).toMatchObject({ refusal: 'BAD_REQUEST' });
    expect(await ask({ ...pay, exp: -1 })).toMatchObject({ refusal: 'BAD_REQUEST' });
    expect(await ask({ ...pay, v: 2 } as unknown as Request)).toMatchObject({ refusal: 'UNSUPPORTED_VERSION' });
    const what = aPay('A2');
    const args = { ...what.args, channel: 'QQ' } as const;
    const unsupported = complete({ ...what, args } as unknown as ReturnType<typeof aPay>);
    expect(await ask(unsupported)).toMatchObject({ refusal: 'UNSUPPORTED_CHANNEL' });
    expect(ledger.total().charges).toBe(0);
  });

  it('that a broker retained is refused by the backend that finds it', async () => {
    const { broker, say, replies, ledger, backend } = await shop();
    await backend.stop();
    const pay = complete(aPay('A1'));
    await say(topics.request('pay'), pay, true);
    const next = await openBackend(broker.port, { clientId: 'backend-2' });
    closing.add(next.backend, (it) => it.stop());
    await until('refused', () => replies.length > 0);
    expect(replies[0]).toMatchObject({ requestId: pay.requestId, refusal: 'RETAINED_REJECTED' });
    expect(ledger.total().charges + next.ledger.total().charges).toBe(0);
  });

  it('can be swallowed, answered late, or answered into the void', async () => {
    const { ask, say, replies, backend, ledger } = await shop();
    backend.inject(TILL, { kind: 'swallow', op: 'pay' });
    await say(topics.request('pay'), complete(aPay('A1')));
    expect(await ask(complete(aQuery('A1')))).toMatchObject({ code: 'ORDERNOTEXIST' });
    backend.inject(TILL, { kind: 'drop-reply', op: 'pay' });
    await say(topics.request('pay'), complete(aPay('A2')));
    expect(await ask(complete(aQuery('A2')))).toMatchObject({ code: 'SUCCESS' });
    expect(replies.filter(({ op }) => op === 'pay')).toHaveLength(0);
    expect(ledger.total().charges).toBe(1);
  });
});

describe('what cannot be read', () => {
  it('is counted, answered by nobody and harms nothing', async () => {
    const { client, ask, backend } = await shop();
    const malformed: string[] = [];
    backend.onMalformed = (topic) => malformed.push(topic);
    await client.publishAsync(topics.request('pay'), '{"v":', { qos: 1 });
    await client.publishAsync(topics.state, 'null', { qos: 1 });
    await client.publishAsync(topics.event('attempt'), '[1,2]', { qos: 1 });
    await until('three', () => malformed.length === 3);
    expect(await ask(complete(aQuery('A1')))).toMatchObject({ status: 'answered' });
  });
});

describe('events', () => {
  it('are acknowledged as far as all of them are there', async () => {
    const { acks, say, backend } = await shop();
    const event = (seq: number) => {
      const data = { type: 'scan-refused', reason: 'WRONG_CODE_KIND', length: 13 };
      return { v: 1, seq, id: newId(), boot: newId(), ts: Date.now(), data };
    };
    for (const seq of [1, 3, 4, 2, 2]) await say(topics.event('scan-refused'), event(seq));
    await until('five acknowledgements', () => acks.length === 5);
    expect(acks).toEqual([1, 1, 1, 4, 4]);
    expect(backend.eventsOf(TILL).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});

describe('the state of a till', () => {
  it('is not overwritten by the will of an older connection or process', async () => {
    const { say, backend } = await shop();
    const [old, boot] = ['01J0000000000000000000000A', '01K0000000000000000000000A'];
    const state = (s: string, of: string, conn: number) => ({ v: 1, s, boot: of, conn, ts: 1 });
    await say(topics.state, state('online', boot, 2));
    await say(topics.state, state('lost', boot, 1));
    await say(topics.state, state('lost', old, 9));
    await until('the newest', () => backend.stateOf(TILL) !== undefined);
    await say(topics.state, state('offline', boot, 2));
    await until('offline', () => backend.stateOf(TILL)?.s === 'offline');
    expect(backend.stateOf(TILL)).toMatchObject({ s: 'offline', boot, conn: 2 });
  });
});
