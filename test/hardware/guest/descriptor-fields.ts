import type { UsbDevice } from '../../../simulator/wires/usbip/device.ts';

const INTERFACE = 4;
const ENDPOINT = 5;

/** The numbers of a device's descriptors, as `lsusb -v` calls them, in its order. */
export interface DescriptorFields {
  readonly idVendor: number[];
  readonly idProduct: number[];
  readonly bDeviceClass: number[];
  readonly wTotalLength: number[];
  readonly bNumInterfaces: number[];
  readonly bInterfaceNumber: number[];
  readonly bInterfaceClass: number[];
  readonly bInterfaceSubClass: number[];
  readonly bInterfaceProtocol: number[];
  readonly bEndpointAddress: number[];
  readonly wMaxPacketSize: number[];
}

/** As the device says them (USB 2.0, 9.6). */
export function trueFields({ deviceDescriptor, configuration }: UsbDevice): DescriptorFields {
  const device = Buffer.from(deviceDescriptor);
  const all = Buffer.from(configuration);
  const parts: Buffer[] = [];
  for (let at = 0; at < all.length; at += all.readUInt8(at)) parts.push(all.subarray(at, at + all.readUInt8(at)));
  const of = (kind: number) => parts.filter((part) => part[1] === kind);
  const byte = (kind: number, at: number) => of(kind).map((part) => part.readUInt8(at));
  return {
    idVendor: [device.readUInt16LE(8)],
    idProduct: [device.readUInt16LE(10)],
    bDeviceClass: [device.readUInt8(4)],
    wTotalLength: [all.readUInt16LE(2)],
    bNumInterfaces: [all.readUInt8(4)],
    bInterfaceNumber: byte(INTERFACE, 2),
    bInterfaceClass: byte(INTERFACE, 5),
    bInterfaceSubClass: byte(INTERFACE, 6),
    bInterfaceProtocol: byte(INTERFACE, 7),
    bEndpointAddress: byte(ENDPOINT, 2),
    wMaxPacketSize: of(ENDPOINT).map((part) => part.readUInt16LE(4)),
  };
}

/** As `lsusb -v` prints them. */
export function printedFields(text: string, names: readonly string[]): Record<string, number[]> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      [...text.matchAll(new RegExp(`^\\s*${name}\\s+(0x[0-9a-f]+|\\d+)`, 'gm'))].map(([, value]) => Number(value)),
    ]),
  );
}
