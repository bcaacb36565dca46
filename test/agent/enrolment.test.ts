import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loginProblem } from '../../agent/backend/broker-probe.ts';
import type { BrokerServer } from '../../agent/backend/broker-socket.ts';
import { serversOf } from '../../agent/backend/servers.ts';
import { systemClock } from '../../agent/clock.ts';
import { EnrolmentClient, pinnedAuthority, readInvitation } from '../../agent/enrolment/enrolment-client.ts';
import { identityOf, newKey, olderOf, readIdentity, writeIdentity } from '../../agent/enrolment/identity.ts';
import { differences } from '../../agent/enrolment/plan.ts';
import { maskedAccount, maskedName, registrationProblems } from '../../agent/enrolment/registration.ts';
import { CertificateRenewal } from '../../agent/enrolment/renewal.ts';
import type { Registration, Site } from '../../protocols/backend/enrolment.ts';
import { startBroker } from '../../simulator/backend/broker.ts';
import { CertificateAuthority, pem } from '../../simulator/enrolment/certificate-authority.ts';
import { EnrolmentService } from '../../simulator/enrolment/enrolment-service.ts';
import { Closing, memoryLog } from './backend/till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const DAY_MS = 86_400_000;
const REGISTRATION: Registration = {
  acquirer: 'A',
  model: 'MP70',
  deviceType: '10',
  deviceId: 'T0000001',
  serialNum: '00000902KS8312000000000001',
  location: '+30.274085/+120.15507',
  ratePercent: '0.38',
  settlementDays: 1,
};
const SITE: Site = {
  v: 1,
  address: { tenant: 'acme', store: 's001', agent: 'till-1' },
  merchant: { name: '街角小店', merchantNo: '898', terminalNo: 'T0000001' },
  registration: REGISTRATION,
  brokerUrl: 'mqtts://127.0.0.1:8883',
  commandKeys: [],
};
const SUBJECT = { commonName: 'till-1', organisation: 'acme', unit: 's001' };

async function service(now: () => number = Date.now) {
  const ca = new CertificateAuthority(now);
  return closing.add(await EnrolmentService.open(ca, now), (it) => it.close());
}

function folder(): string {
  return closing.add(mkdtempSync(join(tmpdir(), 'tillwire-keys-')), (it) => rmSync(it, { recursive: true }));
}

