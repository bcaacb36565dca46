import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { ConfigSchema } from '../../agent/config.ts';
import { openDeviceLink } from '../../agent/devices/device-link.ts';
import { type PrintResult, SlipPrinter, type SlipPrinterConfig } from '../../agent/devices/printer.ts';
import { saleSlip } from '../../agent/slips/sale-slip.ts';
import { parseAddress } from '../../agent/transport/address.ts';
import type { ByteLink, LinkListener } from '../../agent/transport/link.ts';
import { openSerialLink } from '../../agent/transport/serial.ts';
import { slipText } from '../../protocols/escpos/summary.ts';
import { PrinterModel } from '../../simulator/devices/printer.ts';
import { PrinterLine } from '../../simulator/devices/printer-line.ts';
import { PRINTERS } from '../../simulator/personalities/printers.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { TcpWire } from '../../simulator/wires/tcp.ts';
import type { Wire } from '../../simulator/wires/wire.ts';
import { LinkRecord } from './link-record.ts';

// One contract for every way to a printer: the real driver and the real transport at this end, the simulated printer at the
// other, in real time. There is no usblp in a test machine's kernel: a raw pseudo-terminal, a character device too, stands in for
// /dev/usb/lp0. What it cannot show: that usblp lets one program in (EBUSY) and that printers answer with empty packets.

const deps = { clock: systemClock, random: () => 0.5 };
const soon = { timeout: 8_000 };

interface Way {
  readonly wire: Wire;
  /** bytes per second of the cable to the printer */
  open(listener: LinkListener): ByteLink;
  unplug(): void | Promise<void>;
  plug(): void | Promise<void>;
  close(): Promise<void>;
}

function deviceAt(text: string, listener: LinkListener): ByteLink {
  const address = parseAddress(text);
  if (address?.kind !== 'tcp' && address?.kind !== 'usblp') throw new Error(`${text} is no device of its own kind`);
  return openDeviceLink(address, { path: text, baudRate: 115_200 }, listener, deps);
}

