import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { SystemRoots } from '../../agent/devices/discovery/found-device.ts';

/** One interface of a USB device and the node that its driver makes. */
export interface TreeNode {
  readonly tty?: string;
  /** of /dev/serial/by-id */
  readonly byId?: string;
  /** what /dev/<tty> leads to; default an empty file */
  readonly target?: string;
  readonly hidraw?: string;
  readonly descriptor?: Uint8Array;
  readonly event?: string;
  readonly lp?: string;
  /** interface class, hex */
  readonly class: string;
}

export interface TreeDevice {
  /** the socket: `1-1.4` */
  readonly port: string;
  readonly vendor: string;
  readonly product: string;
  readonly serial?: string;
  readonly maker?: string;
  readonly name?: string;
  readonly nodes: readonly TreeNode[];
}

/** Real folders, files and links in the shape of /sys and /dev, as a kernel with these devices would show them. */
export class MachineTree implements SystemRoots {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
  readonly dev = join(this.#folder, 'dev');
  readonly sys = join(this.#folder, 'sys');
  readonly #made = new Map<string, string[]>();

  constructor() {
    for (const name of ['tty', 'hidraw', 'input', 'usbmisc'])
      mkdirSync(join(this.sys, 'class', name), { recursive: true });
    mkdirSync(join(this.sys, 'bus', 'usb', 'devices'), { recursive: true });
    mkdirSync(join(this.dev, 'serial', 'by-id'), { recursive: true });
    mkdirSync(join(this.dev, 'input'));
    mkdirSync(join(this.dev, 'usb'));
  }

  plug(device: TreeDevice): void {
    const made: string[] = [];
    this.#made.set(device.port, made);
    const home = join(this.sys, 'devices', 'pci0000:00', 'usb1', device.port);
    this.#files(home, {
      idVendor: device.vendor,
      idProduct: device.product,
      serial: device.serial,
      manufacturer: device.maker,
      product: device.name,
    });
    made.push(home, this.#link(join(this.sys, 'bus', 'usb', 'devices', device.port), home));
    for (const [n, node] of device.nodes.entries()) {
      const folder = join(home, `${device.port}:1.${n}`);
      this.#files(folder, { bInterfaceClass: node.class });
      this.#node(folder, device, node, made);
    }
  }

  unplug(port: string): void {
    for (const path of (this.#made.get(port) ?? []).reverse()) rmSync(path, { recursive: true, force: true });
    this.#made.delete(port);
  }

  /** A port of the board; `type` 0 is a place without a port. */
  board(name: string, type: string): void {
    const folder = join(this.sys, 'devices', 'platform', 'serial8250', 'tty', name);
    this.#files(folder, { type });
    this.#link(join(folder, 'device'), join(this.sys, 'devices', 'platform', 'serial8250'));
    this.#link(join(this.sys, 'class', 'tty', name), folder);
    writeFileSync(join(this.dev, name), '');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #node(folder: string, { vendor, product, serial = '', name = '' }: TreeDevice, node: TreeNode, made: string[]): void {
    const { tty, byId, target, hidraw, descriptor, event, lp } = node;
    if (tty !== undefined) {
      this.#files(join(folder, 'tty', tty), {});
      this.#link(join(folder, 'tty', tty, 'device'), folder);
      made.push(this.#link(join(this.sys, 'class', 'tty', tty), join(folder, 'tty', tty)));
      made.push(this.#file(join(this.dev, tty), target));
      if (byId !== undefined) made.push(this.#link(join(this.dev, 'serial', 'by-id', byId), join(this.dev, tty)));
    }
    const hid = join(folder, `0003:${vendor}:${product}.0001`.toUpperCase());
    if (hidraw !== undefined) {
      const uevent = `DRIVER=hid-generic\nHID_ID=0003:0000${vendor}:0000${product}\nHID_NAME=${name}\nHID_UNIQ=${serial}`;
      this.#files(hid, { uevent });
      if (descriptor) writeFileSync(join(hid, 'report_descriptor'), descriptor);
      this.#link(join(hid, 'hidraw', hidraw, 'device'), hid);
      made.push(this.#link(join(this.sys, 'class', 'hidraw', hidraw), join(hid, 'hidraw', hidraw)));
      made.push(this.#file(join(this.dev, hidraw), undefined));
    }
    if (event !== undefined) {
      const input = join(hid, 'input', `input-${event}`);
      // KEY_ESC to KEY_0 and beyond, as a boot keyboard has them
      this.#files(join(input, 'capabilities'), {
        key: '1000000000007 ff800000000007ff febeffdff3cfffff fffffffffffffffe',
      });
      this.#link(join(input, 'device'), hid);
      this.#link(join(input, event, 'device'), input);
      made.push(this.#link(join(this.sys, 'class', 'input', event), join(input, event)));
      made.push(this.#file(join(this.dev, 'input', event), undefined));
    }
    if (lp !== undefined) {
      this.#link(join(folder, 'usbmisc', lp, 'device'), folder);
      made.push(this.#link(join(this.sys, 'class', 'usbmisc', lp), join(folder, 'usbmisc', lp)));
      made.push(this.#file(join(this.dev, 'usb', lp), undefined));
    }
  }

  #files(folder: string, files: Readonly<Record<string, string | undefined>>): void {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files))
      if (text !== undefined) writeFileSync(join(folder, name), `${text}\n`);
  }

  #file(path: string, target: string | undefined): string {
    if (target === undefined) writeFileSync(path, '');
    else symlinkSync(target, path);
    return path;
  }

  #link(path: string, target: string): string {
    mkdirSync(join(path, '..'), { recursive: true });
    symlinkSync(relative(join(path, '..'), target), path);
    return path;
  }
}
