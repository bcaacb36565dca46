import type { UsbGunMode } from '../../../protocols/scanner/usb-ids.ts';
import type { DeviceChoice } from '../../transport/address.ts';
import type { LinkProblem, Peer } from '../../transport/link.ts';
import { modeOf, recognise } from './fingerprints.ts';
import { type DeviceNode, type FoundDevice, hex4 } from './found-device.ts';
import { isSameGunElsewise, matchPoints } from './identity.ts';

/** What the configuration asks for: a node of this kind, or a gun in whatever mode it is. */
export type Wanted = 'hid' | 'keyboard' | 'gun';

export interface Located {
  readonly kind: 'serial' | 'hid' | 'keyboard';
  readonly path: string;
  readonly peer: Peer;
}

/**
 * The one device that is meant, among those that are there now. Asked anew at every connection, so a gun is found again
 * under whatever name it came back.
 */
export function locate(
  devices: readonly FoundDevice[],
  wanted: Wanted,
  wish: DeviceChoice,
  text: string,
): Located | LinkProblem {
  const fitting = devices
    .filter((device) => matches(device, devices, wanted, wish))
    .map((device) => ({ device, node: nodeFor(device, wanted, wish) }));
  const [first, second] = fitting.filter(({ node }) => node !== undefined);
  if (!first?.node) return absent(devices, fitting[0]?.device, wanted, wish, text);
  if (second) return twins(first.device, second.device, text);
  const kind = first.node.kind === 'serial' ? 'serial' : first.node.kind === 'hid' ? 'hid' : 'keyboard';
  return { kind, path: first.node.path, peer: peerOf(first.device, first.node) };
}

/** A gun that was set to another mode has another product number; its serial number says that it is the same. */
function matches(device: FoundDevice, all: readonly FoundDevice[], wanted: Wanted, wish: DeviceChoice): boolean {
  if (isAnyGun(wish)) return recognise(device).kind === 'scanner';
  if (matchPoints(device, wish) !== undefined) return true;
  if ('path' in wish || wanted !== 'gun' || wish.serialNumber === undefined) return false;
  const isThere = all.some((other) => matchPoints(other, wish) !== undefined);
  return !isThere && device.serialNumber === wish.serialNumber && isSameGunElsewise(device, wish);
}

function isAnyGun(wish: DeviceChoice): boolean {
  return !('path' in wish) && wish.vendorId === undefined;
}

function nodeFor(device: FoundDevice, wanted: Wanted, wish: DeviceChoice): DeviceNode | undefined {
  const kind = wanted === 'gun' ? KIND_OF[modeOf(device)] : wanted === 'hid' ? 'hid' : 'input';
  const nodes = device.nodes.filter((node) => node.kind === kind && (kind !== 'input' || node.isKeyboard !== false));
  const named = nodes.find(({ path }) => 'path' in wish && path === wish.path);
  return named ?? ('path' in wish ? undefined : nodes[0]);
}

const KIND_OF: Readonly<Partial<Record<UsbGunMode, DeviceNode['kind']>>> = {
  serial: 'serial',
  'hid-pos': 'hid',
  keyboard: 'input',
};

function peerOf({ vendorId = 0, productId = 0, serialNumber, product }: FoundDevice, { descriptor }: DeviceNode): Peer {
  return {
    vendorId,
    productId,
    ...(serialNumber !== undefined && { serialNumber }),
    ...(product !== undefined && { product }),
    ...(descriptor && { descriptor }),
  };
}

/** It is not there; or the same gun is, in another mode: that is what its owner needs to hear. */
function absent(
  devices: readonly FoundDevice[],
  present: FoundDevice | undefined,
  wanted: Wanted,
  wish: DeviceChoice,
  path: string,
): LinkProblem {
  const elsewise = present ?? ('path' in wish ? undefined : devices.find((device) => isSameGunElsewise(device, wish)));
  if (!elsewise) return { code: 'PORT_NOT_FOUND', path, detail: 'no such device is plugged in' };
  const mode = modeOf(elsewise);
  // the kernel shows a device before its nodes
  if (mode === 'unknown' || isWanted(mode, wanted))
    return { code: 'PORT_NOT_FOUND', path, detail: `${shortName(elsewise)} is there and cannot be opened yet` };
  const detail = `${shortName(elsewise)} is in ${mode} mode, wanted: ${WORDS[wanted]}`;
  return { code: 'DEVICE_WRONG_MODE', path, detail };
}

function isWanted(mode: UsbGunMode, wanted: Wanted): boolean {
  if (wanted === 'gun') return KIND_OF[mode] !== undefined;
  return mode === (wanted === 'hid' ? 'hid-pos' : 'keyboard');
}

const WORDS: Readonly<Record<Wanted, string>> = {
  hid: 'HID POS',
  keyboard: 'keyboard',
  gun: 'serial, HID POS or keyboard',
};

function twins(first: FoundDevice, second: FoundDevice, path: string): LinkProblem {
  const sockets = [first, second].map(({ port = '?' }) => port).join(' and ');
  const detail = `more than one fits, in the sockets ${sockets}: name one, as ${shortName(first)}@${first.port ?? '?'}`;
  return { code: 'PORT_BUSY', path, detail };
}

function shortName({ vendorId = 0, productId = 0 }: FoundDevice): string {
  return `usb:${hex4(vendorId)}:${hex4(productId)}`;
}
