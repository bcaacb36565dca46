import type { DeviceAddress, DeviceChoice } from '../transport/address.ts';
import { openHid } from '../transport/hid-connection.ts';
import { openKeyboard } from '../transport/keyboard-connection.ts';
import type { ByteLink, LinkListener, LinkProblem } from '../transport/link.ts';
import { openReportLink } from '../transport/report-stream.ts';
import { connectSerial, openSerialLink, type SerialOptions } from '../transport/serial.ts';
import { type Connection, type LinkDeps, SupervisedLink } from '../transport/supervised-link.ts';
import { openTcpLink } from '../transport/tcp.ts';
import { openUsbPrinter } from '../transport/usb-printer.ts';
import { SYSTEM_ROOTS, type SystemRoots } from './discovery/found-device.ts';
import { listDevices } from './discovery/list-devices.ts';
import { type Located, locate, type Wanted } from './discovery/locate.ts';
import { locatePrinter } from './discovery/locate-printer.ts';

export interface DeviceLinkDeps extends LinkDeps {
  /** default: the machine's own */
  readonly roots?: SystemRoots;
}

/** A link to a device, wherever it is. `line`: settings for a serial port, whose path is that of the configuration. */
export function openDeviceLink(
  address: DeviceAddress,
  line: SerialOptions,
  listener: LinkListener,
  deps: DeviceLinkDeps,
): ByteLink {
  switch (address.kind) {
    case 'serial':
      return openSerialLink(line, listener, deps);
    case 'tcp':
      return openTcpLink(address.at, listener, withoutPlugs(deps));
    case 'reports':
      return openReportLink(address.at, listener, withoutPlugs(deps));
    case 'usblp':
      return openPrinter(address.which, line.path, listener, deps);
    case 'hid':
    case 'keyboard':
      return openFound(address.kind, address.which, line, listener, deps);
    case 'usb':
      return openFound('gun', address.which, line, listener, deps);
    default:
      return address satisfies never;
  }
}

/** What is plugged into this machine brings nothing on the network back. */
function withoutPlugs({ clock, random }: DeviceLinkDeps): LinkDeps {
  return { clock, random };
}

/** Looked for anew at every connection: what was unplugged comes back under another name. */
function openFound(
  wanted: Wanted,
  which: DeviceChoice,
  line: SerialOptions,
  listener: LinkListener,
  deps: DeviceLinkDeps,
): ByteLink {
  const connect = async (tell: (problem: LinkProblem) => void) => {
    const found = locate(await listDevices(deps.roots ?? SYSTEM_ROOTS), wanted, which, line.path);
    return 'code' in found ? found : open(found, line, deps, tell);
  };
  return new SupervisedLink(connect, listener, deps);
}

/** A printer of the operating system's own driver. Its number is another one when it comes back while another has the old. */
function openPrinter(which: DeviceChoice, text: string, listener: LinkListener, deps: DeviceLinkDeps): ByteLink {
  const connect = async () => {
    if ('path' in which) return openUsbPrinter(which.path, deps.clock);
    const found = locatePrinter(await listDevices(deps.roots ?? SYSTEM_ROOTS), which, text);
    return 'code' in found ? found : openUsbPrinter(found.path, deps.clock);
  };
  return new SupervisedLink(connect, listener, deps);
}

function open(
  { kind, path, peer }: Located,
  line: SerialOptions,
  { clock }: DeviceLinkDeps,
  tell: (problem: LinkProblem) => void,
): Promise<Connection | LinkProblem> {
  if (kind === 'serial') return connectSerial({ ...line, path }, clock, tell);
  return kind === 'hid' ? openHid(path, peer, clock) : openKeyboard(path, peer, clock);
}
