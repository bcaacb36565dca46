import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { devicesAsync, HIDAsync } from 'node-hid';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { openSerialLink, type SerialOptions } from '../../agent/transport/serial.ts';
import { LinkRecord } from '../agent/link-record.ts';
import { UsbGun } from './guest/usb-gun.ts';

// The simulator's USB gun over USB/IP, on the kernel's own usbhid, hidraw and cdc_acm.

const SLOW_MS = 20_000;
const BY_ID = '/dev/serial/by-id';

describe.runIf(process.env['TILLWIRE_VM'] === '1')('a simulated USB gun', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  function gun(serialNumber: string): UsbGun {
    const made = new UsbGun(serialNumber);
    closers.push(() => made.close());
    return made;
  }

  function open(path: string, options: Partial<SerialOptions> = {}): LinkRecord {
    const record = new LinkRecord();
    const link = openSerialLink({ path, baudRate: 115_200, ...options }, record, {
      clock: systemClock,
      random: () => 0.5,
    });
    closers.push(() => link.close());
    return record;
  }

  const nameOf = (serialNumber: string) => `${BY_ID}/usb-ACME_Counter_gun_${serialNumber}-if01`;
  const gone = async (path: string) => await expect.poll(() => existsSync(path), { timeout: SLOW_MS }).toBe(false);
  const there = async (path: string) => await expect.poll(() => existsSync(path), { timeout: SLOW_MS }).toBe(true);

  it('is a device to programs that know nothing of it', async () => {
    const one = gun('SN1');
    await one.plug();
    await there(nameOf('SN1'));
    const described = execFileSync('lsusb', ['-v', '-d', '05e0:1400'], { encoding: 'utf8' });
    expect(described).toMatch(/iSerial +3 SN1/);
    expect(described).toMatch(/bInterfaceClass +3 Human Interface Device/);
    expect(described).toMatch(/bInterfaceSubClass +2 Abstract \(modem\)/);
    execFileSync('stty', ['-F', nameOf('SN1'), '19200', 'parenb', 'parodd', 'cs7']);
    await one.until((facts) =>
      facts.some((fact) => JSON.stringify(fact['line']) === '{"baudRate":19200,"stopBits":0,"parity":1,"dataBits":7}'),
    );
    const dumped = execFileSync('usbhid-dump', ['-m', '05e0:1400', '-e', 'descriptor'], { encoding: 'utf8' });
    expect(dumped.replaceAll(/\s/g, '')).toContain('058C0902A1010912A102');
  });

  it('is told from its twin by its serial number, at every plug, whatever tty it gets', async () => {
    const [one, two] = [gun('SN1'), gun('SN2')];
    await two.plug();
    await one.plug();
    const [first, second] = [open(nameOf('SN1')), open(nameOf('SN2'))];
    for (let time = 1; time <= 2; time++) {
      await first.until(({ ups }) => ups === time, SLOW_MS);
      await second.until(({ ups }) => ups === time, SLOW_MS);
      one.order({ do: 'serial', text: `1${time}\r` });
      two.order({ do: 'serial', text: `2${time}\r` });
      await first.until(({ heard }) => heard.endsWith(`1${time}\r`), SLOW_MS);
      await second.until(({ heard }) => heard.endsWith(`2${time}\r`), SLOW_MS);
      one.order({ do: 'pull' });
      two.order({ do: 'pull' });
      await gone(nameOf('SN1'));
      await gone(nameOf('SN2'));
      await one.plug();
      await two.plug();
    }
    expect([first.heard, second.heard]).toEqual(['11\r12\r', '21\r22\r']);
  });

  it('is noticed when it is pulled right behind its last byte, where serialport alone hears nothing and spins', async () => {
    const one = gun('SN1');
    await one.plug();
    const record = open(nameOf('SN1'));
    for (let time = 1; time <= 8; time++) {
      await record.until(({ ups }) => ups === time, SLOW_MS);
      one.order({ do: 'serial-and-pull', text: 'D'.repeat(32) });
      await record.until(({ told }) => told.at(-1)?.kind === 'down', SLOW_MS);
      await gone(nameOf('SN1'));
      await one.plug();
    }
    await record.until(({ ups }) => ups === 9, SLOW_MS);
    const before = process.cpuUsage();
    await new Promise<void>((resolve) => systemClock.after(3_000, resolve));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 3_000_000).toBeLessThan(0.25);
  });

  it('keeps its line settings when a second program wants the port with others', async () => {
    const one = gun('SN1');
    await one.plug();
    const first = open(nameOf('SN1'), { baudRate: 9600 });
    await first.until(({ ups }) => ups === 1, SLOW_MS);
    await one.until((facts) => facts.some((fact) => 'line' in fact));
    const before = one.facts.filter((fact) => 'line' in fact).length;
    const second = open(nameOf('SN1'), { baudRate: 115_200, dataBits: 7, parity: 'even' });
    await second.until(({ problems }) => problems.includes('PORT_BUSY'), SLOW_MS);
    expect(one.facts.filter((fact) => 'line' in fact)).toHaveLength(before);
  });

  it('brings its reports through hidraw', async () => {
    const one = gun('SN1');
    await one.plug();
    const found = async () => (await devicesAsync()).find(({ serialNumber }) => serialNumber === 'SN1');
    await expect.poll(found, { timeout: SLOW_MS }).toMatchObject({ usagePage: 0x8c, usage: 2, product: 'Counter gun' });
    const { path = '' } = (await found()) ?? {};
    const device = await HIDAsync.open(path);
    const lost = new Promise((resolve) => device.on('error', resolve));
    const heard = new Promise<Buffer>((resolve) => device.on('data', resolve));
    const report = Buffer.alloc(64);
    report.set([2, 18, 0x5d, 0x51, 0x31]);
    report.write('134567890123456789', 5, 'latin1');
    one.order({ do: 'report', hex: report.toString('hex') });
    expect(await heard).toEqual(report);
    await device.write(Buffer.from([4, 1]));
    await one.until((facts) => facts.some((fact) => String(fact['report']).startsWith('0401')));
    one.order({ do: 'pull' });
    await lost;
    await device.close();
    expect(readdirSync('/dev').filter((name) => name.startsWith('hidraw'))).toEqual([]);
  });
});
