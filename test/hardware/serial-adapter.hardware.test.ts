import { existsSync } from 'node:fs';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { LinkRecord } from '../agent/link-record.ts';
import { Host } from './guest/host.ts';

// A USB serial adapter that somebody else built (QEMU's, an FTDI FT232BM by its ids), on the kernel's ftdi_sio driver.

const PATH = '/dev/ttyUSB0';
/** The emulated machine is some twenty times slower than a till. */
const SLOW_MS = 20_000;

describe.runIf(process.env['TILLWIRE_VM'] === '1')('a gun on a real USB serial adapter', () => {
  let host: Host;
  const closers: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    host = await Host.open();
  });
  afterAll(() => host.close());
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  const plug = () => host.plug('adapter', 'usb-serial', { chardev: 'serial', serial: 'FT0001' });
  const pull = () => host.unplug('adapter');
  function open(): LinkRecord {
    const record = new LinkRecord();
    const link = openSerialLink({ path: PATH, baudRate: 9600, lowLatency: true }, record, {
      clock: systemClock,
      random: () => 0.5,
    });
    closers.push(() => link.close());
    return record;
  }

  it('brings every byte of a code, and is noticed when it is pulled and when it comes back', async () => {
    const record = open();
    await plug();
    closers.push(() => pull().catch(() => undefined));
    for (let time = 1; time <= 3; time++) {
      await record.until(({ ups }) => ups === time, SLOW_MS);
      await host.say(`13456789012345678${time}\r\n`);
      await record.until(({ heard }) => heard.endsWith(`${time}\r\n`), SLOW_MS);
      const pulled = systemClock.mono();
      await pull();
      await record.until(({ told }) => told.at(-1)?.kind === 'down', SLOW_MS);
      expect(systemClock.mono() - pulled).toBeLessThan(2_000);
      await expect.poll(() => existsSync(PATH), { timeout: SLOW_MS }).toBe(false);
      await plug();
    }
    expect(record.heard).toBe('134567890123456781\r\n134567890123456782\r\n134567890123456783\r\n');
  });

  it('is noticed too when it is pulled right behind the last byte, and spins no core', async () => {
    const record = open();
    for (let time = 1; time <= 3; time++) {
      await plug();
      await record.until(({ ups }) => ups === time, SLOW_MS);
      await Promise.all([host.say('134567890123456789\r\n'), pull()]);
      await record.until(({ told }) => told.at(-1)?.kind === 'down', SLOW_MS);
    }
    const before = process.cpuUsage();
    const from = systemClock.mono();
    await new Promise<void>((resolve) => systemClock.after(1_500, resolve));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000 / (systemClock.mono() - from)).toBeLessThan(0.25);
  });
});
