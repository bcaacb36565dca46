import { connect as connectMqtt } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../agent/clock.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { MqttProxy, PUBACK, PUBLISH } from './mqtt-proxy.ts';
import { aPay, aQuery, Closing, hurried, openBackend, openTill, until } from './till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

async function shop(clock?: Clock) {
  const broker = closing.add(await startBroker(), (it) => it.stop());
  const { backend, acquirer, ledger } = await openBackend(broker.port);
  closing.add(backend, (it) => it.stop());
  const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
  const till = openTill({ port: proxy.port, ...(clock && { clock }) });
  closing.add(till.link, (it) => it.close());
  await until('the till is online', () => till.link.online);
  return { broker, backend, acquirer, ledger, proxy, till };
}

describe('one PUBLISH per attempt', () => {
  it('is not sent again when the wire is cut between PUBLISH and PUBACK', async () => {
    const { proxy, till, ledger } = await shop();
    // the pay is swallowed on the wire: neither the broker nor anybody else ever sees it
    proxy.judge = (packet) => {
      if (packet.from === 'client' && packet.topic?.endsWith('/req/pay')) {
        setImmediate(() => proxy.cutAll());
        return 'drop';
      }
      return 'pass';
    };
    const outcome = till.requests.send(aPay('A1'), 1_500);
    await until('the pay was on the wire', () => proxy.published('/req/pay').length === 1);
    proxy.judge = () => 'pass';
    await until('a second session', () => proxy.connections >= 2 && till.link.online);
    expect(await outcome).toEqual({ kind: 'no-reply' });
    expect(proxy.published('/req/pay')).toHaveLength(1);
    expect(ledger.total()).toEqual({ charges: 0, reversals: 0, netFen: 0 });
  });

  it('gets the reply of the first PUBLISH after the reconnect when only the PUBACK was lost', async () => {
    const { proxy, till, backend, ledger } = await shop();
    backend.inject({ tenant: 'acme', store: 's001', agent: 'till-1' }, { kind: 'delay-reply', op: 'pay', ms: 600 });
    const pays = () => proxy.published('/req/pay').length;
    proxy.judge = (packet) => (packet.from === 'broker' && packet.type === PUBACK && pays() > 0 ? 'drop' : 'pass');
    const outcome = till.requests.send(aPay('A2'), 5_000);
    await until('charged', () => ledger.total().charges === 1);
    proxy.judge = () => 'pass';
    proxy.cutAll();
    expect(await outcome).toMatchObject({ kind: 'reply', reply: { status: 'answered', code: 'SUCCESS' } });
    expect(pays()).toBe(1);
    expect(proxy.connections).toBeGreaterThanOrEqual(2);
    expect(ledger.total().charges).toBe(1);
  });

  it('says not-sent at once when there is no session, and sends nothing later', async () => {
    const { proxy, till, broker } = await shop();
    await broker.stop();
    await until('offline', () => !till.link.online);
    const before = performance.now();
    expect(await till.requests.send(aPay('A3'), 5_000)).toEqual({ kind: 'not-sent', cause: 'OFFLINE' });
    expect(performance.now() - before, 'not the five seconds').toBeLessThan(1_000);
    const again = closing.add(await startBroker(), (it) => it.stop());
    proxy.retarget(again.port);
    await until('online again', () => till.link.online, 8_000);
    expect(proxy.published('/req/pay')).toHaveLength(0);
  });

  it('refuses to send what is past its time', async () => {
    const { proxy, till } = await shop();
    expect(await till.requests.send(aPay('A4', { validForMs: 0 }), 1_000)).toEqual({
      kind: 'not-sent',
      cause: 'EXPIRED',
    });
    expect(proxy.published('/req/pay')).toHaveLength(0);
  });

  it('drops a half-open connection that acknowledges nothing, long before the keep-alive would', async () => {
    const { proxy, till } = await shop(hurried);
    proxy.judge = ({ connection }) => (connection === 1 ? 'drop' : 'pass');
    const outcome = till.requests.send(aPay('A5'), 8_000);
    await until('a second session', () => proxy.connections >= 2 && till.link.online, 9_000);
    expect(await outcome).toEqual({ kind: 'no-reply' });
    expect(proxy.published('/req/pay')).toHaveLength(1);
  });
});

