import fs from 'node:fs';
import net from 'node:net';
import { DEVICE_ID, FULL_SPEED, IMPORT_REPLY_BYTES, importRequest } from './server.ts';

// This machine's kernel as the host of a USB/IP device: its module vhci-hcd is a USB controller whose cables are sockets
// (Linux, drivers/usb/usbip; the files in sysfs are what the `usbip` program writes). Needs root.

const VHCI = '/sys/devices/platform/vhci_hcd.0';
/** A port with nothing plugged in, in the column `sta` of the status file (VDEV_ST_NULL). */
const FREE = '004';

/** Plugs the device that a USB/IP server at `port` of this machine offers into this machine. Answers its virtual port. */
export async function attach(port: number): Promise<number> {
  const socket = await imported(port);
  const virtual = freePort();
  fs.writeFileSync(`${VHCI}/attach`, `${virtual} ${descriptorOf(socket)} ${DEVICE_ID} ${FULL_SPEED}`);
  // The kernel has its own hold on the connection now; reading here would steal its bytes.
  socket.destroy();
  return virtual;
}

/** Between a cable and its driver: half a second on a till, several in an emulated machine. */
const DRIVER_DEADLINE_MS = 15_000;
const LOOK_MS = 50;

/**
 * Where usblp put the printer with this serial number: its numbers are shared with other USB drivers, so that the first
 * printer need not be lp0.
 */
export async function printerFile(serialNumber: string): Promise<string> {
  for (let waited = 0; waited < DRIVER_DEADLINE_MS; waited += LOOK_MS) {
    const name = printers().find((lp) => serialOf(lp) === serialNumber);
    if (name !== undefined) return `/dev/usb/${name}`;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`the driver usblp took no printer ${serialNumber}; is the module loaded?`);
}

const USB_CLASS = '/sys/class/usbmisc';

function printers(): string[] {
  return fs.existsSync(USB_CLASS) ? fs.readdirSync(USB_CLASS).filter((name) => /^lp\d+$/.test(name)) : [];
}

function serialOf(printer: string): string | undefined {
  const file = `${USB_CLASS}/${printer}/device/../serial`;
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : undefined;
}

function imported(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(importRequest()));
    socket.on('error', reject);
    let heard = 0;
    socket.on('data', (bytes) => {
      heard += bytes.length;
      if (heard < IMPORT_REPLY_BYTES) return;
      socket.pause();
      resolve(socket);
    });
    socket.on('close', () => reject(new Error('the server did not give the device')));
  });
}

/** Lines as `hs  0000 004 000 00000000 000000 0-0`: hub, port, state, ... */
function freePort(): number {
  const rows = fs
    .readFileSync(`${VHCI}/status`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const free = rows.find(([hub, , state]) => hub === 'hs' && state === FREE);
  if (!free) throw new Error('all virtual USB ports are taken');
  return Number(free[1]);
}

/** The number of the open file: Node has no public name for it. */
function descriptorOf(socket: net.Socket): number {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd: number } };
  return handle.fd;
}
