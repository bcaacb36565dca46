import { concatenated, endpointDescriptor, interfaceDescriptor, isClassRequest, type UsbFunction } from './function.ts';

// A printer (USB Printer Class 1.1, 4.2.1): one interface, bulk OUT; with a way back (protocol 2) bulk IN as well, without one
// (protocol 1) it takes bytes and says nothing.

const GET_DEVICE_ID = 0;
const GET_PORT_STATUS = 1;
const BULK_PACKET_BYTES = 64;
/** selected, paper, no error: what cheap bridges say whatever happens; the truth is in ESC/POS */
const PORT_STATUS = 0x18;

/** Endpoints are counted from the function's first. */
export const PRINTER_IN = 1;

export type PrinterWays = 'both-ways' | 'one-way';

/** `deviceId`: IEEE 1284, as `MFG:ACME;CMD:ESC/POS;MDL:58;CLS:PRINTER;`. */
export function printerFunction(
  deviceId: string,
  onBytes: (bytes: Uint8Array) => Promise<void> | void,
  ways: PrinterWays = 'both-ways',
): UsbFunction {
  const text = Buffer.from(deviceId, 'latin1');
  // with its own length before it, which counts itself
  const described = Uint8Array.from([(text.length + 2) >> 8, (text.length + 2) & 0xff, ...text]);
  return {
    interfaces: 1,
    endpoints: ways === 'one-way' ? 1 : 2,
    descriptors: (first, endpoint) => {
      const out = endpointDescriptor(endpoint, 2, BULK_PACKET_BYTES, 0);
      if (ways === 'one-way') return concatenated(interfaceDescriptor(first, 1, [7, 1, 1]), out);
      const back = endpointDescriptor(0x80 | (endpoint + PRINTER_IN), 2, BULK_PACKET_BYTES, 0);
      return concatenated(interfaceDescriptor(first, 2, [7, 1, 2]), out, back);
    },
    control(setup) {
      if (!isClassRequest(setup)) return 'stall';
      if (setup.request === GET_DEVICE_ID) return described;
      return setup.request === GET_PORT_STATUS ? Uint8Array.of(PORT_STATUS) : 'taken';
    },
    taken: (_endpoint, data) => onBytes(data),
  };
}