describe('a signing request', () => {
  // the command is not part of Node; where it is absent the broker tests still have OpenSSL's own judgement
  it.skipIf(!hasOpenssl)('is one to OpenSSL, and its certificate too', () => {
    const { key, csr } = newKey(SUBJECT);
    const where = folder();
    writeFileSync(join(where, 'csr'), csr);
    const openssl = (...args: string[]) =>
      execFileSync('openssl', args, { cwd: where, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
    expect(openssl('req', '-inform', 'DER', '-in', 'csr', '-noout', '-verify', '-subject')).toMatch(
      /acme.*s001.*till-1/,
    );
    const ca = new CertificateAuthority(Date.now);
    const certificate = ca.certify(csr, SUBJECT);
    writeFileSync(join(where, 'ca'), ca.certificate);
    writeFileSync(join(where, 'till'), certificate ?? '');
    writeFileSync(join(where, 'crl'), ca.revocations());
    expect(openssl('verify', '-CAfile', 'ca', '-purpose', 'sslclient', '-x509_strict', 'till')).toContain('OK');
    expect(openssl('crl', '-in', 'crl', '-noout', '-CAfile', 'ca')).toBe('');
    expect(identityOf(key + certificate).agent).toBe('till-1');
  });

  it.each([
    ['another name than was agreed', () => newKey({ ...SUBJECT, commonName: 'till-2' }).csr],
    ['a signature of another key', () => Buffer.concat([newKey(SUBJECT).csr.subarray(0, -8), Buffer.alloc(8)])],
    ['cut short', () => newKey(SUBJECT).csr.subarray(0, 40)],
    ['nothing', () => new Uint8Array()],
  ])('with %s gets no certificate', (_, make) => {
    expect(new CertificateAuthority(Date.now).certify(make(), SUBJECT)).toBeUndefined();
  });

  it('a key and a certificate that do not belong together are no identity', () => {
    const certificate = new CertificateAuthority(Date.now).certify(newKey(SUBJECT).csr, SUBJECT);
    expect(() => identityOf(newKey(SUBJECT).key + certificate)).toThrow(/not of this key/);
  });
});

describe('a code', () => {
  it('comes as an address with fingerprint, as typed by hand, or not at all', () => {
    const pin = 'a'.repeat(64);
    expect(readInvitation(`https://j.example:8/K7QF-3MPD#${pin}`)).toEqual({
      url: 'https://j.example:8',
      code: 'K7QF-3MPD',
      pin,
    });
    expect(readInvitation('k7qf 3mpd', 'https://j')).toEqual({ url: 'https://j', code: 'K7QF-3MPD' });
    for (const text of ['K7QF-3MPD', 'http://j.example/K7QF-3MPD', 'https://j.example/K7QF', ''])
      expect(readInvitation(text)).toBeUndefined();
  });

  it('[003-1] is good for minutes and once; looking does not use it up', async () => {
    let now = Date.now();
    const enrolment = await service(() => now);
    const code = enrolment.codes.give(SITE, { minutes: 5 });
    const client = new EnrolmentClient(enrolment.url, enrolment.ca.certificate);
    expect(await client.site(code)).toEqual(SITE);
    await client.certificate(code, newKey(SUBJECT).csr, {});
    await expect(client.certificate(code, newKey(SUBJECT).csr, { move: true })).rejects.toMatchObject({
      refused: 'CODE_USED_UP',
    });
    now += 6 * 60_000;
    await expect(client.site(code)).rejects.toMatchObject({ refused: 'CODE_EXPIRED' });
    await expect(client.site('0000-0000')).rejects.toMatchObject({ refused: 'CODE_UNKNOWN' });
  });

  it('guesses are stopped', async () => {
    const enrolment = await service();
    const client = new EnrolmentClient(enrolment.url, enrolment.ca.certificate);
    for (let n = 0; n < 20; n += 1) await client.site('0000-0000').catch(() => undefined);
    await expect(client.site(enrolment.codes.give(SITE))).rejects.toMatchObject({ refused: 'TOO_MANY_REQUESTS' });
  });

  it('a service with another authority than the fingerprint says is not believed, nor one that nobody vouches for', async () => {
    const [meant, other] = [await service(), await service()];
    const invitation = readInvitation(meant.invitation(meant.codes.give(SITE)));
    if (!invitation) throw new Error('no invitation');
    expect(await pinnedAuthority(invitation)).toBe(meant.ca.certificate);
    await expect(pinnedAuthority({ ...invitation, url: other.url })).rejects.toThrow(/another fingerprint/);
    await expect(new EnrolmentClient(other.url, meant.ca.certificate).site(invitation.code)).rejects.toThrow(
      /certificate/,
    );
    await expect(new EnrolmentClient(other.url, undefined).site(invitation.code)).rejects.toThrow(/certificate/);
  });
});

describe('a certificate that ends', () => {
  async function enrolled(life: { readonly from: number; readonly until: number }) {
    const enrolment = await service();
    enrolment.life = life;
    const { key, csr } = newKey(SUBJECT);
    const client = new EnrolmentClient(enrolment.url, enrolment.ca.certificate);
    const file = join(folder(), 'till.pem');
    writeIdentity(file, key + (await client.certificate(enrolment.codes.give(SITE), csr, {})));
    const caFile = join(file, '..', 'ca.crt');
    writeFileSync(caFile, enrolment.ca.certificate);
    const own = { ...enrolment.ca.server(['127.0.0.1']), ca: enrolment.ca.certificate };
    const mqtt = await startBroker({ secure: { ...own, crl: enrolment.ca.revocations() } });
    closing.add(mqtt, (it) => it.stop());
    enrolment.ca.onRevoked = (crl) => mqtt.revoke(crl);
    const url = `mqtts://127.0.0.1:${mqtt.port}`;
    const broker = { url, protocolVersion: 4 as const, caFile, certFile: file, keyFile: file };
    const log = memoryLog();
    const config = { address: SITE.address, broker, enrolment: { url: enrolment.url, caFile } };
    const tryOut = (server: BrokerServer) => loginProblem(server, config, systemClock);
    const renewal = new CertificateRenewal({ config, clock: systemClock, log, backendNow: Date.now, tryOut });
    closing.add(renewal, (it) => it.stop());
    enrolment.life = {};
    return { enrolment, file, broker, mqtt, renewal, log };
  }
  const now = Date.now();

  it('[003-1] [003-10] is renewed in the last third of its life, with a new key; the old one is the fallback until the new one has worked', async () => {
    const { file, broker, mqtt, renewal, log } = await enrolled({ from: now - 80 * DAY_MS, until: now + 20 * DAY_MS });
    await mqtt.stop();
    const before = readIdentity(file);
    const servers = serversOf(broker);
    await renewal.start();
    const after = readIdentity(file);
    expect(after?.until).toBeGreaterThan(now + 300 * DAY_MS);
    expect(after?.pem).not.toContain(before?.pem.slice(30, 90));
    expect(log.text()).toContain('renewed');
    const [newest, older] = servers;
    expect([newest.tls?.cert, older?.tls?.cert].map(String)).toEqual([after?.pem, before?.pem]);
    newest.worked?.();
    expect(existsSync(olderOf(file))).toBe(false);
    expect(String(older?.tls?.cert)).toBe(after?.pem);
  });

  it('the broker is shown the new one at once; when it takes it, the old one is forgotten', async () => {
    const { file, renewal, log } = await enrolled({ from: now - 80 * DAY_MS, until: now + 20 * DAY_MS });
    await renewal.start();
    expect(log.lines.map(({ phrase }) => phrase)).toEqual([
      'the certificate was renewed',
      'the broker takes the new certificate',
    ]);
    expect([existsSync(olderOf(file)), renewal.isRefused]).toEqual([false, false]);
  });

  it('one that the broker does not take is said once, and asked for again with the old one, which is kept until then', async () => {
    const { enrolment, file, renewal, log } = await enrolled({ from: now - 80 * DAY_MS, until: now + 20 * DAY_MS });
    const before = readIdentity(file);
    enrolment.life = { from: now + DAY_MS };
    await renewal.start();
    await renewal.sessionUp();
    const said = log.lines.filter(({ fields }) => fields['code'] === 'CERTIFICATE_REFUSED');
    expect([said.length, said[0]?.level, renewal.isRefused]).toEqual([1, 'error', true]);
    expect(said[0]?.phrase).toContain('not authorised');
    expect(readIdentity(olderOf(file))?.pem).toBe(before?.pem);
    enrolment.life = {};
    await renewal.start();
    expect([existsSync(olderOf(file)), renewal.isRefused]).toEqual([false, false]);
    expect(readIdentity(file)?.until).toBeGreaterThan(now + 300 * DAY_MS);
  });

  it('a file that cannot be read for a moment is said, and neither the session nor the next look suffers', async () => {
    const { file, broker, renewal, log } = await enrolled({ from: now - 80 * DAY_MS, until: now + 20 * DAY_MS });
    writeFileSync(olderOf(file), readFileSync(file));
    const [newest] = serversOf(broker);
    expect(newest.tls?.cert).toBeDefined();
    const away = `${file}.away`;
    renameSync(file, away);
    newest.worked?.();
    await renewal.sessionUp();
    expect(log.lines.at(-1)).toMatchObject({ fields: { code: 'CERTIFICATE_ENDS' } });
    renameSync(away, file);
    await renewal.start();
    expect(readIdentity(file)?.until).toBeGreaterThan(now + 300 * DAY_MS);
  });

  it('is left alone before', async () => {
    const { file, renewal } = await enrolled({ from: now - 10 * DAY_MS, until: now + 90 * DAY_MS });
    const before = readFileSync(file, 'utf8');
    await renewal.start();
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('that was revoked is not renewed; the till says what to do and keeps what it has', async () => {
    const { enrolment, file, renewal, log } = await enrolled({ from: now - 99 * DAY_MS, until: now + DAY_MS });
    const before = readFileSync(file, 'utf8');
    enrolment.revoke('till-1');
    await renewal.start();
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { code: 'CERTIFICATE_ENDS' } });
    expect(log.text()).not.toContain('PRIVATE');
  });
});

describe('the registration', () => {
  it('[000-9] [003-2] is shown with names and accounts masked, however it came', () => {
    expect([maskedName('张小明'), maskedName('欧阳'), maskedName('张**')]).toEqual(['张**', '欧*', '张**']);
    expect([maskedAccount('6222021234567890123'), maskedAccount('12345')]).toEqual(['622202*********0123', '*****']);
  });

  it('[000-6] lacks what the acquirers ask for: which fields is said', () => {
    expect(registrationProblems(REGISTRATION, '0.1.0')).toEqual([]);
    const { location: _place, serialNum: _serial, ...bare } = REGISTRATION;
    expect(registrationProblems(bare, '0.1.0')).toEqual(['serial_num', 'location']);
    expect(registrationProblems({ ...REGISTRATION, location: '+120.15507/+30.274085' }, '0.1.0')).toEqual(['location']);
  });

  it('what is new is shown line by line; a password is not', () => {
    const before = { a: { b: 1, c: 2 }, broker: { password: 'x' } };
    const after = { a: { b: 1, c: 3, d: 4 }, broker: { password: 'y' } };
    expect(differences(before, after)).toEqual(['~ a.c: 2 -> 3', '~ broker.password', '+ a.d: 4']);
  });
});

it('what a till writes as PEM is what OpenSSL writes', () => {
  expect(pem('CERTIFICATE', new Uint8Array([1, 2, 3]))).toBe(
    '-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n',
  );
});
