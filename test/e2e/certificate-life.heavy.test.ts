import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Site } from '../../protocols/backend/enrolment.ts';
import type { SimBackend } from '../../simulator/backend/backend.ts';
import { EnrolmentService } from '../../simulator/enrolment/enrolment-service.ts';
import { Shop } from '../../simulator/shop.ts';
import { systemClock } from '../../simulator/world/clock.ts';
import { Mosquitto } from '../agent/backend/shipped-broker.ts';
import { Closing } from '../agent/backend/till-fixture.ts';
import { needs } from '../needs.ts';
import { AgentProcess, eventually } from './agent-process.ts';
import { tillwire } from './run-tillwire.ts';

// The life of a till's certificate, from `tillwire provision` to a new PC: real processes, and Mosquitto as it is shipped, which
// has the last word on who may talk.

const closing = new Closing();
afterEach(() => closing.run());

const DAY_MS = 86_400_000;
const TILL = { tenant: 'demo', store: 'store-1', agent: 'till-1' };

/** A shop whose tills talk to Mosquitto; what the shop has of its own beside it, gun, printer and bank, is simulated. */
class SecureShop {
  readonly #broker: Mosquitto;
  readonly #shop: Shop;
  readonly enrolment: EnrolmentService;
  readonly backend: SimBackend;
  readonly ledger: Shop['acquirer']['ledger'];
  readonly folder = mkdtempSync(join(tmpdir(), 'tillwire-life-'));
  #orders = 0;

  private constructor(broker: Mosquitto, shop: Shop, enrolment: EnrolmentService, backend: SimBackend) {
    this.#broker = broker;
    this.#shop = shop;
    this.enrolment = enrolment;
    this.backend = backend;
    this.ledger = shop.acquirer.ledger;
  }

  static async open(): Promise<SecureShop> {
    const broker = await Mosquitto.open(closing);
    const shop = closing.add(await Shop.open({ till: TILL, paper: 58, clock: systemClock }), (it) => it.close());
    const enrolment = closing.add(await EnrolmentService.open(broker.ca, Date.now), (it) => it.close());
    const { backend } = await broker.backend(shop.acquirer);
    const opened = new SecureShop(broker, shop, enrolment, backend);
    broker.ca.onRevoked = () => void broker.revoke();
    closing.add(opened.folder, (it) => rmSync(it, { recursive: true, force: true }));
    return opened;
  }

