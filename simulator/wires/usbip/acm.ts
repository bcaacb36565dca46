import { concatenated, endpointDescriptor, interfaceDescriptor, isClassRequest, type UsbFunction } from './function.ts';

// A modem that is none, as guns and pads with a virtual COM port are (USB CDC 1.2, PSTN 1.2): a control and a data interface,
// interrupt IN, bulk IN and OUT.

const SET_LINE_CODING = 0x20;
const GET_LINE_CODING = 0x21;
const SET_CONTROL_LINE_STATE = 0x22;
const BULK_PACKET_BYTES = 64;

/** The endpoint of the bytes to the host; 0 is for notifications. */
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
  onBytes(bytes: Uint8Array): Promise<void> | void;
  onLine?(line: LineCoding): void;
  onControl?(lines: { readonly dtr: boolean; readonly rts: boolean }): void;
}

export function acmFunction(events: AcmEvents): UsbFunction {
  let coding: Uint8Array = Uint8Array.from([0x80, 0x25, 0, 0, 0, 0, 8]);
  return {
    interfaces: 2,
    endpoints: 3,
    descriptors: acmDescriptors,
    control(setup, data) {
      const { request, value } = setup;
      if (!isClassRequest(setup)) return 'stall';
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
