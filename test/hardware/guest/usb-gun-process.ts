import process from 'node:process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ACM_IN, acmFunction } from '../../../simulator/wires/usbip/acm.ts';
import { UsbDevice } from '../../../simulator/wires/usbip/device.ts';
import { HID_IN, hidFunction } from '../../../simulator/wires/usbip/hid.ts';
import { UsbipServer } from '../../../simulator/wires/usbip/server.ts';
import { attach } from '../../../simulator/wires/usbip/vhci.ts';
import { POS_DESCRIPTOR } from './pos-descriptor.ts';

// A USB gun in a process of its own: the kernel holds its devices' locks while it waits for this process's answers, so a
// program that looks at devices may not be the one that simulates them. One JSON line each way.

const Order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('plug') }),
  z.object({ do: z.literal('pull') }),
  z.object({ do: z.literal('serial'), text: z.string() }),
  z.object({ do: z.literal('serial-and-pull'), text: z.string() }),
  z.object({ do: z.literal('report'), hex: z.string() }),
]);

const serialNumber = process.argv[2] ?? 'SN77';
const tell = (fact: object): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);

const hid = hidFunction(POS_DESCRIPTOR, (report) => tell({ report: Buffer.from(report).toString('hex') }));
const acm = acmFunction({
  onBytes: (bytes) => tell({ bytes: Buffer.from(bytes).toString('hex') }),
  onLine: (line) => tell({ line }),
  onControl: (control) => tell({ control }),
});
const device = new UsbDevice(
  { vendorId: 0x05e0, productId: 0x1400, release: 0x0123, manufacturer: 'ACME', product: 'Counter gun', serialNumber },
  [hid, acm],
);
const server = new UsbipServer(device);
const port = await server.listen();
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

async function obey(order: z.infer<typeof Order>): Promise<void> {
  switch (order.do) {
    case 'plug':
      tell({ plugged: await attach(port) });
      return;
    case 'pull':
      return server.unplug();
    case 'serial':
      await device.send(acm, ACM_IN, bytesOf(order.text));
      return;
    case 'serial-and-pull':
      await device.send(acm, ACM_IN, bytesOf(order.text));
      return server.unplug();
    case 'report':
      await device.send(hid, HID_IN, Uint8Array.from(Buffer.from(order.hex, 'hex')));
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    obey(Order.parse(JSON.parse(line))).catch((error: unknown) => tell({ error: String(error) }));
  })
  .on('close', () => process.exit(0));
