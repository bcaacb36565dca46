import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandResult } from '../protocols/backend/commands.ts';
import type { EventEnvelope } from '../protocols/backend/events.ts';
import type { DeviceState } from '../protocols/backend/presence.ts';
import { type Device, parseTopic, type TillAddress } from '../protocols/backend/topics.ts';
import { ulid } from '../protocols/backend/ulid.ts';
import type { Slip } from '../protocols/escpos/slip.ts';
import type { PrinterState } from '../protocols/escpos/status.ts';
import { Acquirer } from './acquirer/acquirer.ts';
import { SimBackend } from './backend/backend.ts';
import { type EmbeddedBroker, startBroker } from './backend/broker.ts';
import type { CommandSigner } from './backend/command-signer.ts';
import { BehavingWire } from './behaviours/behaving-wire.ts';
import type { Behaviour, ShopHands } from './behaviours/behaviour.ts';
import { type DrawerKick, PrinterModel } from './devices/printer.ts';
import { PrinterLine } from './devices/printer-line.ts';
import type { CertificateAuthority } from './enrolment/certificate-authority.ts';
import type { SimulatedGun } from './guns/gun.ts';
import { type GunWire, gunOn, openGunWire, usualWire } from './guns/gun-port.ts';
import { GUN_PERSONALITIES, type GunPersonality } from './personalities/guns.ts';
import { PRINTERS, type PrinterPersonality } from './personalities/printers.ts';
import { DeviceServerWire } from './wires/device-server.ts';
import { PtyWire } from './wires/pty.ts';
import { TappedWire } from './wires/tapped-wire.ts';
import { UsbPort } from './wires/usbip/port.ts';
import { PRINTER_IN, printerFunction } from './wires/usbip/printer.ts';
import { printerFile } from './wires/usbip/vhci.ts';
import { UsbWire } from './wires/usbip/wire.ts';
import type { PortWire } from './wires/wire.ts';
import type { Clock } from './world/clock.ts';
import { fraction } from './world/fraction.ts';

export interface ShopOptions {
  readonly till: TillAddress;
  readonly clock: Clock;
  /** mm of the receipt roll */
  readonly paper: 58 | 80;
  /** make and firmware of the printer; absent: one that behaves as the manuals say */
  readonly printer?: PrinterPersonality;
  /** default: a raw line with CR LF, as fast as the wire takes it */
  readonly gun?: GunPersonality;
  /** default: what the gun has */
  readonly gunWire?: GunWire;
  /** default: a pty; tcp: a network printer; usb: a printer-class device of this machine (Linux with vhci-hcd, root) */
  readonly printerWire?: 'pty' | 'tcp' | 'usb';
  /** devices and people that do what a few lines say */
  readonly behaviours?: readonly Behaviour[];
  /** watches the wires */
  readonly tap?: (device: 'gun' | 'printer', from: 'device' | 'till', bytes: Uint8Array) => void;
  /** folder for the stable names of the gun's and the printer's port, as udev would give; absent: one of the shop's own */
  readonly portFolder?: string;
  /** 0: chosen by the kernel */
  readonly brokerPort?: number;
  /** puts something between a device and its port: a watcher, a fault */
  readonly through?: (device: 'gun' | 'printer', wire: PortWire) => PortWire;
  /** the backend's key; none: nothing is signed */
  readonly signer?: CommandSigner;
  /** present: TLS, certificates of this authority, and tills write only their own topics */
  readonly authority?: CertificateAuthority;
  /** whether the broker lets a client in; absent: everybody */
  readonly admit?: (clientId: string) => boolean;
}

/** The backend's name at the broker. */
export const BACKEND_CLIENT = 'tillwire-sim-backend';

const BACKEND_USER = 'backend';

/** As docs/brokers/mosquitto/tills.acl has it: a till writes what is its own, the backend what is no till's. */
function mayPublish(user: string, topic: string): boolean {
  const { till, path = [] } = parseTopic(topic) ?? {};
  const isDown = ['rep', 'cmd', 'evt-ack', 'signature-ack'].includes(path[0] ?? '') || path.join('/') === 'time/res';
  return user === BACKEND_USER ? isDown : till?.agent === user && !isDown;
}

