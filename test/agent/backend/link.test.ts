import { createServer } from 'node:net';
import { connect as connectMqtt } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerProblem } from '../../../agent/backend/broker-problem.ts';
import { MAX_MESSAGE_BYTES } from '../../../protocols/backend/fields.ts';
import { AgentInfo, AgentState } from '../../../protocols/backend/presence.ts';
import { topicsOf } from '../../../protocols/backend/topics.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { CONNECT, DISCONNECT, MqttProxy } from './mqtt-proxy.ts';
import { aPay, aQuery, Closing, openBackend, openTill, TILL, until } from './till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

const topics = topicsOf(TILL);
const brokerUp = async (...options: Parameters<typeof startBroker>) =>
  closing.add(await startBroker(...options), (it) => it.stop());
const backendUp = async (port: number) => {
  const opened = await openBackend(port);
  closing.add(opened.backend, (it) => it.stop());
  return opened;
};
const tillUp = (options: Parameters<typeof openTill>[0]) => closing.add(openTill(options), ({ link }) => link.close());

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Somebody else on the broker. */
async function stranger(port: number) {
  const client = closing.add(connectMqtt({ port, reconnectPeriod: 0 }), (it) => it.end(true));
  const seen = new Map<string, string>();
  client.on('message', (topic, payload) => seen.set(topic, payload.toString()));
  await client.subscribeAsync('pos/#', { qos: 1 });
  const say = (topic: string, payload: string | Buffer, retain = false) =>
    client.publishAsync(topic, payload, { qos: 1, retain });
  return { seen, say };
}

describe('the broker is not there', () => {
  it('does not keep the till from starting; one line says so, and it connects when the broker appears', async () => {
    const port = await freePort();
    const problems: BrokerProblem[] = [];
    const till = tillUp({ port, listener: { problem: (problem) => problems.push(problem) } });
    await until('the problem is known', () => problems.length > 0);
    expect(problems[0]).toEqual({ code: 'BROKER_UNREACHABLE', detail: 'ECONNREFUSED' });
    await new Promise((resolve) => setTimeout(resolve, 300)); // several attempts
    expect(till.log.lines.filter(({ fields }) => fields['code'] === 'BROKER_UNREACHABLE')).toHaveLength(1);
    expect(till.log.lines[0]?.phrase).toMatch(/BROKER_UNREACHABLE.*check the network/);
    await brokerUp({ port });
    await until('online', () => till.link.online, 8_000);
  });

  it('takes the next server of the list', async () => {
    const [dead, broker] = [await freePort(), await brokerUp()];
    const servers = [dead, broker.port].map((port) => ({ host: '127.0.0.1', port })) as [never, never];
    const till = tillUp({ port: dead, link: { servers } });
    await until('online', () => till.link.online);
    expect(till.log.lines.map(({ phrase }) => phrase)).toContain('broker session up');
  });

  it('gives up a broker that accepts and says nothing', { timeout: 10_000 }, async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closing.add(silent, (it) => it.close());
    const address = silent.address();
    const problems: BrokerProblem[] = [];
    const listener = { problem: (problem: BrokerProblem) => problems.push(problem) };
    tillUp({ port: typeof address === 'object' && address ? address.port : 0, listener });
    await until('given up', () => problems.length > 0, 6_000);
    expect(problems[0]).toEqual({ code: 'BROKER_UNREACHABLE', detail: 'connack timeout' });
  });
});

describe('the broker refuses', () => {
  it('wrong credentials: a configuration problem, said once, tried again slowly', async () => {
    const broker = await brokerUp({
      admit: (_id, username, password) => username === 'till-1' && password === 'right',
    });
    const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
    const problems: BrokerProblem[] = [];
    const listener = { problem: (problem: BrokerProblem) => problems.push(problem) };
    const till = tillUp({ port: proxy.port, listener, link: { username: 'till-1', password: 'wrong' } });
    await until('refused', () => problems.length > 0);
    expect(problems).toEqual([{ code: 'BROKER_REFUSED', detail: 'CONNACK 5: not authorised' }]);
    await new Promise((resolve) => setTimeout(resolve, 700)); // an unreachable broker is tried several times in this time
    expect(proxy.packets.filter(({ type }) => type === CONNECT)).toHaveLength(1);
    expect(till.log.text()).not.toContain('wrong');
    const other = tillUp({ port: proxy.port, link: { clientId: 'till-2', username: 'till-1', password: 'right' } });
    await until('the right password', () => other.link.online);
  });

  it('a subscription: never online, and it says which', async () => {
    const broker = await brokerUp({ maySubscribe: (_id, filter) => !filter.endsWith('/rep/+') });
    const problems: BrokerProblem[] = [];
    const till = tillUp({ port: broker.port, listener: { problem: (problem) => problems.push(problem) } });
    await until('refused', () => problems.length > 0);
    expect(problems[0]).toMatchObject({ code: 'BROKER_REFUSED', detail: expect.stringContaining('SUBACK') });
    expect(till.link.online).toBe(false);
    expect(await till.requests.send(aPay('S1'), 1_000)).toEqual({ kind: 'not-sent', cause: 'OFFLINE' });
  });
});

