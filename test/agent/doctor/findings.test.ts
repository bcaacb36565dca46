import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../agent/clock.ts';
import { writeAddress } from '../../../agent/console/address-file.ts';
import { CHECKS, type Examined } from '../../../agent/doctor/examination.ts';
import type { SiteParts } from '../../../agent/doctor/site.ts';
import { TillBook } from '../../../agent/journal/book.ts';
import { folderFiles } from '../../../agent/journal/files.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import type { ShopOptions } from '../../../simulator/shop.ts';
import { SimulatedCertifiedTerminal } from '../../../simulator/terminals/certified-terminal.ts';
import { PtyWire } from '../../../simulator/wires/pty.ts';
import { locate } from '../../components.ts';
import { TILLWIRE } from '../../e2e/agent-process.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { needs } from '../../needs.ts';
import { hurriedly } from '../../world/forward-clock.ts';
import { Closing } from '../backend/till-fixture.ts';
import { TillWithApi } from '../console/till-with-api.ts';
import { START, StillClock, sale, TERMINAL } from '../journal/till-entries.ts';
import type { TreeDevice } from '../machine-tree.ts';
import { descriptorOf } from '../report-device.ts';
import { ExaminedTill } from './examined-till.ts';

// whole processes, beside others that test: a busy machine starts them slowly
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// Each check meets the very thing that it is there for, broken for real, and says so.

const closing = new Closing();
afterEach(() => closing.run());

/** codes that were seen at fault in this file */
const broken = new Set<string>();

let till: ExaminedTill;
const open = async (options: Partial<ShopOptions> = {}) =>
  closing.add(await ExaminedTill.open(options), (it) => it.close());
beforeEach(async () => {
  till = await open();
});

async function finding(code: string, change: Partial<SiteParts> = {}): Promise<Examined> {
  const one = (await till.examined(change, code)).get(code);
  if (!one) throw new Error(`no check ${code}`);
  if (one.status === 'warn' || one.status === 'fail') broken.add(code);
  return one;
}

const PLUGGED = { port: '1-1.2', vendor: '0c2e', product: '0b6a', name: '3310g Area-Imaging Scanner' } as const;
const serialGun = (change: Partial<TreeDevice> = {}): TreeDevice => ({
  ...PLUGGED,
  serial: 'A1',
  nodes: [{ class: '02', tty: 'ttyACM0', byId: 'usb-gun' }],
  ...change,
});

describe.runIf(process.platform === 'linux')('a till where everything is well', () => {
  it('has no fault, and nothing to look at', async () => {
    const all = [...(await till.examined()).values()];
    expect(all.filter(({ status }) => status === 'warn' || status === 'fail')).toEqual([]);
    expect(all.filter(({ status }) => status === 'not-run').map(({ code }) => code)).toEqual([
      'SCANNER_SERIAL', // a pty is no USB device
      'SCANNER_READ', // nobody was asked to scan
      'TERMINAL_PORT', // no cards
      'TERMINAL_ANSWERS',
      'CERTIFIED_TERMINAL', // not registered
      'BROKER_TLS', // mqtt://
      'CERTIFICATE_EXPIRY',
      'JOURNAL_INTEGRITY', // no agent has run here yet
      'OUTBOX_AGE',
    ]);
  });

  it('reads a code when somebody scans one, and does not tell it', async () => {
    const looking = till.examined({ scanWithinMs: 5_000 });
    const sending = setInterval(() => void till.shop.gun.scan('6901234567892'), 100);
    const read = (await looking).get('SCANNER_READ');
    clearInterval(sending);
    expect(read).toMatchObject({ status: 'ok', cause: { en: '13 characters came' } });
  });
});

describe.runIf(process.platform === 'linux')('the configuration', () => {
  it('with a wrong field is named with the field', async () => {
    till.configure({ scanner: { baudRate: 'fast' } });
    expect((await finding('CONFIG_SCHEMA')).cause.en).toContain('scanner.baudRate');
  });

  it('with a password that others can read', async () => {
    till.configure({ broker: { password: 'hush' } });
    chmodSync(till.configFile, 0o644);
    expect((await finding('CONFIG_SECRETS')).remedy.en).toContain(`chmod 600 ${till.configFile}`);
  });
});

