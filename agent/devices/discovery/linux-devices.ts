import { constants } from 'node:fs';
import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DeviceNode, FoundDevice, SystemRoots } from './found-device.ts';

// What Linux shows in sysfs, without udevadm and without opening a device (scanners.md 5.2 and 5.3).
//
//   /sys/class/tty/ttyACM0/device        -> .../1-1.2/1-1.2:1.0             USB interface; idVendor stands one folder up
//   /sys/class/tty/ttyUSB0/device        -> .../1-1.3/1-1.3:1.0/ttyUSB0     one folder deeper
//   /sys/class/hidraw/hidraw0/device     -> .../1-1.4:1.0/0003:0C2E:0DB3.0001   uevent: HID_ID, HID_NAME, HID_UNIQ
//   /sys/class/input/event3/device       -> .../0003:0C2E:0B61.0002/input/input9   id/vendor, capabilities/key
//   /sys/class/usbmisc/lp0/device        -> .../1-1.5:1.0

/** More nodes than any counter has; a sysfs that shows more is not looked through. */
const MOST_NODES = 512;
/** How far up from a node its USB device may stand. */
const MOST_PARENTS = 8;

interface Located {
  readonly node: DeviceNode;
  /** the folder that stands for the whole device */
  readonly home: string;
  readonly about: About;
}

type About = Omit<FoundDevice, 'nodes'>;

export async function listLinuxDevices(roots: SystemRoots): Promise<FoundDevice[]> {
  const stable = await stableNames(roots);
  const found = await Promise.all([
    nodesOf(roots, 'tty', (name) => serialNode(roots, name, stable)),
    nodesOf(roots, 'hidraw', (name) => hidNode(roots, name)),
    nodesOf(roots, 'input', (name) => inputNode(roots, name)),
    nodesOf(roots, 'usbmisc', (name) => printerNode(roots, name)),
  ]);
  const devices = new Map<string, FoundDevice>();
  for (const { home, about, node } of found.flat()) {
    const known = devices.get(home);
    devices.set(home, known ? { ...known, nodes: [...known.nodes, node] } : { ...about, nodes: [node] });
  }
  for (const [home, about] of await bareUsbDevices(roots))
    if (!devices.has(home)) devices.set(home, { ...about, nodes: [] });
  return [...devices.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, device]) => device);
}

async function nodesOf(
  roots: SystemRoots,
  kind: string,
  locate: (name: string) => Promise<Located | undefined>,
): Promise<Located[]> {
  const names = (await entries(join(roots.sys, 'class', kind))).slice(0, MOST_NODES);
  const nodes = await Promise.all(names.map(locate));
  return nodes.filter((node) => node !== undefined);
}

// --- the four kinds of nodes

/** Linux shows 67 of them, and they are no devices: to ask after each was seven tenths of what a look costs. */
const VIRTUAL_CONSOLE = /^(tty\d*|console|ptmx)$/;

async function serialNode(
  roots: SystemRoots,
  name: string,
  stable: ReadonlyMap<string, string>,
): Promise<Located | undefined> {
  if (VIRTUAL_CONSOLE.test(name)) return undefined;
  const folder = join(roots.sys, 'class', 'tty', name);
  const device = await real(join(folder, 'device'));
  if (device === undefined) return undefined; // no hardware behind it
  // a port of the board that is not there: the driver keeps a place for it
  if (/^ttyS\d+$/.test(name) && (await text(join(folder, 'type'))) === '0') return undefined;
  const path = join(roots.dev, name);
  const byId = stable.get(name);
  const node: DeviceNode = {
    kind: 'serial',
    path,
    ...(byId !== undefined && { stable: byId }),
    ...(await troubleOf(path)),
  };
  const home = await usbHome(device);
  if (home !== undefined) return { node, home, about: await aboutUsb(home) };
  return { node, home: folder, about: { bus: 'board', classes: [], port: name } };
}

async function hidNode(roots: SystemRoots, name: string): Promise<Located | undefined> {
  const hid = await real(join(roots.sys, 'class', 'hidraw', name, 'device'));
  if (hid === undefined) return undefined;
  const path = join(roots.dev, name);
  const descriptor = await bytes(join(hid, 'report_descriptor'));
  const node: DeviceNode = { kind: 'hid', path, ...(descriptor && { descriptor }), ...(await troubleOf(path)) };
  const home = await usbHome(hid);
  return { node, home: home ?? hid, about: home === undefined ? await aboutHid(hid) : await aboutUsb(home) };
}

async function inputNode(roots: SystemRoots, name: string): Promise<Located | undefined> {
  if (!/^event\d+$/.test(name)) return undefined;
  const input = await real(join(roots.sys, 'class', 'input', name, 'device'));
  const hid = input === undefined ? undefined : await real(join(input, 'device'));
  if (input === undefined || hid === undefined) return undefined; // a power button
  const path = join(roots.dev, 'input', name);
  const isKeyboard = hasKeys((await text(join(input, 'capabilities', 'key'))) ?? '');
  const node: DeviceNode = { kind: 'input', path, isKeyboard, ...(await troubleOf(path)) };
  const home = await usbHome(hid);
  if (home !== undefined) return { node, home, about: await aboutUsb(home) };
  return basename(hid).includes(':') ? { node, home: hid, about: await aboutHid(hid) } : undefined;
}

