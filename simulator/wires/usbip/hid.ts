import {
  concatenated,
  endpointDescriptor,
  interfaceDescriptor,
  isClassRequest,
  type UsbFunction,
  u16,
} from './function.ts';

// A HID device (USB HID 1.11): one interface, interrupt IN and OUT, reports of any length up to a packet.

const GET_DESCRIPTOR = 0x06;
const HID_REPORT_DESCRIPTOR = 0x22;
const GET_REPORT = 0x01;
const SET_REPORT = 0x09;
/** report types in the high byte of wValue (HID 1.11, 7.2.1) */
const OUTPUT = 2;
const FEATURE = 3;
const HID_PACKET_BYTES = 64;

/** The IN endpoint of a HID function, counted from its first. */
export const HID_IN = 0;

/** `isDeaf`: it answers no feature report, as a device whose firmware hangs. */
export function hidFunction(
  descriptor: Uint8Array,
  onReport: (report: Uint8Array) => Promise<void> | void,
  isDeaf: () => boolean = () => false,
): UsbFunction {
  const features = new Map<number, Uint8Array>();
  return {
    interfaces: 1,
    endpoints: 2,
    descriptors: (first, endpoint) =>
      concatenated(
        interfaceDescriptor(first, 2, [3, 0, 0]),
        // HID 1.11, no country, one descriptor: the report descriptor
        [9, 0x21, 0x11, 0x01, 0, 1, HID_REPORT_DESCRIPTOR, ...u16(descriptor.length)],
        endpointDescriptor(0x80 | endpoint, 3, HID_PACKET_BYTES, 1),
        endpointDescriptor(endpoint + 1, 3, HID_PACKET_BYTES, 1),
      ),
    control(setup, data) {
      const { request, value } = setup;
      if (request === GET_DESCRIPTOR && value >> 8 === HID_REPORT_DESCRIPTOR) return descriptor;
      if (!isClassRequest(setup)) return 'stall';
      if ((request === GET_REPORT || request === SET_REPORT) && value >> 8 === FEATURE && isDeaf()) return 'silent';
      if (request === GET_REPORT) return features.get(value & 0xff) ?? 'stall';
      if (request !== SET_REPORT) return 'taken';
      if (value >> 8 === OUTPUT) void onReport(data);
      else features.set(value & 0xff, data);
      return 'taken';
    },
    taken: (_endpoint, data) => onReport(data),
  };
}