describe('who is there', () => {
  it('is told by retained state and info, and by the will when the till dies', async () => {
    const broker = await brokerUp();
    const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
    const till = tillUp({ port: proxy.port });
    await until('online', () => till.link.online);
    const { seen } = await stranger(broker.port);
    await until('retained', () => seen.has(topics.state) && seen.has(topics.info));
    const state = AgentState.parse(JSON.parse(seen.get(topics.state) ?? ''));
    expect(state).toMatchObject({ s: 'online', boot: till.boot, conn: 1 });
    expect(AgentInfo.parse(JSON.parse(seen.get(topics.info) ?? ''))).toMatchObject({ boot: till.boot });
    proxy.judge = ({ type, from }) => (from === 'client' && type === CONNECT ? 'drop' : 'pass');
    proxy.cutAll();
    await until('lost', () => seen.get(topics.state)?.includes('lost') === true);
    expect(JSON.parse(seen.get(topics.state) ?? '')).toMatchObject({ s: 'lost', boot: till.boot, conn: 1 });
  });

  it('a clean end says offline, sends DISCONNECT and takes less than a second', async () => {
    const broker = await brokerUp();
    const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
    const till = tillUp({ port: proxy.port });
    await until('online', () => till.link.online);
    const { seen } = await stranger(broker.port);
    const before = performance.now();
    await till.link.close();
    expect(performance.now() - before).toBeLessThan(1_000);
    await until('the end of it', () => broker.clients === 1);
    expect(JSON.parse(seen.get(topics.state) ?? '')).toMatchObject({ s: 'offline', boot: till.boot, conn: 1 });
    expect(proxy.packets.some(({ from, type }) => from === 'client' && type === DISCONNECT)).toBe(true);
    await till.link.close();
  });

  it('a clean end takes less than a second with a broker that no longer answers', async () => {
    const broker = await brokerUp();
    const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
    const till = tillUp({ port: proxy.port });
    await until('online', () => till.link.online);
    proxy.judge = () => 'hold';
    const before = performance.now();
    await till.link.close();
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('ends at once while it waits for the next attempt', async () => {
    const till = tillUp({ port: await freePort() });
    await until('a first attempt failed', () => till.log.lines.length > 0);
    const before = performance.now();
    await till.link.close();
    expect(performance.now() - before, 'the next attempt is called off').toBeLessThan(1_000);
  });

  it('says online again when the will of an older session comes late', async () => {
    const broker = await brokerUp();
    const till = tillUp({ port: broker.port });
    await until('online', () => till.link.online);
    const { seen, say } = await stranger(broker.port);
    await say(topics.state, JSON.stringify({ v: 1, s: 'lost', boot: till.boot, conn: 0, ts: 0 }), true);
    await until('noticed', () => till.log.text().includes('own state overwritten'));
    await until('online again', () => seen.get(topics.state)?.includes('online') === true);
    expect(AgentState.parse(JSON.parse(seen.get(topics.state) ?? ''))).toMatchObject({ s: 'online', conn: 1 });
  });
});

describe('what cannot be read', () => {
  it('is one line each and harms nothing', async () => {
    const broker = await brokerUp();
    await backendUp(broker.port);
    const till = tillUp({ port: broker.port });
    await until('online', () => till.link.online);
    const { say } = await stranger(broker.port);
    const invalid = () => till.log.lines.filter(({ fields }) => fields['code'] === 'MESSAGE_INVALID');
    await say(topics.reply('R1'), '{"v":1,');
    await say(topics.reply('R1'), Buffer.from([0xff, 0xfe, 0x00]));
    await say(topics.reply('R1'), '');
    await say(topics.command('collect'), '[]');
    await say(topics.eventAck, '{"v":1,"upto":-3}');
    await say(topics.reply('R1'), JSON.stringify({ padding: 'x'.repeat(MAX_MESSAGE_BYTES) }));
    await until('all six are refused', () => invalid().length === 6);
    expect(invalid().map(({ fields }) => fields['reason'])).toEqual([
      'not JSON in UTF-8',
      'not JSON in UTF-8',
      'not JSON in UTF-8',
      'no usable id',
      'upto: too_small',
      `larger than ${MAX_MESSAGE_BYTES} bytes`,
    ]);
    expect(invalid()[0]?.phrase).toMatch(/MESSAGE_INVALID.*ignored/);
    expect(await till.requests.send(aQuery('M1'), 2_000)).toMatchObject({ kind: 'reply' });
  });

  it('does not fill the log', async () => {
    const broker = await brokerUp();
    await backendUp(broker.port);
    const till = tillUp({ port: broker.port });
    await until('online', () => till.link.online);
    const { say } = await stranger(broker.port);
    await Promise.all(Array.from({ length: 200 }, () => say(topics.reply('R1'), 'garbage')));
    expect(await till.requests.send(aQuery('M2'), 10_000)).toMatchObject({ kind: 'reply' });
    expect(till.log.lines.filter(({ fields }) => fields['code'] === 'MESSAGE_INVALID')).toHaveLength(10);
  });
});

describe('speed', () => {
  it('a request and its reply take a few milliseconds: Nagle is off on both sides', async () => {
    const broker = await brokerUp();
    await backendUp(broker.port);
    const till = tillUp({ port: broker.port });
    await until('online', () => till.link.online);
    const times: number[] = [];
    for (let i = 0; i < 50; i++) {
      const before = performance.now();
      expect(await till.requests.send(aQuery(`Q${i}`), 2_000)).toMatchObject({ kind: 'reply' });
      times.push(performance.now() - before);
    }
    const median = times.sort((a, b) => a - b)[25] ?? Infinity;
    // with Nagle's algorithm on one side it is 44 ms, on both 88 ms (stack.md 1.1)
    expect(median).toBeLessThan(20);
  });
});
