import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect, type MqttClient } from 'mqtt';
import type { BrokerProblem } from '../../../agent/backend/broker-problem.ts';
import type { TillAddress } from '../../../protocols/backend/topics.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { SimBackend } from '../../../simulator/backend/backend.ts';
import { CertificateAuthority, type Identity } from '../../../simulator/enrolment/certificate-authority.ts';
import { systemClock } from '../../../simulator/world/clock.ts';
import { locate } from '../../components.ts';
import { Closing, newId, openTill, TILL, until } from './till-fixture.ts';

/** A file of docs/brokers, as it is shipped. */
export const shipped = (name: string): string =>
  fileURLToPath(new URL(`../../../docs/brokers/${name}`, import.meta.url));

const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address ? address.port : 0;
}

function answers(port: number): () => boolean {
  let answered = false;
  return () => {
    const socket = connectTcp(port, '127.0.0.1', () => {
      answered = true;
      socket.destroy();
    }).on('error', () => undefined);
    return answered;
  };
}

/** A real broker with the configuration of docs/brokers, on a port of its own, with a CA of the shop's. */
export abstract class ShippedBroker {
  readonly ca = new CertificateAuthority(Date.now);
  readonly folder = mkdtempSync(join(tmpdir(), 'tillwire-broker-'));
  port = 0;
  /** undoes what is opened from now on: a broker may outlive the story */
  closing: Closing;
  #child: ChildProcess | undefined;

  constructor(closing: Closing) {
    this.closing = closing;
  }

  protected abstract program(): { readonly command: string; readonly args: string[]; readonly env?: NodeJS.ProcessEnv };
  /** The newest MQTT that it speaks. */
  protected abstract readonly version: 4 | 5;
  /** Ends it. */
  protected readonly ending: NodeJS.Signals = 'SIGTERM';
  /** How long it takes to listen, ms. */
  protected abstract readonly patienceMs: number;
  /** Has it read what was revoked. */
  protected abstract readRevocations(): Promise<void>;

  protected async prepare(): Promise<void> {
    this.port = await freePort();
    const { certificate, key } = this.ca.server(['localhost', '127.0.0.1']);
    this.write('ca.crt', this.ca.certificate);
    this.write('server.crt', certificate);
    this.write('server.key', key);
    this.closing.add(this, async (it) => {
      await it.stop();
      rmSync(it.folder, { recursive: true, force: true });
    });
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text, { mode: 0o600 });
  }

  async start(): Promise<void> {
    const { command, args, env } = this.program();
    const options = { cwd: this.folder, stdio: 'ignore', detached: true, env: { ...process.env, ...env } } as const;
    this.#child = spawn(command, args, options);
    await until(`${command} answers`, answers(this.port), this.patienceMs);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    this.signal(this.ending);
    await gone;
  }

  /** To all processes of it. */
  protected signal(name: NodeJS.Signals): void {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, name);
  }

  /** As the documents say it: the list is replaced and the broker reads it. Who is connected stays connected. */
  async revoke(...certificates: readonly string[]): Promise<void> {
    for (const certificate of certificates) this.ca.revoke(certificate);
    await this.readRevocations();
  }

  tls({ certificate, key }: Identity, maxVersion?: 'TLSv1.1') {
    const versions = maxVersion
      ? ({ maxVersion, minVersion: maxVersion } as const)
      : { minVersion: 'TLSv1.2' as const };
    return { ca: this.ca.certificate, cert: certificate, key, ...versions };
  }

  till(identity: Identity, more: Parameters<typeof openTill>[0]['link'] = {}, till = TILL, clock = systemClock) {
    const problems: BrokerProblem[] = [];
    const servers = [{ host: 'localhost', port: this.port, tls: this.tls(identity) }] as const;
    const listener = { problem: (problem: BrokerProblem) => problems.push(problem) };
    const clientId = `tillwire-${till.tenant}-${till.store}-${till.agent}`;
    const opened = openTill({ port: this.port, clock, listener, link: { servers, till, clientId, ...more } });
    this.closing.add(opened, ({ link }) => link.close());
    return { ...opened, problems };
  }

  async backend(acquirer = new Acquirer(systemClock)) {
    const options = { host: 'localhost', port: this.port, clientId: 'backend' };
    const tls = this.tls(this.ca.client({ commonName: 'backend' }));
    const backend = new SimBackend({ ...options, tls }, { acquirer, clock: systemClock, newId });
    this.closing.add(backend, (it) => it.stop());
    await backend.start();
    return { backend, acquirer };
  }

  /** A program that holds a till's certificate and does what it likes. */
  async raw(
    identity: Identity,
    { clientId, heard }: { readonly clientId?: string; readonly heard?: string[] } = {},
  ): Promise<MqttClient> {
    const session = { clientId: clientId ?? newId(), clean: clientId === undefined };
    const protocolVersion = this.version;
    const options = { ...this.tls(identity), reconnectPeriod: 0, protocolVersion, ...session };
    const client = connect(`mqtts://localhost:${this.port}`, options);
    client.on('message', (topic) => heard?.push(topic));
    this.closing.add(client, (it) => it.end(true));
    await new Promise<void>((resolve, reject) => client.once('connect', () => resolve()).once('error', reject));
    return client;
  }
}

