import { fromHex } from '../../protocols/bytes/hex.ts';
import type { Random } from '../faults/gun-faults.ts';
import type { GunPersonality } from '../personalities/guns.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { PtyWire } from '../wires/pty.ts';
import { ReportStreamWire } from '../wires/report-stream.ts';
import { ACM_IN, acmFunction } from '../wires/usbip/acm.ts';
import { HID_IN, hidFunction } from '../wires/usbip/hid.ts';
import { UsbPort } from '../wires/usbip/port.ts';
import { UsbWire } from '../wires/usbip/wire.ts';
import type { PortWire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { SimulatedGun } from './gun.ts';
import { makeGun } from './make-gun.ts';

/** usb: this machine's own, through its kernel (Linux with vhci-hcd, root) */
export const GUN_WIRES = ['pty', 'tcp', 'report-stream', 'usb'] as const;
export type GunWire = (typeof GUN_WIRES)[number];

/** What a gun of this kind hangs on unless somebody wants something else. */
export function usualWire(personality: GunPersonality): GunWire {
  return 'usb' in personality ? 'report-stream' : 'pty';
}

export interface GunWireOptions {
  readonly wire: GunWire;
  /** pty: a link with a name that stays */
  readonly link: string;
  /** TCP: 0 = chosen by the kernel */
  readonly port?: number;
}

/** The port that an agent will open. */
export async function openGunWire(personality: GunPersonality, options: GunWireOptions): Promise<PortWire> {
  const { wire, link, port = 0 } = options;
  if (wire === 'pty') return new PtyWire({ link });
  if (wire === 'usb') return 'usb' in personality ? usbReports(personality) : usbSerial();
  const server = wire === 'tcp' ? new DeviceServerWire({ port }) : reportStream(personality, port);
  await server.open();
  return server;
}

function usbReports({ protocol, usb: { descriptor, ...usb } }: ReportGun): Promise<PortWire> {
  const report = fromHex(descriptor) ?? new Uint8Array();
  const wire = new UsbWire((onReport) => hidFunction(report, onReport), HID_IN);
  const scheme = protocol === 'hid-keyboard' ? 'keyboard' : 'hid';
  const ids = [usb.vendorId, usb.productId].map((id) => id.toString(16).padStart(4, '0')).join(':');
  return UsbPort.open({ release: 0x0100, ...usb }, wire, () => `${scheme}:${ids}:${usb.serialNumber}`);
}

type ReportGun = Extract<GunPersonality, { readonly usb: unknown }>;

/** A gun in virtual COM port mode. The numbers are those of Linux's own CDC-ACM gadget: no maker's. */
const COM_GUN = {
  vendorId: 0x0525,
  productId: 0xa4a7,
  release: 0x0100,
  manufacturer: 'Simulated',
  product: 'Bar code scanner',
  serialNumber: 'GUN1',
};

function usbSerial(): Promise<PortWire> {
  const wire = new UsbWire((onBytes) => acmFunction({ onBytes }), ACM_IN);
  const name = `usb-${COM_GUN.manufacturer}_${COM_GUN.product.replaceAll(' ', '_')}_${COM_GUN.serialNumber}-if00`;
  return UsbPort.open(COM_GUN, wire, () => `/dev/serial/by-id/${name}`);
}

function reportStream(personality: GunPersonality, port: number): ReportStreamWire {
  if (!('usb' in personality)) throw new Error(`${personality.protocol} is not spoken in reports`);
  const { descriptor, ...usb } = personality.usb;
  const bytes = fromHex(descriptor) ?? new Uint8Array();
  return new ReportStreamWire({ kind: 'hello', release: 0x0100, ...usb, descriptor: bytes }, port);
}

export interface PluggedGun {
  readonly clock: Clock;
  readonly random: Random;
  readonly baudRate?: number;
  readonly unpaced?: boolean;
  /** it came back under another name */
  readonly onMoved?: (path: string) => void;
}

/** A gun at the end of such a wire; its faults may pull it. */
export function gunOn(wire: PortWire, personality: GunPersonality, { onMoved, ...place }: PluggedGun): SimulatedGun {
  const plug = {
    pull: () => wire.hangup(),
    plug: (name: Parameters<PortWire['replug']>[0]) =>
      void Promise.resolve(wire.replug(name)).then(() => name === 'new-name' && onMoved?.(wire.path)),
  };
  return makeGun(personality, { ...place, wire, plug });
}