describe.runIf(process.platform === 'linux')('the machine', () => {
  it('with an old Node', async () => {
    expect(await finding('NODE_VERSION', { node: 'v18.20.4' })).toMatchObject({ status: 'fail' });
  });

  it('whose agent runs and does not answer', async () => {
    const deaf = closing.add(createServer(), (it) => it.close());
    await once(deaf.listen(0, '127.0.0.1'), 'listening');
    const { port } = deaf.address() as AddressInfo;
    writeAddress(join(till.dataDir, 'console', 'address.json'), {
      url: `http://127.0.0.1:${port}`,
      token: 'x'.repeat(40),
      pid: process.pid,
    });
    deaf.on('connection', (socket) => closing.add(socket, (it) => it.destroy()));
    const agent = await finding('AGENT_RUNNING');
    expect(agent.cause.en).toContain(`process ${process.pid} runs, and its local API does not answer`);
  });

  it('whose user is in no group', async () => {
    const wrong = await finding('USER_GROUPS', { account: { uid: 1000, gids: [46] } });
    expect(wrong.remedy.en).toContain('usermod -aG dialout');
  });

  it('with a HID gun and no rule for it; with one it is well', async () => {
    const nodes = [{ class: '03', hidraw: 'hidraw2', descriptor: descriptorOf('hidpos_newland64_constructed') }];
    till.tree.plug({ port: '1-1.4', vendor: '1eab', product: '1d10', name: 'FM430', nodes });
    expect(await finding('UDEV_RULE')).toMatchObject({ status: 'warn' });
    till.udevRule('SUBSYSTEM=="hidraw", ATTRS{idVendor}=="1eab", GROUP="plugdev", MODE="0660"\n');
    expect(await finding('UDEV_RULE')).toMatchObject({ status: 'ok' });
  });

  it('where ModemManager runs beside a serial gun, until a rule keeps it away', async () => {
    till.tree.plug(serialGun());
    const program = join(till.folder, 'ModemManager');
    cpSync('/bin/sleep', program);
    const running = spawn(program, ['30'], { stdio: 'ignore' });
    closing.add(running, (it) => it.kill());
    await once(running, 'spawn');
    expect(await finding('MODEM_MANAGER')).toMatchObject({ status: 'fail' });
    till.udevRule('ATTRS{idVendor}=="0c2e", ENV{ID_MM_DEVICE_IGNORE}="1"\n');
    expect(await finding('MODEM_MANAGER')).toMatchObject({ status: 'ok' });
  });

  it('that puts the gun to sleep', async () => {
    till.tree.plug(serialGun());
    const power = join(till.tree.sys, 'bus', 'usb', 'devices', '1-1.2', 'power');
    mkdirSync(power);
    writeFileSync(join(power, 'control'), 'auto\n');
    writeFileSync(join(power, 'autosuspend_delay_ms'), '2000\n');
    expect((await finding('USB_AUTOSUSPEND')).cause.en).toContain('0c2e:0b6a');
    writeFileSync(join(power, 'control'), 'on\n');
    expect(await finding('USB_AUTOSUSPEND')).toMatchObject({ status: 'ok' });
  });

  it('that would write the memory of a crashed agent to disk', async () => {
    expect(checkOf(await onFaultyMachine(), 'CORE_DUMPS')).toMatchObject({ status: 'warn' });
  });

  it('without the library for HID guns', async () => {
    expect(checkOf(await onFaultyMachine(), 'HID_LIBRARY')).toMatchObject({ status: 'warn' });
  });
});

