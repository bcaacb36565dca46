import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { SerialPortStream } from '@serialport/stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { openDeviceLink } from '../../agent/devices/device-link.ts';
import { udevRules } from '../../agent/devices/discovery/udev-rules.ts';
import { parseAddress } from '../../agent/transport/address.ts';
import { linuxBinding } from '../../agent/transport/linux-binding.ts';
import { PlugEvents } from '../../agent/transport/plug-events.ts';
import { openSerialLink, type SerialOptions } from '../../agent/transport/serial.ts';
import { LinkRecord } from '../agent/link-record.ts';
import { printedFields, trueFields } from './guest/descriptor-fields.ts';
import { POS_DESCRIPTOR } from './guest/pos-descriptor.ts';
import { UsbGun } from './guest/usb-gun.ts';
import { testedGun } from './guest/usb-gun-functions.ts';

// The simulator's USB gun over USB/IP, on the kernel's own usbhid, hidraw and cdc_acm.

const SLOW_MS = 20_000;
const BY_ID = '/dev/serial/by-id';
/** For a device that is only looked at. */
const SILENT = { onPrinted: () => undefined, onBytes: () => undefined, onReport: () => undefined, isDeaf: () => false };

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
    const { device } = testedGun('gun', 'SN1', SILENT);
    const described = execFileSync('lsusb', ['-v', '-d', '05e0:1400'], { encoding: 'utf8' });
    const wanted = trueFields(device);
    expect(printedFields(described, Object.keys(wanted))).toEqual(wanted);
    for (const text of [/iManufacturer +1 ACME$/m, /iProduct +2 Counter gun$/m, /iSerial +3 SN1$/m])
      expect(described).toMatch(text);
    const dumped = execFileSync('usbhid-dump', ['-m', '05e0:1400', '-e', 'descriptor'], { encoding: 'utf8' });
    const [, ...lines] = dumped.trim().split('\n');
    expect(lines.join('').replaceAll(/\s/g, '').toLowerCase()).toBe(Buffer.from(POS_DESCRIPTOR).toString('hex'));
    execFileSync('stty', ['-F', nameOf('SN1'), '19200', 'parenb', 'parodd', 'cs7']);
    await one.until((facts) =>
      facts.some((fact) => JSON.stringify(fact['line']) === '{"baudRate":19200,"stopBits":0,"parity":1,"dataBits":7}'),
    );
    expect(execFileSync('stty', ['-a', '-F', nameOf('SN1')], { encoding: 'utf8' })).toMatch(
      /speed 19200 .*parenb parodd.*cs7/s,
    );
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

  it('pulled right behind its last byte is noticed by the mended binding alone, and no core spins', async () => {
    const one = gun('SN1');
    for (let time = 1; time <= 3; time++) {
      // the last test's gun had this name too: an open of what is on its way out fails, and then nothing is ever closed
      await gone(nameOf('SN1'));
      await one.plug();
      await there(nameOf('SN1'));
      const port = new SerialPortStream({
        path: nameOf('SN1'),
        baudRate: 9600,
        autoOpen: false,
        binding: linuxBinding,
      });
      await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
      let closed = false;
      port.once('close', () => (closed = true));
      port.on('error', () => undefined).resume();
      one.order({ do: 'serial-and-pull', text: 'D'.repeat(32) });
      await expect.poll(() => closed, { timeout: SLOW_MS }).toBe(true);
    }
    const before = process.cpuUsage();
    await new Promise<void>((resolve) => systemClock.after(2_000, resolve));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 2_000_000).toBeLessThan(0.5);
  });

  it('is open to the group of the rules that `tillwire devices --udev` prints, and to nobody else', async () => {
    writeFileSync('/etc/udev/rules.d/60-tillwire.rules', udevRules([{ kind: 'adapter', vendorId: '05e0' }]));
    execFileSync('udevadm', ['control', '--reload']);
    await gun('SN9').plug();
    await there(nameOf('SN9'));
    const hidraw = readdirSync('/sys/class/hidraw').find((name) =>
      readFileSync(`/sys/class/hidraw/${name}/device/uevent`, 'utf8').includes('05E0'),
    );
    const groups = readFileSync('/etc/group', 'utf8').split('\n');
    const gid = (name: string) => Number(groups.find((line) => line.startsWith(`${name}:`))?.split(':')[2]);
    const rights = (path: string) => [statSync(path).gid, (statSync(path).mode & 0o777).toString(8)];
    await expect.poll(() => rights(`/dev/${hidraw}`), { timeout: SLOW_MS }).toEqual([gid('plugdev'), '660']);
    expect(rights(nameOf('SN9'))).toEqual([gid('dialout'), '660']);
    expect(execFileSync('udevadm', ['info', nameOf('SN9')], { encoding: 'utf8' })).toContain('ID_MM_DEVICE_IGNORE=1');
  });

  it('is open at every plug because udev tells of it: no long pause has to end', async () => {
    const one = gun('SN5');
    // the first pause, behind an attempt that was too early, is 75 ms; all longer ones never end
    const isLong = (ms: number) => ms > 100 && ms < 2_000;
    const clock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(isLong(ms) ? 1e9 : ms, run) };
    const events = new PlugEvents(systemClock);
    const deps = { clock, random: () => 0.5, onPlug: (run: () => void) => events.watch(run) };
    const records = ['hid:05e0:1400:SN5', nameOf('SN5')].map((path) => {
      const [record, address] = [new LinkRecord(), parseAddress(path)];
      if (!address) throw new Error(path);
      const link = openDeviceLink(address, { path, baudRate: 9600 }, record, deps);
      closers.push(() => link.close());
      return record;
    });
    for (let time = 1; time <= 3; time++) {
      await one.plug();
      for (const record of records) await record.until(({ ups }) => ups === time, SLOW_MS);
      one.order({ do: 'pull' });
      for (const record of records) await record.until(({ told }) => told.at(-1)?.kind === 'down', SLOW_MS);
      await gone(nameOf('SN5'));
    }
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
});