export class Mosquitto extends ShippedBroker {
  protected readonly version = 5;
  protected readonly patienceMs = 10_000;

  /** `change`: of the shipped configuration */
  static async open(closing: Closing, change = (conf: string) => conf): Promise<Mosquitto> {
    const broker = new Mosquitto(closing);
    await broker.prepare();
    const conf = change(readFileSync(shipped('mosquitto/mosquitto.conf'), 'utf8'));
    const asRoot = process.getuid?.() === 0 ? '\nuser root\n' : '';
    broker.write('mosquitto.conf', conf.replace('listener 8883', `listener ${broker.port}`) + asRoot);
    copyFileSync(shipped('mosquitto/tills.acl'), join(broker.folder, 'tills.acl'));
    broker.write('revoked.crl', broker.ca.revocations());
    broker.write('passwords', '');
    await broker.start();
    return broker;
  }

  protected program() {
    return { command: locate('mosquitto') ?? 'mosquitto', args: ['-c', 'mosquitto.conf'] };
  }

  protected readRevocations(): Promise<void> {
    this.write('revoked.crl', this.ca.revocations());
    this.signal('SIGHUP');
    return Promise.resolve();
  }
}

/** Debian's wrappers change the user and the folder; these do not. */
const RABBIT_PROGRAMS = '/usr/lib/rabbitmq/bin';
/** A node of Erlang starts in 8 s on an idle machine. */
const ERLANG_MS = 90_000;

export class RabbitMq extends ShippedBroker {
  protected readonly version = 4;
  protected readonly patienceMs = ERLANG_MS;
  /** Its data is of no use to anybody: half of its stop would be spent on it. */
  protected override readonly ending = 'SIGKILL';
  #env: NodeJS.ProcessEnv = {};

  static async open(closing: Closing, tills: readonly TillAddress[]): Promise<RabbitMq> {
    const broker = new RabbitMq(closing);
    await broker.prepare();
    await broker.#configure();
    await broker.#startPortMapper();
    await broker.start();
    const names = tills.map(({ tenant, store, agent }) => `${tenant}/${store}/${agent}`);
    const env = { ...process.env, ...broker.#env, RABBITMQCTL: `${RABBIT_PROGRAMS}/rabbitmqctl` };
    await run('sh', [shipped('rabbitmq/tills.sh'), ...names], { env });
    await run(env.RABBITMQCTL, ['delete_user', 'guest'], { env });
    return broker;
  }

  protected program() {
    return { command: `${RABBIT_PROGRAMS}/rabbitmq-server`, args: [], env: this.#env };
  }

  protected async readRevocations(): Promise<void> {
    this.write('revoked.crl', this.ca.revocations());
    const { stdout } = await run('openssl', ['crl', '-in', join(this.folder, 'revoked.crl'), '-hash', '-noout']);
    this.write(`crl/${stdout.trim()}.r0`, this.ca.revocations());
  }

  async #configure(): Promise<void> {
    for (const name of ['advanced.config', 'enabled_plugins'])
      copyFileSync(shipped(`rabbitmq/${name}`), join(this.folder, name));
    const conf = readFileSync(shipped('rabbitmq/rabbitmq.conf'), 'utf8');
    this.write('rabbitmq.conf', conf.replace('= 8883', `= ${this.port}`));
    mkdirSync(join(this.folder, 'crl'));
    await this.readRevocations();
    this.write('.erlang.cookie', newId());
    chmodSync(join(this.folder, '.erlang.cookie'), 0o400);
    const file = (name: string) => join(this.folder, name);
    this.#env = {
      HOME: this.folder,
      RABBITMQ_NODENAME: `tillwire-${this.port}@localhost`,
      RABBITMQ_DIST_PORT: String(await freePort()),
      RABBITMQ_MNESIA_BASE: file('data'),
      RABBITMQ_LOG_BASE: file('log'),
      RABBITMQ_PID_FILE: file('pid'),
      RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: file('advanced.config'),
      RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(await freePort()),
    };
  }

  /** Erlang's own would stay behind as a daemon. */
  async #startPortMapper(): Promise<void> {
    const port = Number(this.#env['ERL_EPMD_PORT']);
    const mapper = spawn('epmd', ['-port', String(port), '-address', '127.0.0.1'], { stdio: 'ignore' });
    this.closing.add(mapper, (it) => it.kill('SIGKILL'));
    await until('epmd answers', answers(port), 10_000);
  }
}