/** One whole shop around a till: customers, acquirer, backend, broker, gun and printer. */
export class Shop {
  readonly till: TillAddress;
  readonly acquirer: Acquirer;
  readonly broker: EmbeddedBroker;
  readonly backend: SimBackend;
  readonly gun: SimulatedGun;
  readonly printer: PrinterModel;
  /** a pty, or a report stream of a HID gun */
  readonly gunPort: PortWire;
  readonly printerPort: PortWire;
  readonly paper: 58 | 80;
  readonly #ownFolder: string | undefined;
  /** what the agent says of its devices */
  readonly devices = new Map<Device, DeviceState>();
  /** every slip that came out, oldest first */
  readonly slips: Uint8Array[] = [];

  onEvent: (event: EventEnvelope) => void = () => undefined;
  onResult: (result: CommandResult) => void = () => undefined;
  onDevice: (state: DeviceState) => void = () => undefined;
  onAgentState: (state: 'online' | 'offline' | 'lost') => void = () => undefined;
  onSlip: (bytes: Uint8Array, slip: Slip) => void = () => undefined;
  onPrinter: (state: PrinterState) => void = () => undefined;
  onDrawer: (kick: DrawerKick) => void = () => undefined;

  /** Opens the shop: resolves when the backend is on the broker and both ports stand. */
  static async open(options: ShopOptions): Promise<Shop> {
    const acquirer = new Acquirer(options.clock);
    const { admit, signer, authority } = options;
    const own = authority?.server(['127.0.0.1', 'localhost']);
    const secure = authority && own && { ...own, ca: authority.certificate, crl: authority.revocations() };
    const locks = secure && { secure, mayPublish };
    const broker = await startBroker({ port: options.brokerPort ?? 0, ...(admit && { admit }), ...locks });
    if (authority) authority.onRevoked = (crl) => broker.revoke(crl);
    const backendIdentity = authority?.client({ commonName: BACKEND_USER });
    const tls = authority &&
      backendIdentity && {
        ca: authority.certificate,
        cert: backendIdentity.certificate,
        key: backendIdentity.key,
      };
    const newId = () => ulid(options.clock.now(), randomBytes(10));
    const backend = new SimBackend(
      { host: broker.host, port: broker.port, clientId: BACKEND_CLIENT, ...(tls && { tls }) },
      { acquirer, clock: options.clock, newId, ...(signer && { signer }) },
    );
    try {
      await backend.start();
      const ports = await openPorts(options);
      return new Shop(options, acquirer, broker, backend, ports);
    } catch (error) {
      await backend.stop();
      await broker.stop();
      throw error;
    }
  }

  private constructor(
    { till, paper, clock, gun, printer = PRINTERS[`generic-${paper}`], behaviours = [] }: ShopOptions,
    acquirer: Acquirer,
    broker: EmbeddedBroker,
    backend: SimBackend,
    ports: Ports,
  ) {
    this.till = till;
    this.paper = paper;
    this.acquirer = acquirer;
    this.broker = broker;
    this.backend = backend;
    this.#ownFolder = ports.ownFolder;
    this.gunPort = ports.gun;
    this.printerPort = ports.printer;
    this.gun = gunOn(ports.gun, gun ?? GUN_PERSONALITIES['line-crlf'], {
      clock,
      random: fraction,
      unpaced: gun === undefined,
    });
    const line = new PrinterLine(this.printerPort);
    this.printer = new PrinterModel({
      personality: printer,
      clock,
      send: (bytes) => line.say(bytes),
      onReady: (ready) => ready && line.go(),
      onState: (state) => this.onPrinter(state),
      onDrawer: (kick) => this.onDrawer(kick),
      onSlip: (slip, bytes) => {
        this.slips.push(bytes);
        for (const behaviour of behaviours) behaviour.slip?.(slip, hands);
        this.onSlip(bytes, slip);
      },
    });
    const hands: ShopHands = {
      printer: this.printer,
      inject: (fault) => backend.inject(till, fault),
      after: (ms, act) => void clock.after(ms, act),
    };
    if (behaviours.length > 0) this.#behave(behaviours, hands);
    line.join(this.printer);
    backend.onEvent = (_till, event) => this.onEvent(event);
    backend.onResult = (_till, result) => this.onResult(result);
    backend.onDevice = (_till, state) => {
      this.devices.set(state.dev, state);
      this.onDevice(state);
    };
    backend.onState = (_till, { s }) => this.onAgentState(s);
  }