  /** A technician's visit to a PC. */
  async provision(pc: string, ...more: string[]): Promise<void> {
    const invitation = this.enrolment.invitation(this.enrolment.codes.give(this.#site));
    const devices = ['--scanner', this.#shop.gunPort.path, '--printer', this.#shop.printerPort.path];
    const till = ['--config', this.file(pc, 'till.json'), '--technician', 'zhang', '--yes', '--json'];
    const { code, stderr } = await tillwire(['provision', '--code', invitation, ...till, ...devices, ...more]);
    expect([code, stderr.includes('Error')], stderr).toEqual([0, false]);
  }

  get #site(): Site {
    return {
      v: 1,
      address: TILL,
      merchant: { name: '街角小店', merchantNo: '898310054110001', terminalNo: 'T0000001' },
      registration: {
        acquirer: '演示收单机构',
        model: 'MP70',
        deviceType: '10',
        deviceId: 'T0000001',
        serialNum: '00000902KS8312000000000001',
        location: '+30.274085/+120.15507',
        ratePercent: '0.38',
        settlementDays: 1,
      },
      brokerUrl: `mqtts://localhost:${this.#broker.port}`,
      commandKeys: [],
    };
  }

  file(pc: string, ...path: string[]): string {
    return join(this.folder, pc, ...path);
  }

  async agent(pc: string, env?: NodeJS.ProcessEnv): Promise<AgentProcess> {
    const agent = closing.add(new AgentProcess(this.file(pc, 'till.json'), env), (it) => it.kill('SIGKILL'));
    await agent.said('agent ready');
    return agent;
  }

  /** An order, a scan, and the slip. */
  async sell(): Promise<void> {
    const { orderId } = await this.scan();
    await eventually(`${orderId} is paid`, () => this.ledger.ofOrder(orderId).netFen === 1250);
  }

  async scan(): Promise<{ readonly orderId: string }> {
    const orderId = `ORDER-${this.#orders}`;
    const command = { orderId, amountFen: 1250 };
    expect(await this.backend.collect(TILL, command)).toMatchObject({ code: 'ACCEPTED' });
    await this.#shop.gun.scan(`13462281708055150${this.#orders++}`);
    return { orderId };
  }

  async brokerRestarts(): Promise<void> {
    await this.#broker.stop();
    await this.#broker.start();
    await eventually('the backend is back', () => this.backend.isConnected);
  }
}

needs('mosquitto')('a certificate and its till, with Mosquitto as it is shipped', () => {
  it('is renewed before it ends: the broker is shown the new one, the old key is forgotten, nobody notices', async () => {
    const shop = await SecureShop.open();
    shop.enrolment.life = { from: Date.now() - 70 * DAY_MS, until: Date.now() + 31 * DAY_MS };
    await shop.provision('pc');
    const before = readFileSync(shop.file('pc', 'data', 'keys', 'till.pem'), 'utf8');
    shop.enrolment.life = {};
    const agent = await shop.agent('pc');
    await agent.said('the certificate was renewed');
    await agent.said('the broker takes the new certificate');
    expect(existsSync(shop.file('pc', 'data', 'keys', 'till.old.pem'))).toBe(false);
    expect(readFileSync(shop.file('pc', 'data', 'keys', 'till.pem'), 'utf8')).not.toBe(before);
    await agent.said('gun connected');
    await shop.sell();
    // the old one is no longer needed for anything
    shop.enrolment.ca.revoke(before.slice(before.indexOf('-----BEGIN CERT')));
    await shop.brokerRestarts();
    await agent.line('back', ({ msg, ['conn']: conn }) => msg === 'broker session up' && Number(conn) > 1);
    await shop.sell();
    expect(agent.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('a new one that the broker refuses: the old one lets the till in at once, and everybody is told', async () => {
    const shop = await SecureShop.open();
    shop.enrolment.life = { from: Date.now() - 70 * DAY_MS, until: Date.now() + 31 * DAY_MS };
    await shop.provision('pc');
    // whoever signs has a clock that is a day ahead
    shop.enrolment.life = { from: Date.now() + DAY_MS };
    const alerts: string[] = [];
    shop.backend.onAlert = (_till, _code, alert) => alert && alerts.push(alert.code);
    const agent = await shop.agent('pc');
    await agent.said('the certificate was renewed');
    const said = await agent.line('refused', ({ ['code']: code }) => code === 'CERTIFICATE_REFUSED');
    expect(said.level).toBe('error');
    await agent.said('gun connected');
    await shop.brokerRestarts();
    const restarted = performance.now();
    const isBack = ({ msg, ['conn']: conn }: { readonly msg: string; readonly [field: string]: unknown }) =>
      msg === 'broker session up' && Number(conn) > 1;
    await agent.line('back with the old one', isBack);
    expect(performance.now() - restarted, 'not after the half minute of a refusal').toBeLessThan(10_000);
    await shop.sell();
    expect(existsSync(shop.file('pc', 'data', 'keys', 'till.old.pem'))).toBe(true);
    await eventually('the backend knows', () => alerts.includes('CERTIFICATE_REFUSED'));
  });

  it("is restarted with the PC's clock behind: it is the later process all the same, and no earlier one's will stands", async () => {
    const shop = await SecureShop.open();
    await shop.provision('pc');
    const first = await shop.agent('pc');
    await eventually('online', () => shop.backend.stateOf(TILL)?.s === 'online');
    const before = shop.backend.stateOf(TILL)?.boot ?? '';
    await first.kill('SIGKILL');
    await eventually('its will', () => shop.backend.stateOf(TILL)?.s === 'lost');
    const behind = 'const now = Date.now; Date.now = () => now() - 1_200_000;';
    const second = await shop.agent('pc', {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(behind)}`,
    });
    await eventually('online again', () => shop.backend.stateOf(TILL)?.s === 'online');
    expect((shop.backend.stateOf(TILL)?.boot ?? '') > before).toBe(true);
    const [line] = second.lines;
    expect(Date.parse(String(line?.['time'])), 'its clock is behind').toBeLessThan(Date.now() - 1_000_000);
    await second.said('gun connected');
    await shop.sell();
  });

  it('[003-13] moves to a new PC: what was under way comes to its end there, the new one sells, the old one is out', async () => {
    const shop = await SecureShop.open();
    await shop.provision('old');
    const old = await shop.agent('old');
    await old.said('gun connected');
    await shop.sell();
    // the bank books, and its answer is lost
    shop.backend.inject(TILL, { kind: 'drop-reply', op: 'pay' });
    const { orderId } = await shop.scan();
    await eventually('booked', () => shop.ledger.ofOrder(orderId).netFen === 1250);
    await old.kill('SIGKILL');

    const copy = shop.file('stick');
    expect((await tillwire(['backup', '--config', shop.file('old', 'till.json'), '--to', copy])).code).toBe(0);
    const data = ['--data', shop.file('new', 'data')];
    expect((await tillwire(['restore', '--from', copy, ...data])).code).toBe(0);
    await shop.provision('new', '--move');
    const agent = await shop.agent('new');
    const told = () =>
      shop.backend
        .eventsOf(TILL)
        .flatMap(({ data: it }) => (it.type === 'attempt' && it.orderId === orderId ? [it.state] : []));
    await eventually('it came to its end', () => told().includes('PAID'), 30_000);
    expect(shop.ledger.ofOrder(orderId).charges).toBe(1);
    await agent.said('gun connected');
    await shop.sell();

    // the old PC is switched on once more
    const again = await shop.agent('old');
    const refused = await again.line('refused', ({ ['code']: code }) => code === 'BROKER_REFUSED');
    expect(refused['detail']).toMatch(/^TLS: .*REVOKED/);
    await shop.sell();
    expect(again.lines.filter(({ ['code']: code }) => code === 'BROKER_REFUSED')).toHaveLength(1);
    expect(again.lines.some(({ msg }) => msg === 'broker session up')).toBe(false);
  });
});