describe.runIf(process.platform === 'linux')('the devices', () => {
  it('[004-8] gun and printer that are not there', async () => {
    till.configure({
      scanner: { path: '/dev/serial/by-id/no-gun' },
      printer: { path: '/dev/serial/by-id/no-printer' },
    });
    for (const code of ['SCANNER_PORT', 'PRINTER_PORT', 'SCANNER_HANDSHAKE', 'PRINTER_STATUS'])
      expect(await hurriedly((clock) => finding(code, { clock })), code).toMatchObject({ status: 'fail' });
  });

  it('a port that another program has locked, by name and number', async () => {
    const holder = spawn('flock', [till.shop.gunPort.path, 'sleep', '30'], { stdio: 'ignore', detached: true });
    closing.add(holder, (it) => it.pid && process.kill(-it.pid));
    await expect.poll(async () => (await finding('SCANNER_PORT')).cause.en).toContain('held by process');
  });

  it('a port that another program reads without a lock', async () => {
    const reader = spawn('sh', ['-c', `exec sleep 30 < ${till.shop.gunPort.path}`], { stdio: 'ignore' });
    closing.add(reader, (it) => it.kill());
    await expect.poll(async () => (await finding('PORT_LOCK')).cause.en).toContain(`(${reader.pid})`);
  });

  it('a port by a number that may be given away', async () => {
    till.configure({ scanner: { path: '/dev/ttyUSB7' } });
    expect(await finding('PORT_BY_ID')).toMatchObject({ status: 'warn' });
  });

  it('two equal guns without serial numbers', async () => {
    const nodes = [{ class: '02', tty: 'ttyACM0', target: till.shop.gunPort.path }];
    till.tree.plug({ ...PLUGGED, nodes });
    till.tree.plug({ ...PLUGGED, port: '1-1.3', nodes: [{ class: '02', tty: 'ttyACM1' }] });
    expect((await finding('SCANNER_SERIAL')).cause.en).toContain('2 guns of this model');
  });

  it('a gun that does not speak the configured language', async () => {
    till.configure({ scanner: { language: 'ssi' } });
    expect((await hurriedly((clock) => finding('SCANNER_HANDSHAKE', { clock }))).cause.en).toContain(
      'does not understand ssi',
    );
  });

  it('the same gun while somebody scans: what it reads is no answer', async () => {
    till.configure({ scanner: { language: 'ssi' } });
    const scanning = setInterval(() => void till.shop.gun.scan('6901234567892'), 20);
    closing.add(scanning, () => clearInterval(scanning));
    expect((await hurriedly((clock) => finding('SCANNER_HANDSHAKE', { clock }))).status).toBe('fail');
  });

  it('a gun that its language asks nothing is not said to have answered', async () => {
    till.configure({ scanner: { language: 'honeywell' } });
    expect(await finding('SCANNER_HANDSHAKE')).toMatchObject({
      status: 'ok',
      cause: { en: 'the port opens (in honeywell mode it is asked nothing that it would answer)' },
    });
  });

  it('a gun that nobody hears', async () => {
    expect(await finding('SCANNER_READ', { scanWithinMs: 200 })).toMatchObject({ status: 'fail' });
  });

  it('a card terminal that is not there; the running agent says so', async () => {
    const terminal = { protocol: 'zvt', path: '/dev/serial/by-id/no-terminal' };
    till.configure({ terminal });
    expect(await finding('TERMINAL_PORT')).toMatchObject({ status: 'fail' });
    const selling = closing.add(await TillWithApi.open({ terminal }), (it) => it.close());
    const { stdout } = await tillwire(['doctor', '--json', '--config', selling.configFile]);
    expect(checkOf(stdout, 'TERMINAL_ANSWERS')).toMatchObject({ status: 'fail' });
  });

  it('a certified terminal: none, deaf, another one, never activated, destroyed, carried away; the right one is well', async () => {
    const registration = { model: 'KS8315', deviceType: '02', serialNum: 'KS-1', location: '+30.274085/+120.15507' };
    till.configure({ registration });
    expect((await finding('CERTIFIED_TERMINAL')).cause.en).toContain('without secret_text');
    const path = till.file('certified');
    rmSync(path);
    const wire = closing.add(new PtyWire({ link: path }), (it) => it.close());
    till.configure({ certified: { path } });
    const key = new Uint8Array(16);
    const clock = systemClock;
    const device = new SimulatedCertifiedTerminal(wire, { identity: { mark: 'Work', serial: 'KS-2' }, key, clock });
    device.fault = 'silent';
    expect((await hurriedly((clock) => finding('CERTIFIED_TERMINAL', { clock }))).cause.en).toBe('it does not answer');
    device.fault = undefined;
    for (const [identity, cause] of [
      [{ mark: 'Work', serial: 'KS-2' }, 'its serial is KS-2, registered is KS-1'],
      [{ mark: 'Aply', serial: 'KS-1' }, 'its key was never downloaded (Aply)'],
      [{ mark: 'Over', serial: 'KS-1' }, 'it says that it has destroyed itself'],
      [{ mark: 'Work', serial: 'KS-1', location: '+31.23042/+121.4737' }, 'm from its registered place'],
    ] as const) {
      device.identity = identity;
      expect((await finding('CERTIFIED_TERMINAL')).cause.en).toContain(cause);
    }
    device.identity = { mark: 'Work', serial: 'KS-1', location: '+30.2741/+120.1551' };
    expect(await finding('CERTIFIED_TERMINAL')).toMatchObject({ status: 'ok', cause: { en: 'KS-1, as registered' } });
  });

  it('a printer whose roll is at its end, and one whose cover is open', async () => {
    till.shop.printer.change({ paper: 'end' });
    expect((await finding('PRINTER_STATUS')).cause.en).toBe('the printer is out of paper');
    till.shop.printer.change({ paper: 'ok', cover: 'open' });
    expect((await finding('PRINTER_STATUS')).cause.en).toBe("the printer's cover is open");
  });
});

