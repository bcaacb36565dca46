import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type IPublishPacket } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { topicsOf } from '../../../protocols/backend/topics.ts';
import { MqttProxy } from './mqtt-proxy.ts';
import { aPay, Closing, openBackend, openTill, TILL, TillDisk, until } from './till-fixture.ts';

const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) =>
  existsSync(path),
);
const isRequired = process.env['TILLWIRE_REQUIRE'] === 'all';
const topics = topicsOf(TILL);
const closing = new Closing();
afterEach(() => closing.run());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address ? address.port : 0;
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

async function mosquitto(): Promise<number> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-mosquitto-'));
  const conf = join(folder, 'mosquitto.conf');
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'set_tcp_nodelay true', 'persistence false'];
  writeFileSync(conf, `${lines.join('\n')}\n`);
  const child: ChildProcess = spawn(MOSQUITTO ?? '', ['-c', conf], { stdio: 'ignore' });
  closing.add(child, async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true });
  });
  const end = performance.now() + 5_000;
  while (!(await answers(port))) if (performance.now() > end) throw new Error('mosquitto did not start');
  return port;
}

async function shop() {
  const port = await mosquitto();
  const opened = await openBackend(port, { protocolVersion: 5 });
  closing.add(opened.backend, (it) => it.stop());
  const proxy = closing.add(await MqttProxy.to(port), (it) => it.close());
  const disk = new TillDisk();
  const start = async () => {
    const till = closing.add(openTill({ port: proxy.port, disk, link: { protocolVersion: 5 } }), ({ link }) =>
      link.close(),
    );
    await until('online', () => till.link.online);
    return till;
  };
  return { ...opened, port, proxy, disk, start };
}

it.runIf(isRequired)('mosquitto is on this machine', () => {
  expect(MOSQUITTO, 'TILLWIRE_REQUIRE=all: install mosquitto').toBeDefined();
});

describe.skipIf(!MOSQUITTO)('MQTT 5 with Mosquitto (skipped where mosquitto is not installed)', () => {
  it('carries expiry, reply topic and correlation beside the same payload', async () => {
    const { port, start, ledger } = await shop();
    const till = await start();
    const client = closing.add(connect({ port, protocolVersion: 5, reconnectPeriod: 0 }), (it) => it.end(true));
    const seen: IPublishPacket[] = [];
    client.on('message', (_topic, _payload, packet) => seen.push(packet));
    await client.subscribeAsync(topics.request('pay'), { qos: 1 });
    expect(await till.requests.send(aPay('V1'), 3_000)).toMatchObject({ reply: { code: 'SUCCESS' } });
    await until('seen', () => seen.length === 1);
    const payload = JSON.parse(seen[0]?.payload.toString() ?? '');
    expect(seen[0]?.properties).toMatchObject({ responseTopic: topics.reply(payload.requestId) });
    expect(seen[0]?.properties?.correlationData?.toString()).toBe(payload.requestId);
    expect(seen[0]?.properties?.messageExpiryInterval).toBe(50);
    expect(ledger.total().charges).toBe(1);
  });

  it('one PUBLISH per attempt, also with a persistent session', async () => {
    const { proxy, start, ledger } = await shop();
    const till = await start();
    proxy.judge = ({ from, topic }) => (from === 'client' && topic?.endsWith('/req/pay') ? 'cut' : 'pass');
    const outcome = till.requests.send(aPay('V2'), 3_000);
    await until('on the wire', () => proxy.published('/req/pay').length === 1);
    proxy.judge = () => 'pass';
    await until('a second session', () => proxy.connections >= 2 && till.link.online);
    // whichever was faster, the cut or the broker: nothing is sent twice
    await outcome;
    expect(ledger.total().charges).toBeLessThanOrEqual(1);
    expect(proxy.published('/req/pay')).toHaveLength(1);
  });

  it('keeps a command for a till that is away', async () => {
    const { backend, start } = await shop();
    await (await start()).link.close();
    const answer = backend.collect(TILL, { orderId: 'O1', amountFen: 100 });
    const till = await start();
    expect(await answer).toMatchObject({ phase: 'accepted' });
    await until('executed', () => till.counter.executed.length === 1);
  });

  it('the will of a cut connection does not outlive the next one, and a clean end leaves offline behind', async () => {
    const { backend, proxy, start } = await shop();
    const till = await start();
    await until('online', () => backend.stateOf(TILL)?.s === 'online');
    proxy.cutAll();
    await until('a second connection', () => backend.stateOf(TILL)?.conn === 2);
    expect(backend.stateOf(TILL)?.s).toBe('online');
    await till.link.close();
    await until('offline', () => backend.stateOf(TILL)?.s === 'offline');
  });
});