async function printerNode(roots: SystemRoots, name: string): Promise<Located | undefined> {
  if (!/^lp\d+$/.test(name)) return undefined;
  const device = await real(join(roots.sys, 'class', 'usbmisc', name, 'device'));
  const home = device === undefined ? undefined : await usbHome(device);
  if (home === undefined) return undefined;
  const path = join(roots.dev, 'usb', name);
  return { node: { kind: 'printer', path, ...(await troubleOf(path)) }, home, about: await aboutUsb(home) };
}

/** KEY_1 to KEY_0 are bits 2 to 11; the words of the mask stand in hex, the lowest last. */
function hasKeys(mask: string): boolean {
  const lowest = BigInt(`0x${/[0-9a-fA-F]+$/.exec(mask.trim())?.[0] ?? '0'}`);
  return (lowest & 0xffcn) === 0xffcn;
}

// --- the device above a node

/** The nearest folder above that is a USB device. */
async function usbHome(from: string): Promise<string | undefined> {
  let folder = from;
  for (let n = 0; n < MOST_PARENTS && folder !== dirname(folder); n++) {
    if ((await text(join(folder, 'idVendor'))) !== undefined) return folder;
    folder = dirname(folder);
  }
  return undefined;
}

async function aboutUsb(home: string): Promise<About> {
  const [vendor, product, serial, maker, name] = await Promise.all(
    ['idVendor', 'idProduct', 'serial', 'manufacturer', 'product'].map((file) => text(join(home, file))),
  );
  return {
    bus: 'usb',
    ...ids(vendor, product),
    ...texts(serial, name),
    ...(maker && { manufacturer: maker }),
    port: basename(home),
    classes: await interfaceClasses(home),
  };
}

function ids(vendor: string | undefined, product: string | undefined): Pick<About, 'vendorId' | 'productId'> {
  if (!vendor || !product) return {};
  return { vendorId: Number.parseInt(vendor, 16), productId: Number.parseInt(product, 16) };
}

function texts(serial: string | undefined, product: string | undefined): Pick<About, 'serialNumber' | 'product'> {
  return { ...(serial && { serialNumber: serial }), ...(product && { product }) };
}

async function interfaceClasses(home: string): Promise<number[]> {
  const interfaces = (await entries(home)).filter((name) => /:\d+\.\d+$/.test(name)).sort();
  const found = await Promise.all(interfaces.map((name) => text(join(home, name, 'bInterfaceClass'))));
  return found.filter((value) => value !== undefined).map((value) => Number.parseInt(value, 16));
}

/** A HID device that is not on USB: Bluetooth, or one that a program made (uhid). */
async function aboutHid(hid: string): Promise<About> {
  const uevent = (await text(join(hid, 'uevent'))) ?? '';
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(uevent)?.[1];
  const [bus, vendor, product] = (value('HID_ID') ?? '').split(':');
  return {
    bus: Number.parseInt(bus ?? '', 16) === BUS_BLUETOOTH ? 'bluetooth' : 'usb',
    ...ids(vendor, product),
    ...texts(value('HID_UNIQ'), value('HID_NAME')),
    classes: [HID_CLASS],
  };
}

/** input.h */
const BUS_BLUETOOTH = 5;
const HID_CLASS = 3;
const HUB_CLASS = 9;

/** USB devices, also those that no driver has taken; hubs left out. */
async function bareUsbDevices(roots: SystemRoots): Promise<(readonly [string, About])[]> {
  const folder = join(roots.sys, 'bus', 'usb', 'devices');
  const names = (await entries(folder)).filter((name) => /^\d+-[\d.]+$/.test(name)).slice(0, MOST_NODES);
  const found = await Promise.all(
    names.map(async (name) => {
      const home = await real(join(folder, name));
      return home === undefined ? undefined : ([home, await aboutUsb(home)] as const);
    }),
  );
  return found.filter((entry) => entry !== undefined).filter(([, { classes }]) => !classes.includes(HUB_CLASS));
}

/** The links that udev makes: `usb-Honeywell_1950g_S12-if00 -> ../../ttyACM0`. */
async function stableNames(roots: SystemRoots): Promise<Map<string, string>> {
  const folder = join(roots.dev, 'serial', 'by-id');
  const links = await Promise.all(
    (await entries(folder)).map(async (name) => {
      const target = await real(join(folder, name));
      return target === undefined ? undefined : ([basename(target), join(folder, name)] as const);
    }),
  );
  return new Map(links.filter((link) => link !== undefined));
}

// --- reading what may go away at any moment: what is not there any more is not there

async function entries(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function real(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

async function text(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').then(
    (found) => found.trim(),
    () => undefined,
  );
}

async function bytes(file: string): Promise<Uint8Array | undefined> {
  return readFile(file).then(
    (found) => Uint8Array.from(found),
    () => undefined,
  );
}

async function troubleOf(path: string): Promise<{ trouble?: 'denied' }> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => ({}),
    (error: NodeJS.ErrnoException) => (error.code === 'EACCES' || error.code === 'EPERM' ? { trouble: 'denied' } : {}),
  );
}
