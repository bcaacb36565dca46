import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topicsOf } from '../../protocols/backend/topics.ts';
import { startBroker } from '../../simulator/backend/broker.ts';
import { Shop } from '../../simulator/shop.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { AgentProcess, eventually, tillFolder } from './agent-process.ts';

// Each of these is one clear line (code, cause, what to do now), no stack trace, no crash, nothing lost.

const till = { tenant: 'demo', store: 'store-1', agent: 'till-7' };

function expectOneClearLine(text: string, code: string): void {
  expect(text.trim().split('\n').length).toBe(1);
  expect(text).toContain(`${code}: `);
  expect(text).not.toMatch(/\n\s+at /);
}

describe('a configuration that cannot be used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['is missing', undefined, 'CONFIG_UNREADABLE', /no such file/],
    ['is not JSON', '{ "address": ', 'CONFIG_INVALID', /not JSON/],
    [
      'has a wrong field',
      '{ "address": { "tenant": "Demo Shop", "store": "s", "agent": "a" } }',
      'CONFIG_INVALID',
      /address\.tenant/,
    ],
    ['has an unknown field', '{ "adress": {} }', 'CONFIG_INVALID', /adress|address/],
  ])('%s: exit 2', async (name, content, code, words) => {
    const file = join(folder, `${name}.json`);
    if (content !== undefined) writeFileSync(file, content);
    const agent = new AgentProcess(file);
    expect((await agent.ended).code).toBe(2);
    expectOneClearLine(agent.stderr, code);
    expect(agent.stderr).toMatch(words);
  });
});

describe('a running till', () => {
  let shop: Shop;
  let place: ReturnType<typeof tillFolder>;
  let agent: AgentProcess;
  beforeAll(async () => {
    shop = await Shop.open({ till, paper: 58, clock: systemClock });
    place = tillFolder(shop);
    agent = new AgentProcess(place.configFile);
    await agent.said('broker session up');
  }, 30_000);
  afterAll(async () => {
    await agent.kill('SIGTERM');
    await shop.close();
    place.remove();
  });

  async function sells(orderId: string, paycode: string): Promise<void> {
    await shop.backend.collect(till, { orderId, amountFen: 100 });
    await shop.gun.scan(paycode);
    await eventually(`${orderId} is paid`, () => shop.acquirer.ledger.ofOrder(orderId).charges === 1);
    await agent.line(`${orderId} PAID`, (line) => line['orderId'] === orderId && line['state'] === 'PAID');
  }

  it('a second agent on the same data folder is refused', async () => {
    const second = new AgentProcess(place.configFile);
    expect((await second.ended).code).toBe(2);
    expectOneClearLine(second.stderr, 'DATA_DIR_BUSY');
  });

  it('a port that another agent holds is told, with the holder', async () => {
    const other = tillFolder(shop, { address: { ...till, agent: 'till-8' } });
    const second = new AgentProcess(other.configFile);
    const line = await second.said('PORT_BUSY');
    expect(line.msg.split('\n').length).toBe(1);
    expect(second.alive).toBe(true);
    await second.kill('SIGTERM');
    expect(second.stderr).toBe('');
    other.remove();
  });

  it('malformed messages are told and change nothing', async () => {
    const client = connect(`mqtt://127.0.0.1:${shop.broker.port}`);
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
    const topics = topicsOf(till);
    for (const payload of ['not json', '{}', '{"v":1,"id":"X"}', '[]', '{"v":1', Buffer.alloc(70_000, 0x41)]) {
      await client.publishAsync(topics.command('collect'), payload, { qos: 1 });
      await client.publishAsync(topics.reply('nobody'), payload, { qos: 1 });
      await client.publishAsync(topics.eventAck, payload, { qos: 1 });
    }
    await client.publishAsync(topics.command('dance'), JSON.stringify({ v: 1, id: 'C1', type: 'dance' }), { qos: 1 });
    await agent.said('MESSAGE_INVALID');
    await client.endAsync();
    await sells('AFTER-MALFORMED', '134622817080551401');
  });

  it('garbage from the gun is told, and the next code is read', async () => {
    await shop.gunPort.send(Uint8Array.from({ length: 20_000 }, (_, i) => (i * 37) & 0xff));
    await agent.said('SCANNER_NOISE');
    await shop.gunPort.send(Uint8Array.of(0x0d));
    await sells('AFTER-GARBAGE', '134622817080551402');
  });

  it('what is not a paycode is named, and the order waits for one that is', async () => {
    await shop.backend.collect(till, { orderId: 'WRONG-KIND', amountFen: 100 });
    await shop.gun.scan('6901234567892');
    const refused = await agent.line(
      'scan refused',
      ({ msg, zh }) => msg === 'scan refused' && String(zh).includes('商品条码'),
    );
    expect(JSON.stringify(refused)).not.toContain('6901234567892');
    await shop.gun.scan('134622817080551403');
    await eventually('it is paid after all', () => shop.acquirer.ledger.ofOrder('WRONG-KIND').charges === 1);
  });

  it('a code scanned without an order is neither sent nor kept', async () => {
    await agent.line('the last order is done', (line) => line['orderId'] === 'WRONG-KIND' && line['state'] === 'PAID');
    await shop.gun.scan('134622817080551404');
    await agent.line('no open order', (line) => line['refusal'] === 'NO_OPEN_ORDER');
    expect(agent.text.join('\n')).not.toContain('134622817080551404');
  });

  it('after all that it is the same process, and never wrote a stack trace', () => {
    expect(agent.alive).toBe(true);
    expect(agent.stderr).toBe('');
    expect(agent.text.join('\n')).not.toMatch(/\\n\s+at /);
  });
});

describe('a till whose surroundings are missing', () => {
  it('unknown ports and an absent broker: one line each, and it waits', async () => {
    const socket = createServer().listen(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address() as { port: number };
    socket.close();
    const ports = {
      gunPort: { path: '/dev/tillwire-no-gun' },
      printerPort: { path: '/dev/tillwire-no-printer' },
    } as Pick<Shop, 'gunPort' | 'printerPort'>;
    const place = tillFolder({ till, broker: { port } as Shop['broker'], ...ports });
    const agent = new AgentProcess(place.configFile);
    for (const code of ['PORT_NOT_FOUND', 'BROKER_UNREACHABLE'])
      expect((await agent.said(code)).msg.split('\n').length).toBe(1);
    await agent.line('the printer is named too', ({ msg }) => msg.includes('tillwire-no-printer'));
    expect(agent.alive).toBe(true);
    await agent.kill('SIGTERM');
    expect(agent.stderr).toBe('');
    place.remove();
  });

  it('refused credentials are a finding for the technician', async () => {
    const broker = await startBroker({ admit: () => false });
    const ports = {
      gunPort: { path: '/dev/tillwire-no-gun' },
      printerPort: { path: '/dev/tillwire-no-printer' },
    } as Pick<Shop, 'gunPort' | 'printerPort'>;
    const place = tillFolder({ till, broker, ...ports });
    const agent = new AgentProcess(place.configFile);
    const line = await agent.said('BROKER_REFUSED');
    expect(line.level).toBe('error');
    await agent.kill('SIGTERM');
    await broker.stop();
    place.remove();
  });
});
