import { BOOT_KEYBOARD } from '../../../simulator/personalities/hid-descriptors.ts';
import { type AcmEvents, acmFunction } from '../../../simulator/wires/usbip/acm.ts';
import { UsbDevice, type UsbIdentity } from '../../../simulator/wires/usbip/device.ts';
import type { UsbFunction } from '../../../simulator/wires/usbip/function.ts';
import { hidFunction } from '../../../simulator/wires/usbip/hid.ts';
import { POS_DESCRIPTOR } from './pos-descriptor.ts';

/** `gun`: HID POS and CDC-ACM in one. `keys`: a keyboard. */
export type UsbGunKind = 'gun' | 'keys';

export interface GunEvents extends AcmEvents {
  onReport(report: Uint8Array): void;
  /** it answers no feature report */
  isDeaf(): boolean;
}

export interface TestedGun {
  readonly device: UsbDevice;
  readonly hid: UsbFunction;
  readonly acm: UsbFunction | undefined;
}

/** The device that the tests plug in; also to compare with what other programs see of it. */
export function testedGun(kind: UsbGunKind, serialNumber: string, events: GunEvents): TestedGun {
  const descriptor = kind === 'gun' ? POS_DESCRIPTOR : Uint8Array.from(Buffer.from(BOOT_KEYBOARD, 'hex'));
  const hid = hidFunction(
    descriptor,
    (report) => events.onReport(report),
    () => events.isDeaf(),
  );
  const acm = kind === 'gun' ? acmFunction(events) : undefined;
  return { device: new UsbDevice(identityOf(kind, serialNumber), acm ? [hid, acm] : [hid]), hid, acm };
}

function identityOf(kind: UsbGunKind, serialNumber: string): UsbIdentity {
  const product = kind === 'gun' ? 'Counter gun' : 'Key gun';
  const productId = kind === 'gun' ? 0x1400 : 0x1200;
  return { vendorId: 0x05e0, productId, release: 0x0123, manufacturer: 'ACME', product, serialNumber };
}
