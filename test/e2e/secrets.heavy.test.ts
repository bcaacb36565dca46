import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../agent/commands/api-client.ts';
import { showCode } from '../../simulator/devices/phone.ts';
import { TERMINALS } from '../../simulator/personalities/terminals.ts';
import { SimulatedAckedTerminal } from '../../simulator/terminals/acked-port.ts';
import { SimulatedPad } from '../../simulator/terminals/pad-mouth.ts';
import { PAD_PERSONALITIES } from '../../simulator/terminals/pad-personalities.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { systemClock as shopClock } from '../../simulator/world/clock.ts';
import { hire, PINS, signIn } from '../agent/console/people-at-the-page.ts';
import { TillWithApi } from '../agent/console/till-with-api.ts';
import { eventually } from './agent-process.ts';
import { tillwire } from './run-tillwire.ts';

// A day of payments with marked paycodes, cards, signatures, refunds, PINs, keys and passwords, the log turned up and traces running.
// Then everything that the till has written, shown, sent or packed is searched: the only place for a paycode is `req/pay`, for a
// signature its own topic and the paper; the others have none.

const PASSWORD = 'marked-broker-passw0rd-7731';
const KEY = 'MIGHMARKEDPRIVATEKEYBODYx7731';

/** of the simulated card, which this terminal says whole */
const PAN = '4761730000000119';
/** what a clerk types where words belong; its last digit is right, as that of a real card */
const TYPED = '4761739001010119';
/** what a magnetic stripe says; a terminal gone wrong shouts it between two frames */
const TRACK = ';6225880137061234=29125010000012345678?';

/** A card terminal and a signature pad on real ptys. */
class Devices {
  readonly folder = mkdtempSync(join(tmpdir(), 'tillwire-secrets-'));
  readonly terminalWire = new PtyWire({ link: join(this.folder, 'terminal') });
  readonly padWire = new PtyWire({ link: join(this.folder, 'pad') });
  readonly terminal = new SimulatedAckedTerminal('nccc', { personality: TERMINALS.nccc, clock: shopClock });
  readonly pad: SimulatedPad;

  constructor() {
    this.terminal.onPort(this.terminalWire);
    const personality = { ...PAD_PERSONALITIES['vx820-pad'], signMs: 300, heartbeatMs: 100 };
    this.pad = new SimulatedPad(this.padWire, { personality, clock: shopClock, random: () => 0.3 });
  }

  get config() {
    return {
      terminal: { protocol: 'nccc', path: join(this.folder, 'terminal') },
      pad: { path: join(this.folder, 'pad'), signs: 'always', dialect: { ground: 'ours' } },
    };
  }

