import { BOOT_KEYBOARD } from '../../../simulator/personalities/hid-descriptors.ts';
import { type AcmEvents, acmFunction } from '../../../simulator/wires/usbip/acm.ts';
import { UsbDevice, type UsbIdentity } from '../../../simulator/wires/usbip/device.ts';
import type { UsbFunction } from '../../../simulator/wires/usbip/function.ts';
import { hidFunction } from '../../../simulator/wires/usbip/hid.ts';
import { type PrinterWays, printerFunction } from '../../../simulator/wires/usbip/printer.ts';
import { POS_DESCRIPTOR } from './pos-descriptor.ts';

/** `gun`: HID POS and CDC-ACM in one. `keys`: a keyboard. `counter`: the gun and a printer on one cable; `one-way`: one that never answers. */
export const USB_GUN_KINDS = ['gun', 'keys', 'counter', 'one-way'] as const;
export type UsbGunKind = (typeof USB_GUN_KINDS)[number];

export interface GunEvents extends AcmEvents {
  onPrinted(bytes: Uint8Array): void;
  onReport(report: Uint8Array): void;
  /** it answers no feature report */
  isDeaf(): boolean;
}

export interface TestedGun {
  readonly device: UsbDevice;
  readonly hid: UsbFunction;
  readonly acm: UsbFunction | undefined;
  readonly printer: UsbFunction | undefined;
}

/** The device that the tests plug in; also to compare with what other programs see of it. */
export function testedGun(kind: UsbGunKind, serialNumber: string, events: GunEvents): TestedGun {
  const descriptor = kind === 'keys' ? Uint8Array.from(Buffer.from(BOOT_KEYBOARD, 'hex')) : POS_DESCRIPTOR;
  const hid = hidFunction(
    descriptor,
    (report) => events.onReport(report),
    () => events.isDeaf(),
  );
  const acm = kind === 'keys' ? undefined : acmFunction(events);
  const ways = PRINTERS[kind];
  const printer = ways && printerFunction(PRINTER_ID, (bytes) => events.onPrinted(bytes), ways);
  const functions = [hid, acm, printer].filter((one) => one !== undefined);
  return { device: new UsbDevice({ ...IDENTITIES[kind], ...MADE_BY, serialNumber }, functions), hid, acm, printer };
}

const PRINTERS: Partial<Record<UsbGunKind, PrinterWays>> = { counter: 'both-ways', 'one-way': 'one-way' };
const PRINTER_ID = 'MFG:ACME;CMD:ESC/POS;MDL:58;CLS:PRINTER;';
const MADE_BY = { vendorId: 0x05e0, release: 0x0123, manufacturer: 'ACME' };
const IDENTITIES: Readonly<Record<UsbGunKind, Pick<UsbIdentity, 'productId' | 'product'>>> = {
  gun: { productId: 0x1400, product: 'Counter gun' },
  keys: { productId: 0x1200, product: 'Key gun' },
  counter: { productId: 0x1500, product: 'Counter' },
  'one-way': { productId: 0x1600, product: 'Silent counter' },
};
