import process from 'node:process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ACM_IN } from '../../../simulator/wires/usbip/acm.ts';
import { HID_IN } from '../../../simulator/wires/usbip/hid.ts';
import { PRINTER_IN } from '../../../simulator/wires/usbip/printer.ts';
import { UsbipServer } from '../../../simulator/wires/usbip/server.ts';
import { attach } from '../../../simulator/wires/usbip/vhci.ts';
import { testedGun, USB_GUN_KINDS } from './usb-gun-functions.ts';

// A USB gun in a process of its own: the kernel holds its devices' locks while it waits for this process's answers, so a
// program that looks at devices may not be the one that simulates them. One JSON line each way.

const Order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('plug') }),
  z.object({ do: z.literal('pull') }),
  z.object({ do: z.literal('serial'), text: z.string() }),
  z.object({ do: z.literal('serial-and-pull'), text: z.string() }),
  z.object({ do: z.literal('reports'), hex: z.array(z.string()) }),
  /** from now on it answers no feature report, or answers again */
  z.object({ do: z.literal('deaf'), deaf: z.boolean() }),
  /** its printer says something */
  z.object({ do: z.literal('printer-says'), text: z.string() }),
  /** its printer answers whoever asks for bytes with an empty packet, for so long; then it tells how many it was asked for */
  z.object({ do: z.literal('empty-packets'), forMs: z.number() }),
]);

const [, , kind = 'gun', serialNumber = 'SN77'] = process.argv;
const tell = (fact: object): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
let isDeaf = false;

const { device, hid, acm, printer } = testedGun(USB_GUN_KINDS.find((one) => one === kind) ?? 'gun', serialNumber, {
  onPrinted: (bytes) => tell({ printed: Buffer.from(bytes).toString('hex') }),
  onReport: (report) => tell({ report: Buffer.from(report).toString('hex') }),
  onBytes: (bytes) => tell({ bytes: Buffer.from(bytes).toString('hex') }),
  onLine: (line) => tell({ line }),
  onControl: (control) => tell({ control }),
  isDeaf: () => isDeaf,
});
const server = new UsbipServer(device);
const port = await server.listen();

async function say(text: string): Promise<void> {
  if (acm) await device.send(acm, ACM_IN, Uint8Array.from(Buffer.from(text, 'latin1')));
}

async function printerSays(bytes: Uint8Array): Promise<void> {
  if (printer) await device.send(printer, PRINTER_IN, bytes);
}

async function emptyPackets(forMs: number): Promise<void> {
  const from = performance.now();
  let empty = 0;
  for (; performance.now() - from < forMs; empty++) await printerSays(new Uint8Array());
  tell({ empty });
}

async function obey(order: z.infer<typeof Order>): Promise<void> {
  switch (order.do) {
    case 'plug':
      tell({ plugged: await attach(port) });
      return;
    case 'pull':
      return server.unplug();
    case 'serial':
      return say(order.text);
    case 'serial-and-pull':
      await say(order.text);
      return server.unplug();
    case 'reports':
      for (const hex of order.hex) await device.send(hid, HID_IN, Uint8Array.from(Buffer.from(hex, 'hex')));
      tell({ sent: order.hex.length });
      return;
    case 'printer-says':
      return printerSays(Uint8Array.from(Buffer.from(order.text, 'latin1')));
    case 'empty-packets':
      return emptyPackets(order.forMs);
    case 'deaf':
      isDeaf = order.deaf;
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    obey(Order.parse(JSON.parse(line))).catch((error: unknown) => tell({ error: String(error) }));
  })
  .on('close', () => process.exit(0));
