import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fromHex } from '../../../protocols/bytes/hex.ts';
import { GUN_PERSONALITIES } from '../../../simulator/personalities/guns.ts';
import { protocolOf } from '../../../simulator/recording/recorder.ts';
import { openHidraw } from '../../../simulator/wires/hidraw-port.ts';
import { PtyWire } from '../../../simulator/wires/pty.ts';
import { eventually } from '../../e2e/agent-process.ts';

it('a HID gun of Linux says what it is in sysfs, and one report with each read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-hidraw-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { usb } = GUN_PERSONALITIES['hid-pos-honeywell'];
  const device = join(folder, 'sys/hidraw0/device');
  mkdirSync(device, { recursive: true });
  writeFileSync(
    join(device, 'uevent'),
    'DRIVER=hid-generic\nHID_ID=0003:00000C2E:00000DB3\nHID_NAME=Honeywell Xenon\n',
  );
  writeFileSync(join(device, 'report_descriptor'), fromHex(usb.descriptor) ?? '');
  // a pseudo-terminal stands for the kernel's file: what matters here is reading without blocking, and the end
  const wire = new PtyWire({ link: join(folder, 'hidraw0') });
  onTestFinished(() => wire.close());
  const port = openHidraw(wire.path, join(folder, 'sys'));
  onTestFinished(() => port.close());
  expect(port.hello && protocolOf(port.hello)).toBe('hid-pos');
  expect(port.hello).toMatchObject({ vendorId: 0x0c2e, productId: 0x0db3, product: 'Honeywell Xenon' });
  const got: Uint8Array[] = [];
  let gone = '';
  port.onBytes = (report) => got.push(report);
  port.onGone = (reason) => (gone = reason);
  const report = Uint8Array.of(2, 3, 0x5d, 0x51, 0x31, 0x31, 0x32, 0x33);
  await wire.send(report);
  await eventually('the report is there', () => got.length === 1);
  expect(got[0]).toEqual(report);
  await wire.hangup();
  await eventually('it is gone', () => gone !== '');
});
