import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../agent/commands/api-client.ts';
import { showCode } from '../../simulator/devices/phone.ts';
import { hire, PINS, signIn } from '../agent/console/people-at-the-page.ts';
import { TillWithApi } from '../agent/console/till-with-api.ts';
import { eventually } from './agent-process.ts';
import { tillwire } from './run-tillwire.ts';

// A day of payments with marked paycodes, PINs, keys and passwords, the log turned up and a trace running. Then everything that the
// till has written, shown, sent or packed is searched: the only place for a paycode is `req/pay`, the others have none.

const PASSWORD = 'marked-broker-passw0rd-7731';
const KEY = 'MIGHMARKEDPRIVATEKEYBODYx7731';

let till: TillWithApi;
const codes: string[] = [];
const heard: { topic: string; text: string }[] = [];
/** everything that came out of the till, by where it was found */
const seen = new Map<string, string>();
let token = '';
let session = '';

const note = (where: string, text: string) => seen.set(where, `${seen.get(where) ?? ''}\n${text}`);

beforeAll(async () => {
  let listener: mqtt.MqttClient | undefined;
  till = await TillWithApi.open(
    (shop) => ({
      log: { level: 'debug' },
      broker: {
        url: `mqtt://127.0.0.1:${shop.broker.port}`,
        username: 'till-1',
        password: PASSWORD,
        keyFile: 'till.key',
      },
    }),
    (shop) => {
      listener = mqtt.connect(`mqtt://127.0.0.1:${shop.broker.port}`, { clientId: 'everything' });
      listener.on('message', (topic, payload) => heard.push({ topic, text: payload.toString('utf8') }));
      listener.subscribe('#', { qos: 1 });
    },
  );
  writeFileSync(
    join(till.dataDir, '..', 'till.key'),
    `-----BEGIN PRIVATE KEY-----\n${KEY}\n-----END PRIVATE KEY-----\n`,
  );
  await sellAndAsk();
  listener?.end(true);
}, 120_000);
afterAll(() => till.close());

async function sellAndAsk(): Promise<void> {
  await hire(till, 'li', 'clerk');
  session = await signIn(till, 'li');
  await till.ask('/v1/sessions', { body: { personId: 'li', pin: '914053' } });
  token = till.token({ scopes: ['read', 'collect', 'diagnose'] });
  const traces = ['scanner', 'printer'].map((dev) => tracing(dev));
  await eventually('both traces stand', () =>
    traces.every((dev) => (seen.get(`trace ${dev}`) ?? '').includes('connected')),
  );
  await sell('D-1', 'wechat', 'whole');
  await sell('D-2', 'alipay', 'in pieces');
  await sell('D-3', 'unionpay', 'whole');
  await typed('D-4');
  await straysAndRepeats();
  await look();
  await pack();
}

function tracing(dev: string): string {
  void ApiClient.find({ config: till.configFile }, () => Promise.reject(new Error('no token')))
    .then((api) =>
      api.events(`/v1/devices/${dev}/trace?seconds=60`, 70_000, (_event, data) =>
        note(`trace ${dev}`, JSON.stringify(data)),
      ),
    )
    .catch(() => undefined); // the agent is gone at the end of the test
  return dev;
}

async function sell(
  orderId: string,
  wallet: 'wechat' | 'alipay' | 'unionpay',
  how: 'whole' | 'in pieces',
): Promise<void> {
  const code = showCode(wallet, Math.random);
  codes.push(code);
  const before = till.shop.slips.length;
  await till.shop.backend.collect(till.shop.till, { orderId, amountFen: 1250 });
  if (how === 'whole') await till.shop.gun.scan(code);
  else
    for (const byte of Buffer.from(`${code}\r\n`, 'latin1')) {
      await till.shop.gunPort.send(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 12));
    }
  await eventually(`the slip of ${orderId}`, () => till.shop.slips.length > before);
}

async function typed(orderId: string): Promise<void> {
  const paycode = showCode('wechat', Math.random);
  codes.push(paycode);
  await till.shop.backend.collect(till.shop.till, { orderId, amountFen: 300 });
  const answer = await till.ask(`/v1/orders/${orderId}/paycode`, { token: session, body: { paycode } });
  note('answer to a typed code', answer.text);
  note(
    'answer to a wrong call',
    (await till.ask(`/v1/orders/${paycode}/paycode`, { token: session, body: { code: paycode } })).text,
  );
}

