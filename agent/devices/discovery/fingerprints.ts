import { parseHidDescriptor } from '../../../protocols/scanner/hid-descriptor.ts';
import { hidPosLayout } from '../../../protocols/scanner/hid-pos-layout.ts';
import { type UsbGunMode, usbGun } from '../../../protocols/scanner/usb-ids.ts';
import type { StreamLanguage } from '../scanner/languages.ts';
import { type FoundDevice, hex4 } from './found-device.ts';

// What a device probably is, by the marks it bears. Each row that fits gives its points; the kind with the most is it.

export type DeviceKind = 'scanner' | 'printer' | 'adapter' | 'keyboard' | 'other';

interface Fingerprint {
  readonly kind: DeviceKind;
  readonly points: number;
  /** the mark, in words for whoever wonders */
  readonly because: string;
  readonly fits: (device: FoundDevice) => boolean;
}

const HID_POS_PAGE = 0x8c;
const PRINTER_CLASS = 0x07;

/** USB-serial bridges: what is behind them does not show. */
export const BRIDGES: ReadonlySet<string> = new Set(['1a86', '10c4', '067b', '0403']);

const FINGERPRINTS: readonly Fingerprint[] = [
  { kind: 'scanner', points: 8, because: 'its reports are those of a bar code scanner', fits: speaksHidPos },
  {
    kind: 'scanner',
    points: 6,
    because: 'its product number is a known scanner',
    fits: (d) => gunOf(d)?.product !== undefined && !isBridge(d),
  },
  {
    kind: 'scanner',
    points: 4,
    because: 'its maker makes scanners',
    fits: (d) => gunOf(d) !== undefined && !isBridge(d),
  },
  {
    kind: 'scanner',
    points: 4,
    because: 'it calls itself one',
    fits: (d) => /scan|bar ?code|imager|hid ?pos/i.test(names(d)),
  },
  {
    kind: 'printer',
    points: 7,
    because: 'it has a printer interface',
    fits: (d) => d.classes.includes(PRINTER_CLASS) || d.nodes.some(({ kind }) => kind === 'printer'),
  },
  {
    kind: 'printer',
    points: 4,
    because: 'it calls itself one',
    fits: (d) => /print|receipt|pos-?(58|80)/i.test(names(d)),
  },
  {
    kind: 'adapter',
    points: 5,
    because: 'it is a USB-serial adapter: what is behind it does not show',
    fits: isBridge,
  },
  { kind: 'adapter', points: 3, because: 'it is a serial port of the board', fits: (d) => d.bus === 'board' },
  {
    kind: 'adapter',
    points: 2,
    because: 'it is a serial port',
    fits: (d) => d.nodes.some(({ kind }) => kind === 'serial'),
  },
  {
    kind: 'keyboard',
    points: 3,
    because: 'it has the keys of a keyboard',
    fits: (d) => d.nodes.some(({ isKeyboard }) => isKeyboard === true),
  },
];

export interface Recognised {
  readonly kind: DeviceKind;
  readonly points: number;
  readonly because: readonly string[];
}

export function recognise(device: FoundDevice): Recognised {
  const fitting = FINGERPRINTS.filter(({ fits }) => fits(device));
  const kinds = [...new Set(fitting.map(({ kind }) => kind))].map((kind) => {
    const rows = fitting.filter((row) => row.kind === kind);
    return { kind, points: rows.reduce((sum, { points }) => sum + points, 0), because: rows.map((row) => row.because) };
  });
  const [best] = kinds.sort((a, b) => b.points - a.points);
  return best ?? { kind: 'other', points: 0, because: [] };
}

function gunOf({ vendorId, productId }: FoundDevice): ReturnType<typeof usbGun> {
  return vendorId === undefined || productId === undefined ? undefined : usbGun(vendorId, productId);
}

function isBridge({ vendorId }: FoundDevice): boolean {
  return vendorId !== undefined && BRIDGES.has(hex4(vendorId));
}

function names({ manufacturer = '', product = '', nodes }: FoundDevice): string {
  return `${manufacturer} ${product} ${nodes.map(({ stable = '' }) => stable).join(' ')}`;
}

function speaksHidPos(device: FoundDevice): boolean {
  return device.nodes.some(({ descriptor }) => {
    const parsing = descriptor && parseHidDescriptor(descriptor);
    return (
      parsing &&
      'descriptor' in parsing &&
      parsing.descriptor.applications.some((usage) => usage >> 16 === HID_POS_PAGE)
    );
  });
}

/** The mode that a gun is in: what it is heard to be, before what its product number says. */
export function modeOf(device: FoundDevice): UsbGunMode {
  if (speaksHidPos(device)) return 'hid-pos';
  const known = gunOf(device)?.mode ?? 'unknown';
  if (known !== 'unknown' && !isBridge(device)) return known;
  if (device.nodes.some(({ kind }) => kind === 'serial')) return 'serial';
  if (device.nodes.some(({ isKeyboard }) => isKeyboard)) return 'keyboard';
  const { vendorId = 0 } = device;
  return device.nodes.some(({ kind }) => kind === 'hid') && hidPosLayout(vendorId, undefined) ? 'hid-pos' : 'unknown';
}

/** Who made it and what it is called, as far as anybody knows. */
export function namesOf(device: FoundDevice): { readonly make?: string; readonly model?: string } {
  const gun = isBridge(device) ? undefined : gunOf(device);
  const make = device.manufacturer ?? gun?.vendor;
  const model = device.product ?? gun?.product;
  return { ...(make !== undefined && { make }), ...(model !== undefined && { model }) };
}

/** By maker, what a gun in serial mode would speak beside its codes: a proposal, which the configuration confirms. */
const LANGUAGES: Readonly<Record<string, StreamLanguage>> = {
  '0c2e': 'honeywell',
  '0536': 'honeywell',
  '23d0': 'honeywell',
  '05e0': 'ssi',
  '05f9': 'datalogic',
  '080c': 'datalogic',
  '1eab': 'newland',
};

export function languageOf({ vendorId }: FoundDevice): StreamLanguage {
  return (vendorId === undefined ? undefined : LANGUAGES[hex4(vendorId)]) ?? 'line';
}
