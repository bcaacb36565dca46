import type { DeviceAddress } from '../transport/address.ts';
import type { ByteLink, LinkListener } from '../transport/link.ts';
import { openReportLink } from '../transport/report-stream.ts';
import type { LinkDeps } from '../transport/supervised-link.ts';
import { openTcpLink } from '../transport/tcp.ts';
import { openUsbPrinterLink } from '../transport/usb-printer.ts';

/** Devices that are byte links and no serial ports. */
export type LinkAddress = Extract<DeviceAddress, { kind: 'tcp' | 'reports' | 'usblp' }>;

/** A link to a device that is not named by the path of a serial port. */
export function openDeviceLink(address: LinkAddress, listener: LinkListener, deps: LinkDeps): ByteLink {
  switch (address.kind) {
    case 'tcp':
      return openTcpLink(address.at, listener, deps);
    case 'reports':
      return openReportLink(address.at, listener, deps);
    case 'usblp':
      return openUsbPrinterLink(address.path, listener, deps);
    default:
      return address satisfies never;
  }
}
