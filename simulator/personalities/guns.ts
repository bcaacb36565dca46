import type { CommandSettings } from '../guns/command-gun.ts';
import type { KeyboardSettings } from '../guns/keyboard-gun.ts';
import type { LineSettings } from '../guns/line-gun.ts';
import type { SsiSettings } from '../guns/ssi-decoder.ts';
import {
  BOOT_KEYBOARD,
  GRYPHON_KEYBOARD,
  HID_POS_HONEYWELL,
  HID_POS_NEWLAND,
  HID_POS_OFFSET1,
  VGUANG,
} from './hid-descriptors.ts';

// Guns one may meet, as data: how each speaks when it leaves its box, or as a shop would have set it. Sources are those of
// scanners.md; what is from memory there is from memory here.

/** What it is on USB; on a serial line nobody asks. */
export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serialNumber: string;
  /** hex */
  readonly descriptor: string;
}

export const GUN_PROTOCOLS = [
  'serial-line',
  'ssi',
  'honeywell',
  'newland',
  'grow',
  'm3y',
  'de2120',
  'datalogic',
  'cipherlab',
  'hid-pos',
  'hid-keyboard',
  'vguang',
] as const;
/** Named as `tillwire decode` names them. */
export type GunProtocol = (typeof GUN_PROTOCOLS)[number];

interface Common {
  readonly title: string;
  /** text beyond ASCII; default UTF-8 */
  readonly encoding?: 'utf8' | 'gbk';
}

interface OnLine extends Common {
  readonly baudRate: number;
  /** bytes that leave together: a UART one by one, USB 64 */
  readonly chunkBytes?: number;
  /** it may hold the host back */
  readonly flow?: 'xonxoff';
}

interface OnUsb extends Common {
  /** ms from report to report */
  readonly reportMs: number;
  readonly usb: UsbIdentity;
}

export type GunPersonality =
  | (OnLine & { readonly protocol: 'serial-line'; readonly settings: LineSettings })
  | (OnLine & { readonly protocol: 'ssi'; readonly settings: SsiSettings })
  | (OnLine & {
      readonly protocol: 'honeywell' | 'newland' | 'grow' | 'm3y' | 'de2120' | 'datalogic' | 'cipherlab';
      readonly settings: CommandSettings;
    })
  | (OnUsb & {
      readonly protocol: 'hid-pos';
      readonly words: 'honeywell' | 'newland';
      readonly layout: 'honeywell64' | 'newland64' | 'offset1-64';
      readonly staleTail: boolean;
      readonly settings: CommandSettings;
    })
  | (OnUsb & { readonly protocol: 'hid-keyboard'; readonly settings: KeyboardSettings })
  | (OnUsb & { readonly protocol: 'vguang' });

const CR = Uint8Array.of(0x0d);
const CRLF = Uint8Array.of(0x0d, 0x0a);
const NOTHING = new Uint8Array();

const line: LineSettings = { trigger: 'hand', suffix: CRLF, codeId: 'none', tellsNoRead: false };
const commands: CommandSettings = { ...line, suffix: CR, headed: false, beeps: true };
const ssi: SsiSettings = {
  parameters: {},
  longForm: 'packets',
  revision: 'PAABLS00-004-R00',
  suffix: CR,
  sleeps: false,
};
const keys: KeyboardSettings = {
  layout: 'us',
  style: 'plain',
  end: 'enter',
  codeId: 'none',
  mindsCapsLock: false,
};
/** one USB microframe poll of 1 ms; full-speed interrupt endpoints of guns ask for 1 to 10 */
const HID_POLL_MS = 1;

const usb = (vendorId: number, productId: number, product: string, descriptor: string): UsbIdentity => ({
  vendorId,
  productId,
  manufacturer: 'simulated',
  product,
  serialNumber: 'SIM0001',
  descriptor,
});

