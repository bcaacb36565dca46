import fs from 'node:fs';
import type { ReportHello } from '../../protocols/framing/report-stream.ts';
import { PollableFile } from './pollable-file.ts';
import type { Wire } from './wire.ts';

// A HID device made by /dev/uhid (Linux, Documentation/hid/uhid.rst; struct uhid_event in linux/uhid.h): the kernel's hid
// core, hidraw and evdev are the real ones, only the bus is missing. Needs the module uhid and the right to open the file.
//
//   u32 type, then the union; little endian, packed, 4380 bytes at most; what a write leaves out is taken as zero
//   CREATE2 11  name 4:128, phys 132:64, uniq 196:64, rd_size 260:u16, bus 262:u16, vendor 264:u32, product 268:u32,
//               version 272:u32, country 276:u32, rd_data 280
//   INPUT2  12  size 4:u16, data 6
//   OUTPUT   6  data 4:4096, size 4100:u16, rtype 4102:u8

const TYPE = {
  destroy: 1,
  stop: 3,
  output: 6,
  getReport: 9,
  getReportReply: 10,
  create: 11,
  input: 12,
  setReport: 13,
  setReportReply: 14,
} as const;

const EVENT_BYTES = 4380;
const BUS_USB = 3;
/** Errno that a device gives for a report it does not have. */
const EIO = 5;

/** HID reports through the kernel of this machine: what is sent and heard is one report each. */
export class UhidWire implements Wire {
  readonly #file: PollableFile;
  #hear: ((report: Uint8Array) => void) | undefined;
  #held: Uint8Array[] | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void>;

  constructor(hello: ReportHello) {
    this.#file = new PollableFile(fs.openSync('/dev/uhid', fs.constants.O_RDWR | fs.constants.O_NONBLOCK));
    void this.#write(createEvent(hello));
    this.#stopped = this.#readAll();
  }

  send(report: Uint8Array): Promise<boolean> {
    const event = Buffer.alloc(6 + report.length);
    event.writeUInt32LE(TYPE.input, 0);
    event.writeUInt16LE(report.length, 4);
    event.set(report, 6);
    return this.#write(event);
  }

  listen(hear: (report: Uint8Array) => void): void {
    this.#hear = hear;
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const report of held) this.#hear?.(report);
  }

  /** Unplugs the device. Resolves when the kernel has let go of it. */
  async close(): Promise<void> {
    const event = Buffer.alloc(4);
    event.writeUInt32LE(TYPE.destroy, 0);
    await this.#write(event);
    await this.#stopped;
    await this.#file.close();
  }

  /** Whole events, one after the other. */
  #write(event: Uint8Array): Promise<boolean> {
    const written = this.#turn.then(() => this.#file.write(event));
    this.#turn = written;
    return written;
  }

  async #readAll(): Promise<void> {
    for (;;) {
      const bytes = await this.#file.read(EVENT_BYTES);
      if (!bytes) return;
      const event = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const type = event.readUInt32LE(0);
      if (type === TYPE.stop) return;
      this.#take(type, event);
    }
  }

  #take(type: number, event: Buffer): void {
    if (type === TYPE.output) this.#output(Uint8Array.from(event.subarray(4, 4 + event.readUInt16LE(4100))));
    else if (type === TYPE.getReport) void this.#write(reply(TYPE.getReportReply, event.readUInt32LE(4), EIO, 12));
    else if (type === TYPE.setReport) void this.#write(reply(TYPE.setReportReply, event.readUInt32LE(4), 0, 10));
  }

  #output(report: Uint8Array): void {
    if (this.#held) this.#held.push(report);
    else this.#hear?.(report);
  }
}

function createEvent({ product, serialNumber, descriptor, vendorId, productId, release }: ReportHello): Buffer {
  const event = Buffer.alloc(280 + descriptor.length);
  event.writeUInt32LE(TYPE.create, 0);
  event.write(product, 4, 127);
  event.write(serialNumber, 196, 63);
  event.writeUInt16LE(descriptor.length, 260);
  event.writeUInt16LE(BUS_USB, 262);
  event.writeUInt32LE(vendorId, 264);
  event.writeUInt32LE(productId, 268);
  event.writeUInt32LE(release, 272);
  event.set(descriptor, 280);
  return event;
}

function reply(type: number, request: number, errno: number, bytes: number): Buffer {
  const event = Buffer.alloc(bytes);
  event.writeUInt32LE(type, 0);
  event.writeUInt32LE(request, 4);
  event.writeUInt16LE(errno, 8);
  return event;
}
