import { closeSync, constants, openSync, readSync } from 'node:fs';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDeviceLink } from '../../agent/devices/device-link.ts';
import { findingsOf } from '../../agent/devices/discovery/findings.ts';
import { SYSTEM_ROOTS } from '../../agent/devices/discovery/found-device.ts';
import { listDevices } from '../../agent/devices/discovery/list-devices.ts';
import { parseAddress } from '../../agent/transport/address.ts';
import { grabKeys } from '../../agent/transport/evdev-grab.ts';
import { deps, GunRecord } from '../agent/gun-record.ts';
import { Host } from './guest/host.ts';

// The agent's own guns on the kernel's drivers: found by maker, product and serial number, read, pulled and found again.

const CODE = '130012345678901234';
/** The emulated machine is some twenty times slower than a till. */
const slow = { timeout: 20_000, interval: 20 };

describe.runIf(process.env['TILLWIRE_VM'] === '1')("the agent's gun", () => {
  let host: Host;
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    host = await Host.open();
  });
  afterAll(() => host.close());
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  function open(address: string): GunRecord {
    const parsed = parseAddress(address);
    if (!parsed) throw new Error(`${address} is no address`);
    const line = { path: address, baudRate: 9600 };
    const record = new GunRecord({ path: address, terminator: 'CR' }, (listener) =>
      openDeviceLink(parsed, line, listener, deps),
    );
    closers.push(() => record.gun.close());
    return record;
  }

  /** Key by key: QEMU's keyboard has a short queue and drops what comes too fast for its slow machine. */
  async function type(text: string): Promise<void> {
    for (const character of text) await host.type(character);
  }

  const found = async () => findingsOf(await listDevices(SYSTEM_ROOTS), 'linux');
  const ups = (record: GunRecord) => [record.ups, record.downs.at(-1)?.detail];

  it('in keyboard mode is taken for itself: others read nothing, and it is given back and found again', async () => {
    await host.plug('keys', 'usb-kbd');
    closers.push(() => host.unplug('keys').catch(() => undefined));
    const record = open('keyboard:0627:0001');
    await expect.poll(() => ups(record)[0], slow).toBe(1);
    const path = (await found()).find(({ id }) => id.startsWith('0627:0001'))?.paths.find((node) => /event/.test(node));
    expect(path).toBeDefined();
    const other = openSync(path ?? '', constants.O_RDONLY | constants.O_NONBLOCK);
    closers.push(() => closeSync(other));
    expect(() => grabKeys(other)).toThrow(/another program has taken/);
    await type(`${CODE}\n`);
    await expect.poll(() => record.codes, slow).toEqual([CODE]);
    expect(record.scans[0]?.source).toBe('hid-keyboard');
    expect(() => readSync(other, Buffer.alloc(2400)), 'nothing was typed elsewhere').toThrow(/EAGAIN/);

    await type('123');
    record.downs.length = 0;
    await host.unplug('keys');
    await expect.poll(() => record.downs.map(({ code }) => code), slow).toEqual(['PORT_LOST', 'PORT_NOT_FOUND']);
    await host.plug('keys', 'usb-kbd');
    await expect.poll(() => ups(record)[0], slow).toBe(2);
    await type(`${CODE}\n`);
    await expect.poll(() => record.codes, slow).toEqual([CODE, CODE]);

    await record.gun.close();
    const now = (await found()).find(({ id }) => id.startsWith('0627:0001'))?.paths.find((node) => /event/.test(node));
    const again = openSync(now ?? '', constants.O_RDONLY | constants.O_NONBLOCK);
    closers.push(() => closeSync(again));
    grabKeys(again);
  });
});
