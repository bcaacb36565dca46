import type { DeviceAddress } from '../transport/address.ts';
import type { ByteLink, LinkListener } from '../transport/link.ts';
import { openReportLink } from '../transport/report-stream.ts';
import type { LinkDeps } from '../transport/supervised-link.ts';
import { openTcpLink } from '../transport/tcp.ts';

/** A link to a device that is not named by the path of a serial port. */
export function openDeviceLink(
  address: Extract<DeviceAddress, { kind: 'tcp' | 'reports' }>,
  listener: LinkListener,
  deps: LinkDeps,
): ByteLink {
  switch (address.kind) {
    case 'tcp':
      return openTcpLink(address.at, listener, deps);
    case 'reports':
      return openReportLink(address.at, listener, deps);
    default:
      return address satisfies never;
  }
}
