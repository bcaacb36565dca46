import type { Setup } from './urbs.ts';

/** Who speaks at an endpoint. `stall`: the device does not know that request. */
export type ControlAnswer = Uint8Array | 'taken' | 'stall';

/** One function of a USB device: its interfaces, what it says to class requests, and what it makes of bytes sent to it. */
export interface UsbFunction {
  readonly interfaces: number;
  /** interface and endpoint descriptors, in order; numbers count from those given */
  descriptors(firstInterface: number, firstEndpoint: number): Uint8Array;
  /** endpoint numbers that it uses, from `firstEndpoint` on */
  readonly endpoints: number;
  /** a standard GET_DESCRIPTOR for one of its interfaces, or a class request */
  control(setup: Setup, data: Uint8Array): ControlAnswer;
  /** bytes for one of its OUT endpoints, counted from its first */
  taken(endpoint: number, data: Uint8Array): void;
}

// --- HID (USB HID 1.11): one interface, interrupt IN and OUT

const GET_DESCRIPTOR = 0x06;
const HID_REPORT_DESCRIPTOR = 0x22;
const GET_REPORT = 0x01;
const SET_REPORT = 0x09;
const HID_PACKET_BYTES = 64;

/** The IN endpoint of a HID function, counted from its first. */
export const HID_IN = 0;

export function hidFunction(descriptor: Uint8Array, onReport: (report: Uint8Array) => void): UsbFunction {
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
    control({ requestType, request, value }, data) {
      if (request === GET_DESCRIPTOR && value >> 8 === HID_REPORT_DESCRIPTOR) return descriptor;
      if ((requestType & 0x60) !== 0x20) return 'stall';
      if (request === GET_REPORT) return features.get(value & 0xff) ?? 'stall';
      if (request !== SET_REPORT) return 'taken';
      if (value >> 8 === 2) onReport(data);
      else features.set(value & 0xff, data);
      return 'taken';
    },
    taken: (_endpoint, data) => onReport(data),
  };
}

// --- CDC-ACM (USB CDC 1.2, PSTN 1.2): a control and a data interface; interrupt IN, bulk IN and OUT

const SET_LINE_CODING = 0x20;
const GET_LINE_CODING = 0x21;
const SET_CONTROL_LINE_STATE = 0x22;
const BULK_PACKET_BYTES = 64;

/** Notifications, and the bytes to the host. */
export const ACM_NOTIFY = 0;
export const ACM_IN = 1;

/** What the host asked of the line, as the driver sent it. */
export interface LineCoding {
  readonly baudRate: number;
  readonly dataBits: number;
  /** 0 none, 1 odd, 2 even, 3 mark, 4 space */
  readonly parity: number;
  /** 0: 1, 1: 1.5, 2: 2 */
  readonly stopBits: number;
}

export interface AcmEvents {
  onBytes(bytes: Uint8Array): void;
  onLine?(line: LineCoding): void;
  onControl?(lines: { readonly dtr: boolean; readonly rts: boolean }): void;
}

export function acmFunction(events: AcmEvents): UsbFunction {
  let coding: Uint8Array = Uint8Array.from([0x80, 0x25, 0, 0, 0, 0, 8]);
  return {
    interfaces: 2,
    endpoints: 3,
    descriptors: acmDescriptors,
    control({ requestType, request, value }, data) {
      if ((requestType & 0x60) !== 0x20) return 'stall';
      if (request === GET_LINE_CODING) return coding;
      if (request === SET_LINE_CODING && data.length === 7) {
        coding = data;
        events.onLine?.(lineOf(data));
      } else if (request === SET_CONTROL_LINE_STATE)
        events.onControl?.({ dtr: (value & 1) !== 0, rts: (value & 2) !== 0 });
      return 'taken';
    },
    taken: (_endpoint, data) => events.onBytes(data),
  };
}

function acmDescriptors(first: number, endpoint: number): Uint8Array {
  const data = first + 1;
  return concatenated(
    // the two interfaces belong together
    [8, 0x0b, first, 2, 2, 2, 1, 0],
    interfaceDescriptor(first, 1, [2, 2, 1]),
    // header 1.10, call management (none), ACM (line coding, break), union
    [5, 0x24, 0x00, 0x10, 0x01],
    [5, 0x24, 0x01, 0x00, data],
    [4, 0x24, 0x02, 0x06],
    [5, 0x24, 0x06, first, data],
    endpointDescriptor(0x80 | endpoint, 3, 16, 10),
    interfaceDescriptor(data, 2, [10, 0, 0]),
    endpointDescriptor(0x80 | (endpoint + 1), 2, BULK_PACKET_BYTES, 0),
    endpointDescriptor(endpoint + 2, 2, BULK_PACKET_BYTES, 0),
  );
}

function lineOf(coding: Uint8Array): LineCoding {
  const view = new DataView(coding.buffer, coding.byteOffset, coding.length);
  return {
    baudRate: view.getUint32(0, true),
    stopBits: view.getUint8(4),
    parity: view.getUint8(5),
    dataBits: view.getUint8(6),
  };
}

function interfaceDescriptor(number: number, endpoints: number, kind: readonly [number, number, number]): number[] {
  return [9, 4, number, 0, endpoints, ...kind, 0];
}

function endpointDescriptor(address: number, attributes: number, packet: number, interval: number): number[] {
  return [7, 5, address, attributes, ...u16(packet), interval];
}

function u16(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}

function concatenated(...descriptors: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(descriptors.flat());
}
