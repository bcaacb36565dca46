import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'mqtt';
import { afterEach, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../agent/clock.ts';
import { identityOf } from '../../../agent/enrolment/identity.ts';
import { topicsOf } from '../../../protocols/backend/topics.ts';
import { CertificateAuthority } from '../../../simulator/enrolment/certificate-authority.ts';
import { needs } from '../../needs.ts';
import { Mosquitto, shipped } from './shipped-broker.ts';
import { aPay, Closing, newId, TILL, until } from './till-fixture.ts';

// The configuration that is shipped in docs/brokers/mosquitto, on a real Mosquitto, with certificates of a CA of the shop's.

const closing = new Closing();
afterEach(() => closing.run());
const topics = topicsOf(TILL);

/** a till's, as the agent makes it */
const CLIENT = 'tillwire-acme-s001-till-1';
const till1 = { commonName: 'till-1', organisation: 'acme', unit: 's001' };

needs('mosquitto')('Mosquitto as it is shipped: TLS, client certificates, topics of its own', () => {
  it('a till with its certificate pays', async () => {
    const broker = await Mosquitto.open(closing);
    const { backend, acquirer } = await broker.backend();
    const till = broker.till(broker.ca.client(till1));
    await until('online', () => till.link.online);
    expect(await till.requests.send(aPay('S1'), 5_000)).toMatchObject({ reply: { code: 'SUCCESS' } });
    expect(acquirer.ledger.total().charges).toBe(1);
    await until('its state', () => backend.stateOf(TILL)?.s === 'online');
    expect(till.problems).toEqual([]);
  });

  it.each([
    ['of another CA', () => new CertificateAuthority(Date.now).client(till1)],
    ['that ended an hour ago', (ca: CertificateAuthority) => ca.client(till1, { until: Date.now() - 3_600_000 })],
    ['that begins tomorrow', (ca: CertificateAuthority) => ca.client(till1, { from: Date.now() + 86_400_000 })],
    ['of a server', (ca: CertificateAuthority) => ca.server(['till-1'])],
  ])(
    'a certificate %s is refused, said once as a fault of the configuration, and tried again slowly',
    async (_, make) => {
      const broker = await Mosquitto.open(closing);
      const identity = make(broker.ca);
      let tries = 0;
      const counted = {
        host: 'localhost',
        port: broker.port,
        get tls() {
          tries += 1;
          return broker.tls(identity);
        },
      };
      const till = broker.till(identity, { servers: [counted] });
      await until('refused', () => till.problems.length > 0);
      expect(till.problems).toEqual([
        { code: 'BROKER_REFUSED', detail: expect.stringMatching(/^TLS: .*(CERT|ALERT|CA)/) },
      ]);
      await new Promise((resolve) => setTimeout(resolve, 700)); // an unreachable broker is tried several times in this time
      expect(till.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
      expect([till.link.online, tries]).toEqual([false, 1]);
    },
  );

  it('no certificate, and TLS 1.1, are refused', async () => {
    const broker = await Mosquitto.open(closing);
    const { ca } = broker;
    for (const tls of [{ ca: ca.certificate }, broker.tls(ca.client(till1), 'TLSv1.1')]) {
      const till = broker.till(ca.client(till1), { servers: [{ host: 'localhost', port: broker.port, tls }] });
      await until('refused', () => till.problems.length > 0);
      expect(till.problems[0]).toMatchObject({ code: 'BROKER_REFUSED' });
    }
  });

  it("a broker with another CA's certificate is refused by the till: the CA is pinned", async () => {
    const broker = await Mosquitto.open(closing);
    const tls = { ...broker.tls(broker.ca.client(till1)), ca: new CertificateAuthority(Date.now).certificate };
    const till = broker.till(broker.ca.client(till1), { servers: [{ host: 'localhost', port: broker.port, tls }] });
    await until('refused', () => till.problems.length > 0);
    expect(till.problems[0]?.detail).toMatch(/^TLS: /);
  });

  it('a certificate that was revoked is refused from then on', async () => {
    const broker = await Mosquitto.open(closing);
    const identity = broker.ca.client(till1);
    const till = broker.till(identity);
    await until('online', () => till.link.online);
    await broker.revoke(identity.certificate);
    const isRefused = () =>
      broker.raw(identity).then(
        () => false,
        () => true,
      );
    await until('the list is read', isRefused);
    expect(till.link.online, 'what is connected stays so until it connects again').toBe(true);
    await broker.stop();
    await broker.start();
    await until('refused', () => till.problems.some(({ code }) => code === 'BROKER_REFUSED'), 10_000);
    const next = broker.till(broker.ca.client(till1));
    await until('the new one', () => next.link.online);
  });

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)(
    'the authority of docs/brokers/ca.sh: its certificates are taken, and refused once revoked',
    async () => {
      const broker = await Mosquitto.open(closing);
      const authority = (...words: string[]) =>
        execFileSync('sh', [shipped('ca.sh'), ...words], { cwd: broker.folder, stdio: 'pipe' });
      authority('new');
      authority('server', 'localhost', '127.0.0.1');
      authority('client', 'till-1', 'acme', 's001');
      await broker.stop();
      await broker.start();
      const file = (name: string) => readFileSync(join(broker.folder, name), 'utf8');
      const tls = { ca: file('ca.crt'), cert: file('till-1.crt'), key: file('till-1.key') };
      const servers = [{ host: 'localhost', port: broker.port, tls }] as const;
      const till = broker.till(broker.ca.client(till1), { servers });
      await until('online', () => till.link.online);
      authority('revoke', 'till-1.crt');
      await broker.stop();
      await broker.start();
      await until('refused', () => till.problems.some(({ code }) => code === 'BROKER_REFUSED'), 10_000);
      // the name is the till's still: a request made on its new PC
      execFileSync('openssl', ['req', '-new', '-key', 'till-1.key', '-subj', '/CN=somebody', '-out', 'new.csr'], {
        cwd: broker.folder,
      });
      authority('sign', 'new.csr', 'acme', 's001', 'till-1');
      expect(identityOf(tls.key + file('till-1.crt')).agent).toBe('till-1');
    },
  );

  it("another till's topics: what is written there goes nowhere, what is said there is not heard", async () => {
    const broker = await Mosquitto.open(closing);
    const { backend } = await broker.backend();
    const heard: string[] = [];
    backend.onRequest = (till) => heard.push(till.agent);
    backend.onState = (till) => heard.push(till.agent);
    const thief = await broker.raw(broker.ca.client({ commonName: 'till-2' }));
    const theirs: string[] = [];
    thief.on('message', (topic) => theirs.push(topic));
    await thief.subscribeAsync(['pos/#', '#', topics.commands, topics.request('pay')], { qos: 1 });
    const forged = { v: 1, s: 'offline', boot: newId(), conn: 9, ts: 1 };
    for (const topic of [topics.state, topics.request('pay'), topics.reply('X'), topics.command('limits')])
      await expect(thief.publishAsync(topic, JSON.stringify(forged), { qos: 1 })).rejects.toThrow(/not authorized/i);
    const till = broker.till(broker.ca.client(till1));
    await until('online', () => till.link.online);
    expect(await till.requests.send(aPay('S2'), 5_000)).toMatchObject({ reply: { code: 'SUCCESS' } });
    await backend.collect(TILL, { orderId: 'O1', amountFen: 100 });
    expect(new Set(heard)).toEqual(new Set(['till-1']));
    expect(theirs).toEqual([]);
  });

  it("another till's client id: what the broker keeps for it is not handed over, and it is back at once", async () => {
    const broker = await Mosquitto.open(closing);
    const { backend } = await broker.backend();
    const till = broker.till(broker.ca.client(till1));
    await until('online', () => till.link.online);
    await till.link.close();
    void backend.collect(TILL, { orderId: 'O1', amountFen: 100 }).catch(() => undefined);
    const heard: string[] = [];
    const thief = await broker.raw(broker.ca.client({ commonName: 'till-2' }), { clientId: CLIENT, heard });
    // the broker answers in order: what it had to hand over came before this
    await thief.subscribeAsync(topics.commands, { qos: 1 });
    const back = broker.till(broker.ca.client(till1));
    await until('online again', () => back.link.online);
    expect(await backend.collect(TILL, { orderId: 'O2', amountFen: 100 })).toMatchObject({ phase: 'accepted' });
    expect(heard).toEqual([]);
  });

  it('a till cannot command itself', async () => {
    const broker = await Mosquitto.open(closing);
    const till = await broker.raw(broker.ca.client(till1));
    await expect(till.publishAsync(topics.command('resume'), '{}', { qos: 1 })).rejects.toThrow(/not authorized/i);
  });

  it("a till under another one's certificate is told what is wrong", async () => {
    const broker = await Mosquitto.open(closing);
    await broker.backend();
    // it gives what it says to itself ten seconds to come back: here one; what the broker has for its answers stays as it is
    const after: Clock['after'] = (ms, run) => systemClock.after(ms < 10_000 ? ms : ms / 10, run);
    const till = broker.till(broker.ca.client({ commonName: 'till-2' }), {}, TILL, { ...systemClock, after });
    await until('said', () => till.problems.length > 0);
    expect(till.problems[0]).toMatchObject({ code: 'BROKER_TOPICS' });
    expect(till.log.text()).toContain('common name');
  });

  it('a password for each till does where certificates cannot be had, over TLS and with the same topics', async () => {
    const certificates = /^(require_certificate|use_identity_as_username) .*$/gm;
    const broker = await Mosquitto.open(
      closing,
      (conf) => conf.replaceAll(certificates, '') + readFileSync(shipped('mosquitto/passwords.conf'), 'utf8'),
    );
    for (const [user, password] of [
      ['till-1', 'right'],
      ['till-2', 'other'],
    ] as const)
      execFileSync('mosquitto_passwd', ['-b', join(broker.folder, 'passwords'), user, password], { stdio: 'ignore' });
    await broker.stop();
    await broker.start();
    const servers = [{ host: 'localhost', port: broker.port, tls: { ca: broker.ca.certificate } }] as const;
    const open = (username: string, password: string) =>
      broker.till(broker.ca.client(till1), { servers, username, password });
    const wrong = open('till-1', 'wrong');
    await until('refused', () => wrong.problems.length > 0);
    expect(wrong.problems[0]).toMatchObject({ code: 'BROKER_REFUSED', detail: 'CONNACK 5: not authorised' });
    expect(wrong.log.text()).not.toContain('wrong"');
    const right = open('till-1', 'right');
    await until('online', () => right.link.online);
    const thief = connect(`mqtts://localhost:${broker.port}`, {
      ca: broker.ca.certificate,
      username: 'till-2',
      password: 'other',
      protocolVersion: 5,
      reconnectPeriod: 0,
    });
    closing.add(thief, (it) => it.end(true));
    await expect(thief.publishAsync(topics.state, '{}', { qos: 1 })).rejects.toThrow(/not authorized/i);
  });

  it('a retained command is refused, a repeated one is answered and not carried out again', async () => {
    const broker = await Mosquitto.open(closing);
    const { backend } = await broker.backend();
    const retained = backend.draft({ orderId: 'O1', amountFen: 100 });
    const refused = backend.command(TILL, retained, true);
    const till = broker.till(broker.ca.client(till1));
    await until('online', () => till.link.online);
    expect(await refused).toMatchObject({ status: 'failed', code: 'RETAINED_REJECTED' });
    const command = backend.draft({ orderId: 'O2', amountFen: 100 });
    expect(await backend.command(TILL, command)).toMatchObject({ phase: 'accepted' });
    expect(await backend.command(TILL, command)).toMatchObject({ replayed: true });
    expect(till.counter.executed.map(({ id }) => id)).toEqual([command.id]);
  });

  it('two agents with one identity: the one that was started first gives way and says so; the other works', async () => {
    const broker = await Mosquitto.open(closing);
    const { backend } = await broker.backend();
    const identity = broker.ca.client(till1);
    const first = broker.till(identity);
    await until('the first', () => first.link.online);
    const second = broker.till(identity);
    const twice = (till: typeof first) => till.problems.some(({ code }) => code === 'AGENT_TWICE');
    await until('the first knows', () => twice(first), 20_000);
    await until('the second works alone', () => second.link.online && !first.link.online, 10_000);
    expect(first.log.text()).toContain('AGENT_TWICE');
    expect(await second.requests.send(aPay('S3'), 5_000)).toMatchObject({ reply: { code: 'SUCCESS' } });
    // the will of the first one's last connection came behind the second one's word
    await until(
      'its state',
      () => backend.stateOf(TILL)?.boot === second.boot && backend.stateOf(TILL)?.s === 'online',
    );
  });
});
