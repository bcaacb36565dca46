import fs from 'node:fs';
import { POS_DESCRIPTOR } from './pos-descriptor.ts';

// A HID gun made by this process (linux/uhid.h; all numbers little-endian): no USB under it, so it is there in a tenth of the
// time. Whoever opens it must not ask for feature reports: they would wait for this process's answer.

const CREATE2 = 11;
const INPUT2 = 12;
const BUS_USB = 3;
/** where the report descriptor begins */
const DESCRIPTOR_AT = 280;

export const UHID_VENDOR = 0x05e0;
export const UHID_PRODUCT = 0x1600;

export class UhidGun {
  readonly #fd: number;

  /** Plugs it in. */
  constructor(serialNumber: string) {
    this.#fd = fs.openSync('/dev/uhid', fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    const event = Buffer.alloc(DESCRIPTOR_AT + POS_DESCRIPTOR.length);
    event.writeUInt32LE(CREATE2);
    event.write('ACME uhid gun', 4, 'latin1');
    event.write(serialNumber, 196, 'latin1');
    event.writeUInt16LE(POS_DESCRIPTOR.length, 260);
    event.writeUInt16LE(BUS_USB, 262);
    event.writeUInt32LE(UHID_VENDOR, 264);
    event.writeUInt32LE(UHID_PRODUCT, 268);
    event.set(POS_DESCRIPTOR, DESCRIPTOR_AT);
    fs.writeSync(this.#fd, event);
  }

  /** Sends an input report, its id first. */
  say(report: Uint8Array): void {
    const event = Buffer.alloc(6 + report.length);
    event.writeUInt32LE(INPUT2);
    event.writeUInt16LE(report.length, 4);
    event.set(report, 6);
    fs.writeSync(this.#fd, event);
  }

  pull(): void {
    fs.closeSync(this.#fd);
  }
}