export const GUN_PERSONALITIES = {
  // raw lines
  'line-crlf': { title: 'any gun, CR LF, 9600', protocol: 'serial-line', baudRate: 9600, settings: line },
  'line-cr': { title: 'any gun, CR', protocol: 'serial-line', baudRate: 9600, settings: { ...line, suffix: CR } },
  'line-stx-etx': {
    title: 'cash-register preset: STX, AIM id, ETX',
    protocol: 'serial-line',
    baudRate: 9600,
    settings: { ...line, prefix: Uint8Array.of(0x02), suffix: Uint8Array.of(0x03), codeId: 'aim' },
  },
  'line-honeywell-id': {
    title: 'Honeywell code ids, CR, no-read told',
    protocol: 'serial-line',
    baudRate: 115_200,
    settings: { ...line, suffix: CR, codeId: 'honeywell', tellsNoRead: true },
  },
  'line-tab': {
    title: 'TAB behind the code, USB packets',
    protocol: 'serial-line',
    baudRate: 115_200,
    chunkBytes: 64,
    settings: { ...line, suffix: Uint8Array.of(0x09) },
  },
  'line-bare': {
    title: 'no terminator',
    protocol: 'serial-line',
    baudRate: 9600,
    settings: { ...line, suffix: NOTHING },
  },
  // Zebra SSI
  'ssi-factory': {
    title: 'Zebra as it comes: raw codes, answers in packets',
    protocol: 'ssi',
    baudRate: 9600,
    settings: ssi,
  },
  'ssi-packeted': {
    title: 'Zebra set to packets with ACK/NAK',
    protocol: 'ssi',
    baudRate: 9600,
    settings: { ...ssi, parameters: { packetFormat: 1 } },
  },
  'ssi-unacknowledged': {
    title: 'packets without ACK/NAK',
    protocol: 'ssi',
    baudRate: 115_200,
    settings: { ...ssi, parameters: { packetFormat: 1, softwareHandshaking: 0 } },
  },
  'ssi-cordless': {
    title: 'cordless: long codes in segments, events, sleeps',
    protocol: 'ssi',
    baudRate: 115_200,
    settings: { ...ssi, parameters: { packetFormat: 1, decodeEvent: 1 }, longForm: 'segments', sleeps: true },
  },
  'ssi-gm67': {
    title: 'Grow GM67: long codes in one packet of 16 bits length',
    protocol: 'ssi',
    baudRate: 9600,
    settings: { ...ssi, parameters: { packetFormat: 1 }, longForm: 'gm67' },
  },
  'ssi-host-trigger': {
    title: 'Zebra that the host triggers',
    protocol: 'ssi',
    baudRate: 9600,
    settings: { ...ssi, parameters: { packetFormat: 1, triggerMode: 8, noReadMessage: 1 } },
  },
  // command languages on a line
  'honeywell-xenon': {
    title: 'Honeywell on a serial line',
    protocol: 'honeywell',
    baudRate: 115_200,
    settings: commands,
  },
  'honeywell-xonxoff': {
    title: 'Honeywell set to XON/XOFF',
    protocol: 'honeywell',
    baudRate: 9600,
    flow: 'xonxoff',
    settings: commands,
  },
  'newland-em3095': { title: 'Newland, both languages', protocol: 'newland', baudRate: 9600, settings: commands },
  'grow-gm65': { title: 'Grow GM65 and its many copies', protocol: 'grow', baudRate: 9600, settings: commands },
  'm3y-module': { title: 'M3Y module', protocol: 'm3y', baudRate: 9600, settings: commands },
  'de2120-module': {
    title: 'DYScan DE2120, GBK as it comes',
    protocol: 'de2120',
    baudRate: 115_200,
    encoding: 'gbk',
    settings: commands,
  },
  'datalogic-powerscan': { title: 'Datalogic PowerScan', protocol: 'datalogic', baudRate: 9600, settings: commands },
  'cipherlab-1664': {
    title: 'CipherLab 1664, virtual COM',
    protocol: 'cipherlab',
    baudRate: 115_200,
    settings: commands,
  },
  // HID POS
  'hid-pos-honeywell': {
    title: 'Honeywell Voyager 1602g, HID POS',
    protocol: 'hid-pos',
    words: 'honeywell',
    layout: 'honeywell64',
    staleTail: false,
    reportMs: HID_POLL_MS,
    usb: usb(0x0c2e, 0x0db3, 'Voyager 1602g', HID_POS_HONEYWELL),
    settings: { ...commands, suffix: NOTHING },
  },
  'hid-pos-newland': {
    title: 'Newland FM30, HID POS, old bytes behind the code',
    protocol: 'hid-pos',
    words: 'newland',
    layout: 'newland64',
    staleTail: true,
    reportMs: HID_POLL_MS,
    usb: usb(0x1eab, 0x8310, 'NLS-FM30', HID_POS_NEWLAND),
    settings: { ...commands, suffix: NOTHING },
  },
  'hid-pos-offset1': {
    title: 'the layout seen in one driver only',
    protocol: 'hid-pos',
    words: 'honeywell',
    layout: 'offset1-64',
    staleTail: false,
    reportMs: HID_POLL_MS,
    usb: usb(0x1234, 0x0001, 'offset 1', HID_POS_OFFSET1),
    settings: { ...commands, suffix: NOTHING },
  },
  // keyboards
  'keyboard-us': {
    title: 'keyboard, 10 ms a report (Honeywell)',
    protocol: 'hid-keyboard',
    reportMs: 10,
    usb: usb(0x0c2e, 0x0b61, 'Xenon 1900', BOOT_KEYBOARD),
    settings: keys,
  },
  'keyboard-gryphon': {
    title: 'Datalogic Gryphon, 1 ms a report, Enter and Ctrl+Shift+J',
    protocol: 'hid-keyboard',
    reportMs: 1,
    usb: usb(0x05f9, 0x220c, 'Gryphon GD4430', GRYPHON_KEYBOARD),
    settings: { ...keys, style: 'modifier-first', end: 'enter-ctrl-shift-j' },
  },
  'keyboard-slow': {
    title: 'Zebra, 80 ms a report',
    protocol: 'hid-keyboard',
    reportMs: 80,
    usb: usb(0x05e0, 0x1200, 'Symbol Bar Code Scanner', BOOT_KEYBOARD),
    settings: { ...keys, mindsCapsLock: true },
  },
  'keyboard-alt': {
    title: 'types Alt and digits on the keypad',
    protocol: 'hid-keyboard',
    reportMs: 4,
    usb: usb(0x1eab, 0x1d03, 'NLS keyboard', BOOT_KEYBOARD),
    settings: { ...keys, style: 'alt-numpad' },
  },
  'keyboard-french': {
    title: 'set to the French keyboard, keys overlap',
    protocol: 'hid-keyboard',
    reportMs: 4,
    usb: usb(0x0c2e, 0x0b61, 'Xenon 1900', BOOT_KEYBOARD),
    settings: { ...keys, layout: 'fr', style: 'rollover', end: 'tab' },
  },
  'vguang-tx400': {
    title: 'Vguang 微光互联 TX400',
    protocol: 'vguang',
    reportMs: HID_POLL_MS,
    usb: usb(0x0525, 0xa4ac, 'TX400', VGUANG),
  },
} as const satisfies Record<string, GunPersonality>;

export type GunPersonalityName = keyof typeof GUN_PERSONALITIES;

export function gunPersonality(name: string): GunPersonality | undefined {
  return Object.hasOwn(GUN_PERSONALITIES, name) ? GUN_PERSONALITIES[name as GunPersonalityName] : undefined;
}

/** The first of a protocol stands for it. */
export function usualPersonality(protocol: GunProtocol): GunPersonality {
  const found = Object.values(GUN_PERSONALITIES).find((one) => one.protocol === protocol);
  if (!found) throw new Error(`no personality speaks ${protocol}`);
  return found;
}

export function isGunProtocol(name: string): name is GunProtocol {
  return (GUN_PROTOCOLS as readonly string[]).includes(name);
}