  async close(): Promise<void> {
    this.pad.close();
    await Promise.all([this.padWire.close(), this.terminalWire.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let till: TillWithApi;
let devices: Devices;
const codes: string[] = [];
const heard: { topic: string; text: string }[] = [];
/** everything that came out of the till, by where it was found */
const seen = new Map<string, string>();
let token = '';
let session = '';
let approved = '';

const note = (where: string, text: string) => seen.set(where, `${seen.get(where) ?? ''}\n${text}`);

beforeAll(async () => {
  devices = new Devices();
  let listener: mqtt.MqttClient | undefined;
  till = await TillWithApi.open(
    (shop) => ({
      log: { level: 'debug' },
      ...devices.config,
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
}, 240_000);
afterAll(async () => {
  await till.close();
  await devices.close();
});

async function sellAndAsk(): Promise<void> {
  await hire(till, 'li', 'clerk');
  session = await signIn(till, 'li');
  await till.ask('/v1/sessions', { body: { personId: 'li', pin: '114053' } });
  token = till.token({ scopes: ['read', 'collect', 'diagnose'] });
  const traces = ['scanner', 'printer', 'terminal'].map((dev) => tracing(dev));
  await eventually('all traces stand', () =>
    traces.every((dev) => (seen.get(`trace ${dev}`) ?? '').includes('connected')),
  );
  await sell('D-1', 'wechat', 'whole');
  await sell('D-2', 'alipay', 'in pieces');
  await sell('D-3', 'unionpay', 'whole');
  await typed('D-4');
  await signedCard('D-5');
  await givenBack('D-1');
  await straysAndRepeats();
  await look();
  await pack();
}

function tracing(dev: string): string {
  void ApiClient.find({ config: till.configFile }, () => Promise.reject(new Error('no token')))
    .then((api) =>
      api.events(`/v1/devices/${dev}/trace?seconds=600`, 620_000, (_event, data) =>
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
  // what came before it and was not told yet is told with it
  const parts = () => (seen.get('trace scanner') ?? '').split(', without an end').length;
  const before = parts();
  await till.shop.gunPort.send(Buffer.from(stray.slice(0, 14), 'latin1'));
  await eventually('the gun has been silent for so long that half a code is over', () => parts() > before);
}

/** A card whose number the terminal says whole, a track between two frames, and the customer's signature. */
async function signedCard(orderId: string): Promise<void> {
  const before = till.shop.slips.length;
  await devices.terminalWire.send(Buffer.from(TRACK, 'latin1'));
  const args = { orderId, amountFen: 1_200, currency: 'CNY' };
  await till.shop.backend.order(till.shop.till, 'card-sale', args);
  await eventually('the slip of the card', () => till.shop.slips.length > before, 60_000);
  expect(devices.pad.model.ledger).toHaveLength(1);
  await eventually('the signature is with the acquirer', () => heard.some(({ topic }) => topic.endsWith('/signature')));
}

/** A clerk types a card number and a code into the reason; a manager approves with a PIN. */
async function givenBack(orderId: string): Promise<void> {
  await hire(till, 'wang', 'manager');
  const body = { refundId: 'R-1', orderId, refundFen: 250, reason: `卡 ${TYPED} 码 ${codes[0] ?? ''}` };
  const asked = await till.ask('/v1/refunds?wait=10', { token: session, key: 'ask-1', body });
  note('answer to a refund', asked.text);
  const approval = await till.ask('/v1/approvals', {
    token: session,
    body: { kind: 'refund', subject: 'R-1', personId: 'wang', pin: PINS.wang },
  });
  approved = String(approval.json['approval']);
  const done = await till.ask('/v1/refunds/R-1/approve?wait=20', {
    token: session,
    key: 'approve-1',
    headers: { approval: approved },
    method: 'POST',
  });
  note('answer to an approval', done.text);
  note('page /v1/refunds/R-1', (await till.ask('/v1/refunds/R-1', { token })).text);
}

async function look(): Promise<void> {
  for (const path of [
    '/',
    '/v1/state',
    '/v1/records',
    '/v1/orders/D-1',
    '/v1/orders/D-1/history',
    '/v1/orders/D-5',
    '/v1/orders/D-5/history',
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
    ['journal', 'show', 'D-5'],
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

  it('holds no card number but its first six and last four, and no track, wherever the terminal said it', () => {
    expect(devices.terminal.ledger.entries.length).toBeGreaterThan(0);
    expect(seen.get('trace terminal')).toMatch(/"dir":"in".*"kind":"nccc"/);
    expect(seen.get('trace terminal')).toMatch(/"dir":"out".*"kind":"nccc"/);
    const numbers = [PAN, TYPED, '6225880137061234'];
    for (const number of numbers) {
      expect(placesOf(number)).toEqual([]);
      expect(placesOf(Buffer.from(number, 'latin1').toString('hex'))).toEqual([]);
      expect(placesOf(Buffer.from(number, 'latin1').toString('base64').slice(0, 20))).toEqual([]);
      // two digits more than a slip may show
      expect(placesOf(number.slice(0, 8)), number).toEqual([]);
    }
    for (const part of ['=2912', '29125010000012345678']) expect(placesOf(part)).toEqual([]);
  });

  it('holds a signature in its own topic and on paper alone', () => {
    const upload = heard.find(({ topic }) => topic.endsWith('/signature'));
    const { record } = JSON.parse(upload?.text ?? '{}') as { record: { fields: Record<string, string> } };
    const jbig = record.fields['62'] ?? '';
    expect(jbig.length).toBeGreaterThan(100);
    const middle = jbig.slice(40, 80);
    expect(placesOf(middle)).toEqual([`topic ${upload?.topic ?? ''}`]);
    const bytes = Buffer.from(jbig, 'base64').subarray(30, 60);
    expect(placesOf(bytes.toString('latin1'))).toEqual([]);
    expect(placesOf(bytes.toString('hex'))).toEqual([]);
    const [drawn] = devices.pad.model.ledger;
    // the rows with the most ink, as the pad drew them
    const { bits = new Uint8Array(), stride = 0 } = drawn?.bitmap ?? {};
    const inked = Buffer.from(bits.subarray(30 * stride, 34 * stride));
    expect(inked.some((byte) => byte !== 0)).toBe(true);
    expect(placesOf(inked.toString('latin1')).filter((where) => where !== 'paper')).toEqual([]);
    expect(placesOf(inked.toString('base64').slice(8, 40))).toEqual([]);
  });

  it('holds what was typed into a refund masked, and the approval nowhere', () => {
    const journal = seen.get('command journal export') ?? '';
    expect(journal).toContain('"R-1"');
    expect(journal).toContain('476173******0119');
    expect(seen.get('page /v1/refunds/R-1')).toMatch(/REFUNDED|PROCESSING|REQUESTED/);
    expect(approved).toMatch(/\w{16,}/);
    expect(placesOf(approved)).toEqual([]);
  });

  it('holds no PIN, right or wrong', () => {
    for (const pin of [PINS.li, PINS.wang, '114053'])
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