describe.runIf(process.platform === 'linux')('the way to the backend', () => {
  it('a name that nobody knows', async () => {
    till.configure({ broker: { url: 'mqtt://backend.invalid:1883' } });
    expect(await finding('BROKER_DNS')).toMatchObject({ status: 'fail' });
  });

  it('a port where nobody listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    till.configure({ broker: { url: `mqtt://127.0.0.1:${port}` } });
    expect((await finding('BROKER_TCP')).cause.en).toContain('ECONNREFUSED');
    expect((await finding('MQTT_TOPICS')).status).toBe('not-run');
  });

  it('a certificate that nobody vouches for; with its authority it is believed', async () => {
    const port = await tlsBefore(till.shop.broker.port, till.certificate(), keyOfTests());
    till.configure({ broker: { url: `mqtts://localhost:${port}` } });
    expect((await finding('BROKER_TLS')).cause.en).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    till.configure({ broker: { caFile: till.certificate() } });
    expect(await finding('BROKER_TLS')).toMatchObject({ status: 'ok' });
    expect(await finding('MQTT_CONNECT')).toMatchObject({ status: 'ok' });
  });

  it('a certificate that ends within the week, and one that has ended', async () => {
    const crt = till.certificate();
    const port = await tlsBefore(till.shop.broker.port, crt, keyOfTests());
    till.configure({ broker: { url: `mqtts://localhost:${port}`, caFile: crt } });
    const until = Date.parse(new X509Certificate(readFileSync(crt)).validTo);
    const at = (days: number) => ({ clock: { ...systemClock, now: () => until + days * 86_400_000 } });
    expect(await finding('CERTIFICATE_EXPIRY')).toMatchObject({ status: 'ok' });
    expect(await finding('CERTIFICATE_EXPIRY', at(-3))).toMatchObject({ status: 'warn' });
    expect(await finding('CERTIFICATE_EXPIRY', at(1))).toMatchObject({ status: 'fail' });
  });

  it('a wrong password', async () => {
    const broker = closing.add(await startBroker({ admit: () => false }), (it) => it.stop());
    till.configure({ broker: { url: `mqtt://127.0.0.1:${broker.port}` } });
    expect((await finding('MQTT_CONNECT')).cause.en).toContain('CONNACK 5: not authorised');
  });

  it('a topic that is not granted, by name', async () => {
    const maySubscribe = (_client: string, filter: string) => !filter.endsWith('/cmd/+');
    const broker = closing.add(await startBroker({ maySubscribe }), (it) => it.stop());
    till.configure({ broker: { url: `mqtt://127.0.0.1:${broker.port}` } });
    expect((await hurriedly((clock) => finding('MQTT_TOPICS', { clock }))).cause.en).toBe(
      'the broker refuses pos/v1/demo/store-1/till-1/cmd/+',
    );
  });

  it('a backend whose clock is five minutes ahead', async () => {
    till = await open({ clock: { ...systemClock, now: () => systemClock.now() + 300_000 } });
    expect(await finding('CLOCK_SKEW')).toMatchObject({ status: 'fail', cause: { en: '300 s behind the backend' } });
  });
});

