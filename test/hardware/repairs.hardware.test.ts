import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { openDeviceLink } from '../../agent/devices/device-link.ts';
import { SYSTEM_ROOTS } from '../../agent/devices/discovery/found-device.ts';
import { listDevices } from '../../agent/devices/discovery/list-devices.ts';
import { locate } from '../../agent/devices/discovery/locate.ts';
import { parseAddress } from '../../agent/transport/address.ts';
import { openHid } from '../../agent/transport/hid-connection.ts';
import { SupervisedLink } from '../../agent/transport/supervised-link.ts';
import { deps, GunRecord } from '../agent/gun-record.ts';
import { LinkRecord } from '../agent/link-record.ts';
import { bootReports } from './guest/boot-reports.ts';
import { posReport } from './guest/pos-report.ts';
import { SLOW_MS, slow } from './guest/slow-machine.ts';
import { UsbGun } from './guest/usb-gun.ts';

// What node-hid and the kernel leave to their users, on hidraw and evdev. What concerns serial ports: usb-gun.hardware.test.ts
// and test/agent/serial-link.test.ts. test/teeth takes each repair out and expects red.

const CODE = '130012345678901234';
const FEATURE = Uint8Array.of(5, 1, 2, 3, 4, 5, 6, 7, 8);

describe.runIf(process.env['TILLWIRE_VM'] === '1')('a HID gun on the kernel', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  async function plugged(serialNumber: string, kind: 'gun' | 'keys' = 'gun'): Promise<UsbGun> {
    const usb = new UsbGun(serialNumber, kind);
    closers.push(() => usb.close());
    await usb.plug();
    return usb;
  }

  function link(address: string): { readonly link: SupervisedLink; readonly record: LinkRecord } {
    const parsed = parseAddress(address);
    if (parsed?.kind !== 'hid') throw new Error(`${address} is no HID address`);
    const record = new LinkRecord();
    const opened = new SupervisedLink(
      async () => {
        const found = locate(await listDevices(SYSTEM_ROOTS), 'hid', parsed.which, address);
        return 'code' in found ? found : openHid(found.path, found.peer, systemClock);
      },
      record,
      deps,
    );
    closers.push(() => opened.close());
    return { link: opened, record };
  }

  it('that is pulled is lost with a reason that can be read, not with an error nobody catches', async () => {
    const usb = await plugged('SN31');
    const { record } = link('hid:05e0:1400:SN31');
    await record.until(({ ups }) => ups === 1, SLOW_MS);
    usb.order({ do: 'pull' });
    await record.until(({ problems }) => problems.includes('PORT_LOST'), SLOW_MS);
    const lost = record.told.find((told) => told.kind === 'down' && told.problem.code === 'PORT_LOST');
    const detail = expect.stringMatching(/device disconnected|no such device/i);
    expect(lost).toMatchObject({ problem: { detail } });
  });

  it('that answers no feature report holds nobody up for the 5 s of the kernel, and its codes still come', async () => {
    const usb = await plugged('SN32');
    const { link: hid, record } = link('hid:05e0:1400:SN32');
    await record.until(({ ups }) => ups === 1, SLOW_MS);
    expect(await hid.sendFeature(FEATURE, 2_000)).toEqual({ kind: 'written' });
    usb.order({ do: 'deaf', deaf: true });
    const from = systemClock.mono();
    const outcome = hid.sendFeature(FEATURE, 500);
    usb.order({ do: 'reports', hex: [posReport(CODE)] });
    expect(await outcome).toEqual({ kind: 'unknown', cause: 'DEADLINE' });
    await record.until(({ heard }) => heard.includes(CODE), SLOW_MS);
    expect(systemClock.mono() - from).toBeLessThan(4_000);
    expect(record.problems).not.toContain('PORT_LOST');
  });

  it('loses no report of those that the kernel keeps while the agent is busy for seconds', async () => {
    const usb = await plugged('SN33');
    const { record } = link('hid:05e0:1400:SN33');
    await record.until(({ ups }) => ups === 1, SLOW_MS);
    usb.order({ do: 'reports', hex: Array.from({ length: 60 }, (_, n) => posReport(`${CODE}${n}`)) });
    standStill(4_000);
    await record.until(({ heardBytes }) => heardBytes === 60 * 64, SLOW_MS);
  });

  it('that types faster than it is read gives whole codes or none: half a code is never one', async () => {
    const usb = await plugged('SN34', 'keys');
    const address = parseAddress('keyboard:05e0:1200:SN34');
    if (!address) throw new Error('no address');
    const line = { path: 'keys', baudRate: 9600 };
    const record = new GunRecord({ path: 'keys', terminator: 'CR' }, (listener) =>
      openDeviceLink(address, line, listener, deps),
    );
    closers.push(() => record.gun.close());
    await expect.poll(() => record.ups, slow).toBe(1);
    usb.order({ do: 'reports', hex: Array.from({ length: 8 }, () => bootReports(`${CODE}\n`)).flat() });
    standStill(6_000);
    await usb.until((facts) => facts.some((fact) => 'sent' in fact), SLOW_MS);
    // behind a torn code the next one may be taken for its rest: the customer shows it again
    const again = () => {
      if (record.codes.length === 0) usb.order({ do: 'reports', hex: bootReports(`${CODE}\n`) });
      return record.codes.length;
    };
    await expect.poll(again, { timeout: SLOW_MS, interval: 2_000 }).toBeGreaterThan(0);
    expect(new Set(record.codes)).toEqual(new Set([CODE]));
    expect(record.codes.length, 'the kernel has dropped keys').toBeLessThan(9);
  });
});

/** The event loop does nothing for so long, as behind a slow disk. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
