import { concatenated, endpointDescriptor, interfaceDescriptor, isClassRequest, type UsbFunction } from './function.ts';

// A printer (USB Printer Class 1.1): one interface with a way back, bulk OUT and IN.

const GET_DEVICE_ID = 0;
const GET_PORT_STATUS = 1;
const BULK_PACKET_BYTES = 64;
/** selected, paper, no error: what cheap bridges say whatever happens; the truth is in ESC/POS */
const PORT_STATUS = 0x18;

/** Endpoints are counted from the function's first. */
export const PRINTER_IN = 1;

/** `deviceId`: IEEE 1284, as `MFG:ACME;CMD:ESC/POS;MDL:58;CLS:PRINTER;`. */
export function printerFunction(deviceId: string, onBytes: (bytes: Uint8Array) => Promise<void> | void): UsbFunction {
  const text = Buffer.from(deviceId, 'latin1');
  // with its own length before it, which counts itself
  const described = Uint8Array.from([(text.length + 2) >> 8, (text.length + 2) & 0xff, ...text]);
  return {
    interfaces: 1,
    endpoints: 2,
    descriptors: (first, endpoint) =>
      concatenated(
        interfaceDescriptor(first, 2, [7, 1, 2]),
        endpointDescriptor(endpoint, 2, BULK_PACKET_BYTES, 0),
        endpointDescriptor(0x80 | (endpoint + PRINTER_IN), 2, BULK_PACKET_BYTES, 0),
      ),
    control(setup) {
      if (!isClassRequest(setup)) return 'stall';
      if (setup.request === GET_DEVICE_ID) return described;
      return setup.request === GET_PORT_STATUS ? Uint8Array.of(PORT_STATUS) : 'taken';
    },
    taken: (_endpoint, data) => onBytes(data),
  };
}