async function onPty(open: (path: string, listener: LinkListener) => ByteLink): Promise<Way> {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
  const path = join(folder, 'printer');
  const wire = new PtyWire({ link: path });
  return {
    wire,
    open: (listener) => open(path, listener),
    unplug: () => wire.hangup(),
    plug: () => wire.replug(),
    close: async () => {
      await wire.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function onTcp(): Promise<Way> {
  const wire = await TcpWire.open(0);
  return {
    wire,
    open: (listener) => deviceAt(`tcp://127.0.0.1:${wire.port}`, listener),
    unplug: () => wire.hangup(),
    plug: () => undefined,
    close: () => wire.close(),
  };
}

const WAYS: readonly (readonly [string, Partial<SlipPrinterConfig>, () => Promise<Way>])[] = [
  [
    'serial',
    { baudRate: 115_200 },
    () => onPty((path, listener) => openSerialLink({ path, baudRate: 115_200 }, listener, deps)),
  ],
  [
    'serial with XON/XOFF',
    { baudRate: 115_200, holdsLine: true },
    () => onPty((path, listener) => openSerialLink({ path, baudRate: 115_200, xon: true }, listener, deps)),
  ],
  ['network', { holdsLine: true, mustAnswer: true }, onTcp],
  [
    'USB (a pty stands in)',
    { holdsLine: true, mustAnswer: true },
    () => onPty((path, listener) => deviceAt(`usblp:${path}`, listener)),
  ],
];

const slipOf = (orderId: string, duplicate = false) =>
  saleSlip(
    {
      merchantName: 'Corner shop',
      channel: 'ALIPAY',
      maskedPaycode: '28************4321',
      orderId,
      attemptId: `ATTEMPT-${orderId}`,
      paidAt: 0,
      amountFen: 100,
      slipId: '1',
      duplicate,
      locale: 'en',
    },
    80,
  ).bytes;

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function counter(config: Partial<SlipPrinterConfig>, makeWay: () => Promise<Way>, bytesPerSecond = 11_520) {
  const way = await makeWay();
  closers.push(() => way.close());
  const papers: string[] = [];
  const line = new PrinterLine(way.wire, { clock: systemClock, bytesPerSecond });
  // fast paper, so that the tests are
  const personality = { ...PRINTERS['epson-80'], speed: 4_000, cutMs: 5 };
  const model = new PrinterModel({
    personality,
    clock: systemClock,
    send: (bytes) => line.say(bytes),
    onSlip: (slip) => papers.push(slipText(slip, personality.profile.dots)),
    onReady: () => line.go(),
  });
  line.join(model);
  const ups: number[] = [];
  const downs: string[] = [];
  const held: string[] = [];
  const printer = new SlipPrinter(
    { confirms: true, ...config },
    {
      onUp: (at) => ups.push(at),
      onDown: ({ code }) => downs.push(code),
      onStatus: () => undefined,
      onHeld: (why) => held.push(why),
      onLateProof: () => undefined,
    },
    systemClock,
    (listener) => way.open(listener),
  );
  closers.push(() => printer.close());
  return { way, line, model, papers, printer, ups, downs, held };
}

describe.runIf(process.platform === 'linux').each(WAYS)('a printer on %s', (_name, config, makeWay) => {
  it('prints a slip and proves it by its echo', async () => {
    const { printer, papers, ups } = await counter(config, makeWay);
    await expect.poll(() => ups.length, soon).toBe(1);
    expect(await printer.print(slipOf('A'), { id: 'a' })).toMatchObject({ state: 'sent', proof: 'confirmed' });
    expect(papers.filter((paper) => paper.includes('ATTEMPT-A'))).toHaveLength(1);
  });

  it('without paper keeps the slip, is waited for, and prints it once', async () => {
    const { printer, papers, ups, model, held } = await counter(config, makeWay);
    await expect.poll(() => ups.length, soon).toBe(1);
    model.loadPaper(20);
    const job = printer.print(slipOf('A'), { id: 'a' });
    await expect.poll(() => held, soon).toEqual(['PRINTER_PAPER_OUT']);
    model.loadPaper(50_000);
    expect(await job).toMatchObject({ state: 'sent', proof: 'confirmed' });
    expect(papers.filter((paper) => paper.includes('ATTEMPT-A'))).toHaveLength(1);
  });

  it('pulled in the middle of a slip is in doubt, comes back by itself, and prints the next one whole', async () => {
    const { way, line, printer, papers, ups, downs, model } = await counter(config, makeWay, 2_000);
    await expect.poll(() => ups.length, soon).toBe(1);
    const job = printer.print(slipOf('A'), { id: 'a' });
    await expect.poll(() => model.bytes.length, soon).toBeGreaterThan(120);
    await way.unplug();
    line.drop();
    const { state } = await job;
    expect(state).toBe('unknown');
    expect(downs).toEqual(['PORT_LOST']);
    await way.plug();
    await expect.poll(() => ups.length, soon).toBe(2);
    expect(await printer.print(slipOf('B', true), { id: 'b' })).toMatchObject({ state: 'sent', proof: 'confirmed' });
    const [last = ''] = papers.slice(-1);
    expect(last).toMatch(/^\s*Sales slip[^]*DUPLICATE[^]*ATTEMPT-B[^]*Please keep/);
    expect(papers.join('').match(/Sales slip/g)?.length).toBeLessThanOrEqual(2);
  });

  it('that takes its bytes slowly gets all of them', async () => {
    const { printer, papers, ups } = await counter(config, makeWay, 1_000);
    await expect.poll(() => ups.length, soon).toBe(1);
    const result: PrintResult = await printer.print(slipOf('A'), { id: 'a' });
    expect(result).toMatchObject({ state: 'sent', proof: 'confirmed' });
    expect(papers.join('')).toContain('Please keep this slip');
  });

  it('that takes nothing ends a write as unknown at its deadline, and the link is opened anew', async () => {
    const way = await makeWay();
    closers.push(() => way.close());
    way.wire.listen(() => undefined);
    way.wire.pause();
    const record = new LinkRecord();
    const link = way.open(record);
    closers.push(() => link.close());
    await record.until(({ ups }) => ups === 1);
    // more than any kernel buffer on the way holds
    const outcome = await link.write(new Uint8Array(16 << 20), 300);
    expect(outcome).toEqual({ kind: 'unknown', cause: 'DEADLINE' });
    way.wire.resume();
    await record.until(({ ups }) => ups === 2);
  });

  it('is let go when the agent stops', async () => {
    const way = await makeWay();
    closers.push(() => way.close());
    way.wire.listen(() => undefined);
    for (let n = 0; n < 3; n++) {
      const record = new LinkRecord();
      const link = way.open(record);
      await record.until(({ ups }) => ups === 1);
      await link.close();
      await link.close();
      expect(await link.write(Uint8Array.of(1), 100)).toEqual({ kind: 'not-written', cause: 'DOWN' });
    }
  });
});

describe('a network printer', () => {
  it('that another computer talks to is not sent a slip: it answers nothing', async () => {
    const { way, printer, ups, papers } = await counter({ holdsLine: true, mustAnswer: true }, async () => {
      const tcp = await onTcp();
      const other = connect((tcp.wire as TcpWire).port, '127.0.0.1');
      other.on('error', () => undefined);
      await new Promise((done) => other.once('connect', done));
      closers.push(() => void other.destroy());
      return tcp;
    });
    await expect.poll(() => ups.length, soon).toBe(1);
    const result = await printer.print(slipOf('A'), { id: 'a' });
    expect(result).toMatchObject({ state: 'not-sent', cause: 'PRINTER_SILENT' });
    await way.unplug(); // the other computer is gone
    await expect
      .poll(async () => (await printer.print(slipOf('A'), { id: 'a' })).state, { timeout: 8_000, interval: 300 })
      .toBe('sent');
    expect(papers.join('')).toContain('ATTEMPT-A');
  });

  it('that refuses a second connection is told of, and waited for', async () => {
    const guests = new Set<Socket>();
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('close', () => guests.delete(socket));
      if (guests.size > 0) return void socket.resetAndDestroy();
      guests.add(socket);
    });
    const port = await listening(server);
    const first = connect(port, '127.0.0.1');
    first.on('error', () => undefined);
    closers.push(() => void first.destroy());
    await expect.poll(() => guests.size, soon).toBe(1);
    const record = new LinkRecord();
    const link = deviceAt(`tcp://127.0.0.1:${port}`, record);
    closers.push(() => link.close());
    await record.until(({ problems }) => problems.includes('PORT_LOST') || problems.includes('PORT_FAILED'));
    first.destroy();
    await expect.poll(() => guests.size === 1 && link.isUp, soon).toBe(true);
  });
});

describe('a USB printer', () => {
  it('that is not there, not allowed or no device says which', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwire-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'lp');
    const record = new LinkRecord();
    const link = deviceAt(`usblp:${file}`, record);
    closers.push(() => link.close());
    await record.until(({ problems }) => problems.at(-1) === 'PORT_NOT_FOUND');
    writeFileSync(file, '');
    await record.until(({ problems }) => problems.at(-1) === 'PORT_FAILED');
  });
});

describe('where a printer is', () => {
  const printer = (fields: object) => ConfigSchema.shape.printer.safeParse({ path: '/dev/ttyUSB0', ...fields }).data;

  it.each([
    ['/dev/ttyUSB0', 'serial'],
    ['COM3', 'serial'],
    ['tcp://192.168.1.50:9100', 'tcp'],
    ['tcp://[fe80::1]:9100', 'tcp'],
    ['/dev/usb/lp0', 'usblp'],
    ['usblp:/dev/usb/lp1', 'usblp'],
    ['usblp:0525:a4a8:P1', 'usblp'],
  ])('%s is %s', (path, kind) => {
    expect(parseAddress(path)?.kind).toBe(kind);
    expect(printer({ path })).toMatchObject({ path, flow: 'none', answers: true, confirms: false, barrier: false });
  });

  it('is refused where it can be none', () => {
    for (const path of ['tcp://192.168.1.50', 'hid:0c2e:0db3', 'auto', 'reports://1.2.3.4:5'])
      expect(printer({ path })).toBeUndefined();
    expect(printer({ flow: 'dtr' })).toBeUndefined();
  });
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
