import net from 'node:net';
import type { UsbDevice } from './device.ts';
import { UrbReader } from './urbs.ts';

// A USB/IP server for one device (usbip_protocol.rst, version 1.1.1). Before the URBs a client lists what is there and takes
// a device by its bus id:
//
//   0111 8005 00000000            list?      0111 0005 00000000, number of devices, each: device, its interfaces
//   0111 8003 00000000 busid[32]  give me    0111 0003 status; then the device, 312 bytes
//
// Any client of that protocol can have it: `usbip attach -r HOST -b 1-1`, or this machine's own kernel (vhci.ts).

const VERSION = 0x0111;
const LIST = 0x8005;
const IMPORT = 0x8003;
const REPLY = 0x7fff;
const OPERATION_BYTES = 8;
const BUS_ID_BYTES = 32;
export const IMPORT_REPLY_BYTES = OPERATION_BYTES + 312;

const BUS_ID = '1-1';
const BUS = 1;
const DEVICE = 2;
/** bus and device number as one, for the kernel */
export const DEVICE_ID = (BUS << 16) | DEVICE;
/** USB 2.0's 12 Mbit/s, in the kernel's numbering */
export const FULL_SPEED = 2;

export class UsbipServer {
  readonly #device: UsbDevice;
  readonly #server: net.Server;
  /** a device has one host at a time */
  #host: net.Socket | undefined;
  readonly #guests = new Set<net.Socket>();

  constructor(device: UsbDevice) {
    this.#device = device;
    this.#server = net.createServer({ noDelay: true }, (socket) => this.#welcome(socket));
  }

  /** Answers the port it listens at, on loopback. 0: the kernel's choice. */
  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  /** Pulls the cable: the host sees its device vanish. */
  async unplug(): Promise<void> {
    const host = this.#host;
    if (!host) return;
    const left = new Promise((resolve) => host.once('close', resolve));
    host.destroy();
    await left;
  }

  async close(): Promise<void> {
    for (const socket of this.#guests) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #welcome(socket: net.Socket): void {
    this.#guests.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#leave(socket));
    let asked = Buffer.alloc(0);
    let urbs: UrbReader | undefined;
    socket.on('data', (bytes: Buffer) => {
      if (urbs) return this.#serve(socket, urbs, bytes);
      asked = Buffer.concat([asked, bytes]);
      const rest = this.#operation(socket, asked);
      if (this.#host !== socket) return;
      urbs = new UrbReader();
      this.#serve(socket, urbs, rest);
    });
  }

  #leave(socket: net.Socket): void {
    this.#guests.delete(socket);
    if (this.#host !== socket) return;
    this.#host = undefined;
    this.#device.disconnected();
  }

  #serve(socket: net.Socket, urbs: UrbReader, bytes: Uint8Array): void {
    try {
      for (const urb of urbs.push(bytes)) this.#device.take(urb);
    } catch {
      // not USB/IP: nothing that follows could be understood
      socket.destroy();
    }
  }

  /** Answers what was asked before the device is taken; what follows an import is returned. */
  #operation(socket: net.Socket, asked: Buffer): Buffer {
    if (asked.length < OPERATION_BYTES) return Buffer.alloc(0);
    const code = asked.readUInt16BE(2);
    if (code === LIST) socket.end(this.#list());
    else if (code !== IMPORT) socket.destroy();
    else if (asked.length >= OPERATION_BYTES + BUS_ID_BYTES) {
      this.#import(socket, asked.toString('latin1', OPERATION_BYTES, OPERATION_BYTES + BUS_ID_BYTES));
      return asked.subarray(OPERATION_BYTES + BUS_ID_BYTES);
    }
    return Buffer.alloc(0);
  }

  #import(socket: net.Socket, busId: string): void {
    const free = this.#host === undefined && busId.replaceAll('\0', '') === BUS_ID;
    socket.write(Buffer.concat([operation(IMPORT, free ? 0 : 1), free ? this.#described() : Buffer.alloc(0)]));
    if (!free) return void socket.end();
    this.#host = socket;
    this.#device.connected((bytes) => socket.write(bytes));
  }

  #list(): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(1);
    return Buffer.concat([operation(LIST, 0), count, this.#described(), this.#interfaces()]);
  }

  #described(): Buffer {
    const { deviceDescriptor, configuration } = this.#device;
    const bytes = Buffer.alloc(312);
    bytes.write(`/sys/devices/simulated/${BUS_ID}`, 0, 'latin1');
    bytes.write(BUS_ID, 256, 'latin1');
    bytes.writeUInt32BE(BUS, 288);
    bytes.writeUInt32BE(DEVICE, 292);
    bytes.writeUInt32BE(FULL_SPEED, 296);
    const descriptor = Buffer.from(deviceDescriptor);
    for (const [at, from] of [300, 302, 304].entries()) bytes.writeUInt16BE(descriptor.readUInt16LE(8 + 2 * at), from);
    bytes.set(deviceDescriptor.subarray(4, 7), 306);
    bytes.set([1, 1, configuration[4] ?? 0], 309);
    return bytes;
  }

  /** Class, subclass and protocol of each interface, padded to four. */
  #interfaces(): Buffer {
    const { configuration } = this.#device;
    const rows: number[] = [];
    for (let at = 0; at < configuration.length; at += Math.max(2, configuration[at] ?? 0))
      if (configuration[at + 1] === 4) rows.push(...configuration.subarray(at + 5, at + 8), 0);
    return Buffer.from(rows);
  }
}

/** The head of a request, or of a reply when the number of a request is given with a status. */
function operation(request: number, status: number): Buffer {
  const bytes = Buffer.alloc(OPERATION_BYTES);
  bytes.writeUInt16BE(VERSION, 0);
  bytes.writeUInt16BE(request & REPLY, 2);
  bytes.writeUInt32BE(status, 4);
  return bytes;
}

/** What a client sends to take the device. */
export function importRequest(): Buffer {
  const bytes = Buffer.alloc(OPERATION_BYTES + BUS_ID_BYTES);
  bytes.writeUInt16BE(VERSION, 0);
  bytes.writeUInt16BE(IMPORT, 2);
  bytes.write(BUS_ID, OPERATION_BYTES, 'latin1');
  return bytes;
}