/** Nothing to pay, the same code again, two codes glued together, a code that breaks off. */
async function straysAndRepeats(): Promise<void> {
  const stray = showCode('wechat', Math.random);
  const glued = [showCode('wechat', Math.random), showCode('alipay', Math.random)];
  codes.push(stray, ...glued);
  await till.shop.gun.scan(stray);
  await till.shop.gun.scan(glued.join(''));
  await till.shop.gunPort.send(Buffer.from(stray.slice(0, 14), 'latin1'));
  await new Promise((resolve) => setTimeout(resolve, 3_000));
}

async function look(): Promise<void> {
  for (const path of [
    '/',
    '/v1/state',
    '/v1/records',
    '/v1/orders/D-1',
    '/v1/orders/D-1/history',
    '/v1/devices',
    '/v1/diagnosis',
    '/v1/log',
    '/metrics',
    '/readyz',
  ])
    note(`page ${path}`, (await till.ask(path, { token })).text);
  for (const args of [
    ['doctor'],
    ['config', 'show'],
    ['outbox', 'stats'],
    ['journal', 'list'],
    ['journal', 'export'],
    ['journal', 'show', 'D-1'],
    ['token', 'list'],
  ]) {
    const { stdout, stderr } = await tillwire([...args, '--config', till.configFile]);
    note(`command ${args.join(' ')}`, stdout + stderr);
  }
}

async function pack(): Promise<void> {
  const zip = join(till.dataDir, '..', 'bundle.zip');
  const made = await tillwire(['support-bundle', '--config', till.configFile, '--out', zip, '--json']);
  expect(made.code).toBe(0);
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip))))
    note(`bundle ${name}`, Buffer.from(bytes).toString('utf8'));
  const backup = join(till.dataDir, '..', 'backup');
  expect((await tillwire(['backup', '--config', till.configFile, '--to', backup])).code).toBe(0);
  for (const [where, folder] of [
    ['backup', backup],
    ['data', till.dataDir],
  ] as const)
    for (const file of filesBelow(folder)) note(`${where} ${file}`, readFileSync(file).toString('latin1'));
  note('log', till.agent.text.join('\n') + till.agent.stderr);
  for (const bytes of till.shop.slips) note('paper', Buffer.from(bytes).toString('latin1'));
  for (const { topic, text } of heard) if (!topic.endsWith('/req/pay')) note(`topic ${topic}`, text);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? filesBelow(join(folder, one.name)) : [join(folder, one.name)],
  );
}

/** Where a text stands, with a look at what is around it. */
function placesOf(secret: string | RegExp): string[] {
  const pattern = typeof secret === 'string' ? new RegExp(secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : secret;
  return [...seen].filter(([, text]) => pattern.test(text)).map(([where]) => where);
}

describe('what the till has written, shown, sent and packed', () => {
  it('is all there to be searched', () => {
    const kinds = new Set([...seen.keys()].map((where) => where.split(' ')[0]));
    for (const kind of ['trace', 'page', 'command', 'bundle', 'backup', 'data', 'log', 'paper', 'topic'])
      expect(kinds).toContain(kind);
    expect(seen.get('trace scanner')).toContain('****');
    expect([...seen.keys()]).toContain('bundle manifest.json');
    expect(heard.filter(({ topic }) => topic.endsWith('/req/pay')).length).toBe(4);
  });

  it('holds no paycode, and no part of one that a mask hides, but in req/pay', () => {
    for (const code of codes) expect(placesOf(code.slice(2, -4)), `a code with ${code.length} digits`).toEqual([]);
    const paid = heard.filter(({ topic }) => topic.endsWith('/req/pay')).map(({ text }) => text);
    expect(codes.slice(0, 4).every((code) => paid.some((text) => text.includes(code)))).toBe(true);
  });

  it('holds no PIN, right or wrong', () => {
    for (const pin of [PINS.li, PINS.wang])
      expect(placesOf(new RegExp(`(?<![0-9a-zA-Z.])${pin}(?![0-9a-zA-Z])`))).toEqual([]);
  });

  it('holds no password, no key and no token, but the own one of the running agent, for its user alone', () => {
    expect(placesOf(PASSWORD)).toEqual([]);
    expect(placesOf(KEY)).toEqual([]);
    expect(placesOf(token)).toEqual([]);
    expect(placesOf(session)).toEqual([]);
    const { token: own } = JSON.parse(readFileSync(till.addressFile, 'utf8')) as { token: string };
    expect(placesOf(own)).toEqual([`data ${till.addressFile}`]);
  });

  it('doctor looks whether a crash would write the memory to disk', () => {
    expect(seen.get('bundle doctor.json')).toContain('CORE_DUMPS');
  });
});
