import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type MqttClient } from 'mqtt';
import type { BrokerProblem } from '../../../agent/backend/broker-problem.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { SimBackend } from '../../../simulator/backend/backend.ts';
import { CertificateAuthority, type Identity } from '../../../simulator/enrolment/certificate-authority.ts';
import { systemClock } from '../../../simulator/world/clock.ts';
import { locate } from '../../components.ts';
import { Closing, newId, openTill, TILL, until } from './till-fixture.ts';

/** A file of docs/brokers, as it is shipped. */
export const shipped = (name: string): string =>
  fileURLToPath(new URL(`../../../docs/brokers/${name}`, import.meta.url));

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
  readonly closing: Closing;
  #child: ChildProcess | undefined;

  constructor(closing: Closing) {
    this.closing = closing;
  }

  protected abstract program(): { readonly command: string; readonly args: string[]; readonly env?: NodeJS.ProcessEnv };
  /** The newest MQTT that it speaks. */
  protected abstract readonly version: 4 | 5;
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
    this.#child = spawn(command, args, { cwd: this.folder, stdio: 'ignore', env: { ...process.env, ...env } });
    await until(`${command} answers`, answers(this.port), this.patienceMs);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }

  protected signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
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

  till(identity: Identity, more: Parameters<typeof openTill>[0]['link'] = {}, till = TILL) {
    const problems: BrokerProblem[] = [];
    const servers = [{ host: 'localhost', port: this.port, tls: this.tls(identity) }] as const;
    const listener = { problem: (problem: BrokerProblem) => problems.push(problem) };
    const clientId = `tillwire-${till.tenant}-${till.store}-${till.agent}`;
    const opened = openTill({ port: this.port, listener, link: { servers, till, clientId, ...more } });
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