describe('the wire these stories are told on', () => {
  it('shows the second PUBLISH that mqtt.js sends when it is used as it comes', async () => {
    const broker = closing.add(await startBroker(), (it) => it.stop());
    const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
    const client = closing.add(connectMqtt({ port: proxy.port, clean: true, reconnectPeriod: 50 }), (it) =>
      it.end(true),
    );
    await until('connected', () => client.connected);
    proxy.judge = ({ type, from }) => (from === 'client' && type === PUBLISH ? 'cut' : 'pass');
    client.publish('till/req/pay', '{}', { qos: 1 });
    await until('sent', () => proxy.published('/req/pay').length === 1);
    proxy.judge = () => 'pass';
    await until('sent again', () => proxy.published('/req/pay').length === 2);
    expect(proxy.published('/req/pay').map(({ connection }) => connection)).toEqual([1, 2]);
  });
});

describe('replies', () => {
  it('come from the acquirer and carry its code', async () => {
    const { till, ledger } = await shop();
    let published = 0;
    const outcome = await till.requests.send(aPay('B1'), 5_000, () => published++);
    expect(outcome).toMatchObject({ kind: 'reply', reply: { attemptId: 'B1', code: 'SUCCESS', paidFen: 1250 } });
    expect(published).toBe(1);
    expect(ledger.ofAttempt('B1')).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
  });

  it('that come too late are handed over as late', async () => {
    const { till, backend } = await shop();
    const late: string[] = [];
    till.requests.onLateReply = (reply) => late.push(`${reply.attemptId} ${reply.status}`);
    backend.inject({ tenant: 'acme', store: 's001', agent: 'till-1' }, { kind: 'delay-reply', op: 'pay', ms: 300 });
    expect(await till.requests.send(aPay('B2'), 100)).toEqual({ kind: 'no-reply' });
    await until('the late reply', () => late.length === 1);
    expect(late).toEqual(['B2 answered']);
  });

  it('of another attempt, operation or content do not count', async () => {
    const { proxy, till, backend } = await shop();
    backend.inject({ tenant: 'acme', store: 's001', agent: 'till-1' }, { kind: 'delay-reply', op: 'query', ms: 400 });
    const outcome = till.requests.send(aQuery('B3'), 5_000);
    await until('asked', () => proxy.published('/req/query').length === 1);
    const { requestId, payloadHash } = JSON.parse(proxy.published('/req/query')[0]?.payload ?? '{}');
    const forged = { v: 1, requestId, attemptId: 'B9', op: 'query', payloadHash, ts: 0, status: 'answered' };
    const other = closing.add(openTill({ port: proxy.port, link: { clientId: 'forger' } }), ({ link }) => link.close());
    await until('the forger is online', () => other.link.online);
    const topic = `pos/v1/acme/s001/till-1/rep/${requestId}`;
    other.link.publish({ topic, body: { ...forged, channel: 'WECHAT', code: 'SUCCESS' }, qos: 1 });
    expect(await outcome).toMatchObject({ reply: { attemptId: 'B3', code: 'ORDERNOTEXIST' } });
    expect(till.log.text()).toContain('attemptId: not of this request');
  });

  it('never put a paycode into the log, whatever happens', async () => {
    const { proxy, till } = await shop();
    const pay = aPay('B4');
    await till.requests.send(pay, 2_000);
    const [wire] = proxy.published('/req/pay');
    expect(wire?.payload).toContain(pay.args.paycode);
    expect(wire?.bytes[0]).toBe((PUBLISH << 4) | 0b0010); // QoS 1, not retained, not a duplicate
    expect(till.log.text()).not.toContain(pay.args.paycode);
  });
});
