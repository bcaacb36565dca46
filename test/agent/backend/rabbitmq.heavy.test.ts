import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type TillAddress, topicsOf } from '../../../protocols/backend/topics.ts';
import { CertificateAuthority } from '../../../simulator/enrolment/certificate-authority.ts';
import { needs } from '../../needs.ts';
import { RabbitMq } from './shipped-broker.ts';
import { aPay, Closing, newId, until } from './till-fixture.ts';

// The configuration that is shipped in docs/brokers/rabbitmq, on a real RabbitMQ: the stories of secure-broker.test.ts. One node
// for all of them, since it takes ten seconds to start; each story has tills of its own.

const whole = new Closing();
const closing = new Closing();
let broker: RabbitMq;

const tillNamed = (agent: string): TillAddress => ({ tenant: 'acme', store: 's001', agent });
const TILLS = Array.from({ length: 8 }, (_, n) => tillNamed(`till-${n}`));
const [payer, bearer, revoked, victim, thief, moved, commanded, twin] = TILLS as [
  TillAddress,
  TillAddress,
  TillAddress,
  TillAddress,
  TillAddress,
  TillAddress,
  TillAddress,
  TillAddress,
];
const named = ({ tenant, store, agent }: TillAddress) => ({ commonName: agent, organisation: tenant, unit: store });
const clientOf = ({ tenant, store, agent }: TillAddress) => `tillwire-${tenant}-${store}-${agent}`;

