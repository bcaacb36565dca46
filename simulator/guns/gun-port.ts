import { fromHex } from '../../protocols/bytes/hex.ts';
import type { Random } from '../faults/gun-faults.ts';
import type { GunPersonality } from '../personalities/guns.ts';
import { DeviceServerWire } from '../wires/device-server.ts';
import { PtyWire } from '../wires/pty.ts';
import { ReportStreamWire } from '../wires/report-stream.ts';
import type { PortWire } from '../wires/wire.ts';
import type { Clock } from '../world/clock.ts';
import type { SimulatedGun } from './gun.ts';
import { makeGun } from './make-gun.ts';

export const GUN_WIRES = ['pty', 'tcp', 'report-stream'] as const;
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
  const server = wire === 'tcp' ? new DeviceServerWire({ port }) : reportStream(personality, port);
  await server.open();
  return server;
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
