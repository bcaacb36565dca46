import { constants, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ReportHello } from '../../protocols/framing/report-stream.ts';
import type { HostPort } from './host-port.ts';
import { PollableFile } from './pollable-file.ts';

/** Where Linux says what a HID device is. */
const SYSFS = '/sys/class/hidraw';
/** A read gives one report, an id before it where the device uses ids. */
const MOST_REPORT_BYTES = 4_096;

/** A HID device of this machine (Linux): `/dev/hidrawN`. */
export function openHidraw(path: string, sysfs = SYSFS): HostPort {
  const hello = helloOf(join(sysfs, basename(path), 'device'));
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
  const file = new PollableFile(fd);
  let isOpen = true;
  let sending: Promise<unknown> = Promise.resolve();
  const port: HostPort = {
    hello,
    send: (report) => {
      // one write at a time
      sending = sending.then(() => file.write(report));
    },
    onBytes: () => undefined,
    onGone: () => undefined,
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      await file.close();
    },
  };
  const read = async () => {
    for (let report = await file.read(MOST_REPORT_BYTES); report; report = await file.read(MOST_REPORT_BYTES))
      port.onBytes(report);
    if (isOpen) port.onGone('the device is gone');
  };
  void read();
  return port;
}

/** `HID_ID=0003:00000C2E:00000B61`, `HID_NAME=maker product`. */
function helloOf(folder: string): ReportHello {
  const uevent = readFileSync(join(folder, 'uevent'), 'latin1');
  const [, vendor = '', product = ''] = /^HID_ID=[0-9A-F]+:([0-9A-F]+):([0-9A-F]+)$/im.exec(uevent) ?? [];
  return {
    kind: 'hello',
    vendorId: Number.parseInt(vendor, 16) || 0,
    productId: Number.parseInt(product, 16) || 0,
    release: 0,
    manufacturer: '',
    product: /^HID_NAME=(.*)$/m.exec(uevent)?.[1]?.slice(0, 255) ?? '',
    serialNumber: '',
    descriptor: Uint8Array.from(readFileSync(join(folder, 'report_descriptor'))),
  };
}