needs('rabbitmq')('RabbitMQ as it is shipped: TLS, client certificates, topics of its own', () => {
  beforeAll(async () => {
    broker = await RabbitMq.open(whole, TILLS);
  }, 120_000);
  beforeEach(() => {
    broker.closing = closing;
  });
  afterEach(() => closing.run());
  afterAll(() => whole.run());

  const certificateOf = (till: TillAddress) => broker.ca.client(named(till));
  const open = (till: TillAddress, identity = certificateOf(till)) => broker.till(identity, {}, till);

  it('a till with its certificate pays', async () => {
    const { backend, acquirer } = await broker.backend();
    const till = open(payer);
    await until('online', () => till.link.online);
    expect(await till.requests.send(aPay('R1'), 5_000)).toMatchObject({ reply: { code: 'SUCCESS' } });
    expect(acquirer.ledger.total().charges).toBe(1);
    await until('its state', () => backend.stateOf(payer)?.s === 'online');
    expect(till.problems).toEqual([]);
  });

  it.each([
    ['of another CA', () => new CertificateAuthority(Date.now).client(named(bearer))],
    ['that ended an hour ago', () => broker.ca.client(named(bearer), { until: Date.now() - 3_600_000 })],
    ['that begins tomorrow', () => broker.ca.client(named(bearer), { from: Date.now() + 86_400_000 })],
    ['of a server', () => broker.ca.server([bearer.agent])],
  ])('a certificate %s is refused, and said once as a fault of the configuration', async (_, make) => {
    const till = open(bearer, make());
    await until('refused', () => till.problems.length > 0);
    expect(till.problems).toEqual([
      { code: 'BROKER_REFUSED', detail: expect.stringMatching(/^TLS: .*(CERT|ALERT|CA)/) },
    ]);
  });

  it('no certificate, TLS 1.1, and a till that nobody set up are refused', async () => {
    const { ca, port } = broker;
    for (const tls of [{ ca: ca.certificate }, broker.tls(certificateOf(bearer), 'TLSv1.1')]) {
      const till = broker.till(certificateOf(bearer), { servers: [{ host: 'localhost', port, tls }] }, bearer);
      await until('refused', () => till.problems.length > 0);
      expect(till.problems[0]).toMatchObject({ code: 'BROKER_REFUSED' });
    }
    const unknown = open(tillNamed('till-99'));
    await until('refused', () => unknown.problems.length > 0);
    expect(unknown.problems[0]).toMatchObject({ code: 'BROKER_REFUSED', detail: expect.stringContaining('CONNACK') });
  });

  it('a certificate that was revoked is refused from then on, without a restart', async () => {
    const identity = certificateOf(revoked);
    const till = open(revoked, identity);
    await until('online', () => till.link.online);
    await broker.revoke(identity.certificate);
    await expect(broker.raw(identity, { clientId: `${clientOf(revoked)}-doctor` })).rejects.toThrow(/revoked/);
    expect(till.link.online, 'who is connected stays connected').toBe(true);
    await till.link.close();
    const again = open(revoked, identity);
    await until('refused', () => again.problems.length > 0);
    expect(again.problems[0]).toMatchObject({ code: 'BROKER_REFUSED', detail: expect.stringContaining('REVOKED') });
    const next = open(revoked);
    await until('the new one', () => next.link.online);
  });

  it("another till's topics: whoever writes there or listens there is thrown out, and nothing has come of it", async () => {
    const { backend } = await broker.backend();
    const heard: string[] = [];
    backend.onRequest = ({ agent }) => heard.push(agent);
    backend.onState = ({ agent }) => heard.push(agent);
    const theirs: string[] = [];
    const topics = topicsOf(victim);
    const identity = certificateOf(thief);
    const thrownOut = async (deed: (client: Awaited<ReturnType<typeof broker.raw>>) => unknown) => {
      const client = await broker.raw(identity, { clientId: clientOf(thief), heard: theirs });
      const gone = new Promise((resolve) => client.once('close', () => resolve(undefined)));
      deed(client);
      await gone;
    };
    for (const filter of ['#', 'pos/#', 'pos/v1/acme/s001/+/cmd/+', topics.commands, topics.request('pay')])
      await thrownOut((client) => client.subscribe(filter, { qos: 1 }));
    for (const topic of [topics.state, topics.request('pay'), topics.reply('X'), topics.command('limits')])
      await thrownOut((client) => client.publish(topic, '{"v":1}', { qos: 1 }));
    const own = topicsOf(thief);
    await thrownOut((client) => client.publish(own.command('resume'), '{}', { qos: 1 }));
    const till = open(victim);
    await until('online', () => till.link.online);
    expect(await till.requests.send(aPay('R2'), 5_000)).toMatchObject({ reply: { code: 'SUCCESS' } });
    expect([new Set(heard), theirs]).toEqual([new Set([victim.agent]), []]);
  });

  it("another till's client id: what the broker keeps for it is not handed over", async () => {
    const { backend } = await broker.backend();
    const till = open(victim);
    await until('online', () => till.link.online);
    await till.link.close();
    const kept = backend.collect(victim, { orderId: 'O1', amountFen: 100 });
    const theirs: string[] = [];
    const session = await broker
      .raw(certificateOf(thief), { clientId: clientOf(victim), heard: theirs })
      .catch(() => undefined);
    if (session) {
      const gone = new Promise((resolve) => session.once('close', () => resolve(undefined)));
      session.subscribe(topicsOf(thief).commands, { qos: 1 });
      await gone;
    }
    expect(theirs).toEqual([]);
    const back = open(victim);
    expect(await kept).toMatchObject({ phase: 'accepted' });
    expect(back.counter.executed).toHaveLength(1);
  });

  it("a till under another one's certificate is told what is wrong", { timeout: 60_000 }, async () => {
    const till = broker.till(certificateOf(thief), { clientId: clientOf(thief) }, moved);
    await until('said', () => till.problems.some(({ code }) => code === 'BROKER_TOPICS'), 30_000);
    expect(till.log.text()).toContain('common name');
  });

  // its retained messages do not fit a subscription with a wildcard: Mosquitto hands them over, and the till refuses them
  it('a retained command does not reach the till, a repeated one is answered and not carried out again', async () => {
    const { backend } = await broker.backend();
    const retained = backend.draft({ orderId: 'O1', amountFen: 100 });
    void backend.command(commanded, retained, true).catch(() => undefined);
    const till = open(commanded);
    await until('online', () => till.link.online);
    const command = backend.draft({ orderId: 'O2', amountFen: 100 });
    expect(await backend.command(commanded, command)).toMatchObject({ phase: 'accepted' });
    expect(await backend.command(commanded, command)).toMatchObject({ replayed: true });
    expect(till.counter.executed.map(({ id }) => id)).toEqual([command.id]);
  });

  it('two agents with one identity: the one that was started first gives way and says so; the other works', {
    timeout: 60_000,
  }, async () => {
    const { backend } = await broker.backend();
    const identity = certificateOf(twin);
    const first = open(twin, identity);
    await until('the first', () => first.link.online);
    const second = open(twin, identity);
    const twice = (till: typeof first) => till.problems.some(({ code }) => code === 'AGENT_TWICE');
    await until('the first knows', () => twice(first), 30_000);
    await until('the second works alone', () => second.link.online && !first.link.online, 20_000);
    expect(await second.requests.send(aPay('R3'), 5_000)).toMatchObject({ reply: { code: 'SUCCESS' } });
    await until(
      'its state',
      () => backend.stateOf(twin)?.boot === second.boot && backend.stateOf(twin)?.s === 'online',
    );
  });

  it('nobody comes in by a name and a password', async () => {
    const till = broker.till(certificateOf(thief), { clientId: newId(), username: victim.agent, password: '' }, victim);
    await until('said', () => till.problems.length > 0);
    expect(till.link.online).toBe(false);
  });
});