describe.runIf(process.platform === 'linux')('the data folder', () => {
  it('that cannot be made', async () => {
    till.configure({ dataDir: join(till.file('a-file'), 'data') });
    expect(await finding('DATA_FOLDER')).toMatchObject({ status: 'fail' });
    expect(await finding('DISK_SYNC')).toMatchObject({ status: 'not-run' });
  });

  it.runIf(canMount())('on a disk that is nearly full', async () => {
    mkdirSync(till.dataDir);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', till.dataDir]);
    closing.add(till.dataDir, (it) => execFileSync('umount', [it]));
    expect(await finding('DISK_FREE')).toMatchObject({ status: 'fail', cause: { en: 'only 1 MB left' } });
  });

  it('whose journal was changed in one place', async () => {
    await journalOf(till, new StillClock());
    const segment = join(
      till.dataDir,
      'journal',
      readdirSync(join(till.dataDir, 'journal')).find((name) => name.endsWith('.log')) ?? '',
    );
    const bytes = readFileSync(segment);
    expect(await finding('JOURNAL_INTEGRITY')).toMatchObject({ status: 'ok' });
    bytes[Math.floor(bytes.length / 3)] = 0x21;
    writeFileSync(segment, bytes);
    expect(await finding('JOURNAL_INTEGRITY')).toMatchObject({ status: 'fail' });
  });

  it('whose events the backend has not taken for a day, and for four', async () => {
    await journalOf(till, new StillClock());
    const at = (days: number) => ({ clock: { ...systemClock, now: () => START + days * 86_400_000 } });
    expect(await finding('OUTBOX_AGE', at(0))).toMatchObject({ status: 'ok' });
    expect(await finding('OUTBOX_AGE', at(1))).toMatchObject({ status: 'warn' });
    expect(await finding('OUTBOX_AGE', at(4))).toMatchObject({ status: 'fail' });
  });
});

needs('strace')('a slow disk', () => {
  it('is told with its milliseconds', async () => {
    expect(checkOf(await onFaultyMachine(), 'DISK_SYNC')).toMatchObject({ status: 'warn' });
  });
});

describe.runIf(process.platform === 'linux')('all of them', () => {
  it('were seen at fault above', () => {
    if (!canMount()) broken.add('DISK_FREE');
    if (process.env['TILLWIRE_REQUIRE'] !== 'all') broken.add('DISK_SYNC');
    expect(CHECKS.map(({ code }) => code).filter((code) => !broken.has(code))).toEqual([]);
  });

  it('are listed without a configuration too, and that is a fault', async () => {
    const { code, stdout } = await tillwire(['doctor', '--json', '--lang', 'zh']);
    const report = JSON.parse(stdout) as { ok: boolean; checks: Record<string, string>[] };
    expect([code, report.ok]).toEqual([1, false]);
    expect(report.checks.map((one) => one['code'])).toEqual(CHECKS.map((one) => one.code));
    expect(report.checks.length).toBeGreaterThanOrEqual(20);
    for (const one of report.checks)
      for (const name of ['title', 'status', 'cause', 'remedy'])
        expect(one[name], `${one['code']} ${name}`).not.toBe('');
    expect(report.checks[0]?.['title']).toBe('配置文件');
  });
});

// --- how things are broken

async function journalOf({ dataDir }: ExaminedTill, clock: StillClock): Promise<void> {
  const { book } = await TillBook.open(await folderFiles(join(dataDir, 'journal')), clock, TERMINAL);
  for (let n = 0; n < 5; n++) await sale(book, n);
  await book.close();
}

/** A TLS server in front of a plain broker. */
async function tlsBefore(brokerPort: number, crt: string, key: string): Promise<number> {
  const server = createTlsServer({ cert: readFileSync(crt), key: readFileSync(key) }, (client) => {
    const inner = connect({ port: brokerPort, host: '127.0.0.1' });
    client.on('error', () => inner.destroy()).on('close', () => inner.destroy());
    inner.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(inner).pipe(client);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.add(server, (it) => it.close());
  return (server.address() as AddressInfo).port;
}

function keyOfTests(): string {
  return new URL('../backend/tls/localhost.key', import.meta.url).pathname;
}

let faultyMachine: Promise<string> | undefined;

/** What doctor says, once, where memory is dumped, libraries are broken and (with strace) the disk is slow. */
function onFaultyMachine(): Promise<string> {
  const empty = join(till.folder, 'lib');
  mkdirSync(empty);
  for (const name of ['libusb-1.0.so.0', 'libudev.so.1']) writeFileSync(join(empty, name), '');
  const slow = locate('strace')
    ? 'strace -f -qq -o /dev/null -e trace=fdatasync -e inject=fdatasync:delay_exit=60000'
    : '';
  const doctor = `env LD_LIBRARY_PATH=${empty} ${process.execPath} ${TILLWIRE} doctor --json --config ${till.configFile}`;
  faultyMachine ??= shell(`ulimit -c unlimited; ${slow} ${doctor}`);
  return faultyMachine;
}

function shell(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.once('error', reject).once('close', () => resolve(text));
  });
}

function checkOf(stdout: string, code: string): unknown {
  const found = (JSON.parse(stdout) as { checks: { code: string; status: string }[] }).checks.find(
    (one) => one.code === code,
  );
  if (found?.status === 'warn' || found?.status === 'fail') broken.add(code);
  return found;
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