  /** Messages and money pass those who have a word on them; whoever else listens hears them as before. */
  #behave(behaviours: readonly Behaviour[], hands: ShopHands): void {
    const { backend, acquirer } = this;
    const take = backend.beforeRequest;
    backend.beforeRequest = (till, request) => {
      for (const behaviour of behaviours) behaviour.request?.(request, hands);
      take(till, request);
    };
    const book = acquirer.ledger.book.bind(acquirer.ledger);
    acquirer.ledger.book = (entry) => {
      book(entry);
      for (const behaviour of behaviours) behaviour.money?.(entry, hands);
    };
  }

  /** Closes the shop and releases ports and sockets. */
  async close(): Promise<void> {
    await this.backend.stop();
    await this.broker.stop();
    this.gun.close();
    await Promise.all([this.gunPort.close(), this.printerPort.close()]);
    if (this.#ownFolder !== undefined) rmSync(this.#ownFolder, { recursive: true, force: true });
  }
}

interface Ports {
  readonly gun: PortWire;
  readonly printer: PortWire;
  readonly ownFolder: string | undefined;
}

/**
 * Never a bare /dev/pts/N: the kernel gives the number to somebody else's pty after an unplug, and an agent that waits for
 * its gun would open that.
 */
async function openPorts({ portFolder, gun = GUN_PERSONALITIES['line-crlf'], ...wires }: ShopOptions): Promise<Ports> {
  const ownFolder = portFolder === undefined ? mkdtempSync(join(tmpdir(), 'tillwire-ports-')) : undefined;
  const folder = portFolder ?? ownFolder ?? '';
  const gunPort = await openGunWire(gun, { wire: wires.gunWire ?? usualWire(gun), link: `${folder}/gun` });
  const printer = await openPrinterWire(wires.printerWire, `${folder}/printer`).catch(async (error: unknown) => {
    await gunPort.close();
    if (ownFolder !== undefined) rmSync(ownFolder, { recursive: true, force: true });
    throw error;
  });
  const { tap, behaviours = [], clock, through = (_device: 'gun' | 'printer', wire: PortWire) => wire } = wires;
  const tapped = (device: 'gun' | 'printer', wire: PortWire) =>
    through(device, tap ? new TappedWire(wire, (from, bytes) => tap(device, from, bytes)) : wire);
  const behaving = (device: 'gun' | 'printer', wire: PortWire) => {
    const own = behaviours.filter((behaviour) => behaviour.device === device);
    return own.length > 0 ? new BehavingWire(tapped(device, wire), own, clock) : tapped(device, wire);
  };
  return { gun: behaving('gun', gunPort), printer: behaving('printer', printer), ownFolder };
}

async function openPrinterWire(kind: ShopOptions['printerWire'], link: string): Promise<PortWire> {
  if (kind === 'usb') return usbPrinter();
  if (kind !== 'tcp') return new PtyWire({ link });
  return DeviceServerWire.listening();
}

/** The numbers are those of Linux's own printer gadget: no maker's. */
const USB_PRINTER = {
  vendorId: 0x0525,
  productId: 0xa4a8,
  release: 0x0100,
  manufacturer: 'Simulated',
  product: 'Receipt printer',
  serialNumber: 'PRINTER1',
};

function usbPrinter(): Promise<PortWire> {
  const deviceId = 'MFG:Simulated;CMD:ESC/POS;MDL:Receipt printer;CLS:PRINTER;';
  const wire = new UsbWire((onBytes) => printerFunction(deviceId, onBytes), PRINTER_IN);
  return UsbPort.open(USB_PRINTER, wire, () => printerFile(USB_PRINTER.serialNumber));
}
