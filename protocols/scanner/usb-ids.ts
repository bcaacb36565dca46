// What a vendor and product id say about a gun, before a byte was read (scanners.md 4.3). Names are those of usb.ids
// 2025.07.26 (Debian); the rules are from makers' code and manuals, the rest as each row says.

export type UsbGunMode = 'keyboard' | 'hid-pos' | 'serial' | 'ibm' | 'snapi' | 'config' | 'unknown';

export interface UsbVendor {
  readonly vendor: string;
  readonly products: Readonly<Record<string, string>>;
}

export const USB_VENDORS: Readonly<Record<string, UsbVendor>> = {
  '03f0': {
    vendor: 'HP, Inc',
    products: {
      '0139': 'Barcode Scanner 4430',
      '1d24': 'Barcode scanner',
    },
  },
  '040b': { vendor: 'Weltrend Semiconductor', products: { '6510': 'Weltrend Bar Code Reader' } },
  '0416': { vendor: 'Winbond Electronics Corp.', products: { c141: 'Barcode Scanner' } },
  '04b4': {
    vendor: 'Cypress Semiconductor Corp.',
    products: { bca1: 'Barcode Reader', de61: 'Barcode Reader', de64: 'Barcode Reader' },
  },
  '0525': {
    vendor: 'Netchip Technology, Inc.',
    products: {},
  },
  '0536': {
    vendor: 'Hand Held Products (Welch Allyn, Inc.)',
    products: {
      '01a0': 'PDT',
      '01ca': 'IT4800 Area Imager',
    },
  },
  '0581': {
    vendor: 'Racal Data Group',
    products: {
      '0107': 'Tera Barcode Scanner 2.4 GHz Receiver',
      '0115': 'Tera 5100',
      '011c': 'Tera 5100 dongle',
      '020c': 'Tera 2D Barcode Scanner EVHK0012',
    },
  },
  '05e0': {
    vendor: 'Symbol Technologies',
    products: {
      '1200': 'Bar Code Scanner',
      '1701': 'Bar Code Scanner (CDC)',
      '1900': 'SNAPI Imaging Device',
      '2000': 'MC3090 Rugged Mobile Computer',
      '0700': 'Bar Code Scanner (CS1504)',
      '0800': 'Spectrum24 Wireless LAN Adapter',
      '1a00': 'CS4070 Barcode Scanner',
      '200d': 'MC70 Rugged Mobile Computer',
    },
  },
  '05f9': {
    vendor: 'PSC Scanning, Inc.',
    products: {
      '1104': 'Magellan 2200VS',
      '1206': 'Gryphon series (OEM mode)',
      '2202': 'Point of Sale Handheld Scanner',
      '2206': 'Gryphon series (keyboard emulation mode)',
      '2601': 'Datalogic Magellan 1000i Barcode Scanner',
      '2602': 'Datalogic Magellan 1100i Barcode Scanner',
      '4204': 'Gryphon series (RS-232 emulation mode)',
      '5204': 'Datalogic Gryphon GFS4170 (config mode)',
      '120c': 'Gryphon GD4430-BK',
      '220c': 'Datalogic Gryphon GD4430',
    },
  },
  '065a': {
    vendor: 'Optoelectronics Co., Ltd',
    products: {
      '0001': 'Opticon OPR-2001 / NLV-1001 (keyboard mode)',
      '0009': 'NLV-1001 (serial mode) / OPN-2001 [Opticon]',
    },
  },
  '067e': {
    vendor: 'Intermec Technologies Corp.',
    products: {
      '1001': 'Mobile Computer',
      '0801': 'HID Keyboard, Barcode scanner',
      '0803': 'VCP, Barcode scanner',
      '0805': 'VCP + UVC, Barcode scanner',
    },
  },
  '080c': {
    vendor: 'Datalogic S.p.A.',
    products: {
      '0300': 'Gryphon D120 Barcode Scanner',
      '0400': 'Gryphon D120 Barcode Scanner',
      '0500': 'Gryphon D120 Barcode Scanner',
      '0600': 'Gryphon M100 Barcode Scanner',
    },
  },
  '0c2e': {
    vendor: 'Metrologic Instruments',
    products: {
      '0007': 'Metrologic MS7120 Barcode Scanner (IBM SurePOS mode)',
      '0200': 'MS7120 Barcode Scanner',
      '0204': 'Metrologic MS7120 Barcode Scanner (keyboard mode)',
      '0206': 'Metrologic MS4980 Barcode Scanner',
      '0700': 'Metrologic MS7120 Barcode Scanner (uni-directional serial mode)',
      '0720': 'Metrologic MS7120 Barcode Scanner (bi-directional serial mode)',
      '0a64': '[Stratos 2700]',
      '0b61': 'Vuquest 3310g',
      '0b6a': 'Vuquest 3310 Area-Imaging Scanner',
      '0b81': 'Barcode scanner Voyager 1400g Series',
    },
  },
  '0db5': {
    vendor: 'Access IS',
    products: {
      '0139': 'Barcode Module - CDC serial',
      '013a': 'Barcode Module - Virtual Keyboard',
      '013b': 'Barcode Module - HID',
      '0160': 'NFC and Smartcard Module (NSM)',
      '0164': 'NFC and Smartcard Module (NSM)with 4 SAM slots',
    },
  },
  '1eab': {
    vendor: 'Fujian Newland Computer Co., Ltd',
    products: {
      '1303': 'EM30xx/EM20xx/HR3260 corded/HR200C Barcode scanner engine (HID keyboard)',
      '1306': 'EM30xx/EM20xx/HR3260 corded/HR200C Barcode scanner engine (USB serial CDC)',
      '1310': 'EM30xx/EM20xx/HR3260 corded/HR200C Barcode scanner engine (HID Pos)',
      '1403': 'HR15-xx Barcode scanner engine (HID keyboard)',
      '1406': 'HR15-xx Barcode scanner engine (Serial CDC)',
      '1410': 'HR15-xx Barcode scanner engine (HID Pos)',
      '1603': 'FM100-M/3250 Barcode scanner engine (HID keyboard)',
      '1606': 'FM100-M/3250 Barcode scanner engine (Serial CDC)',
      '1610': 'FM100-M/3250 Barcode scanner engine (HID Pos)',
      '1903': 'EM1300 Barcode scanner engine (HID keyboard)',
      '1906': 'EM1300 Barcode scanner engine (Serial CDC)',
      '1910': 'EM1300 Barcode scanner engine (HID Pos)',
      '2003': 'EM2037v2 Barcode scanner engine (HID keyboard)',
      '2006': 'EM2037v2 Barcode scanner engine (Serial CDC)',
      '2010': 'EM2037v2 Barcode scanner engine (HID Pos)',
      '8003': 'EM13x5-LD/HR15-70/HR100-70/HR12/HR1150-70 Barcode scanner engine (HID keyboard)',
      '8006': 'EM13x5-LD/HR15-70/HR100-70/HR12/HR1150-70 Barcode scanner engine (USB Serial CDC)',
      '8010': 'EM13x5-LD/HR15-70/HR100-70/HR12/HR1150-70 Barcode scanner engine (HID Pos)',
      '8203': 'EM3080-01/EM3095/FR20/FM30 Barcode scanner engine (HID keyboard)',
      '8206': 'EM3080-01/EM3095/FR20/FM30 Barcode scanner engine (USB Serial CDC)',
      '8210': 'EM3080-01/EM3095/FR20/FM30 Barcode scanner engine (HID Pos)',
      '8303': 'HR2160 Barcode scanner engine (HID keyboard)',
      '8306': 'HR2160 Barcode scanner engine (Serial CDC)',
      '8310': 'HR2160 Barcode scanner engine (HID Pos)',
      '0103': 'HR200 Barcode scanner engine (HID keyboard)',
      '0106': 'HR200 Barcode scanner engine (Serial CDC)',
      '0110': 'HR200 Barcode scanner engine (HID Pos)',
      '0c03': 'HR100/HR3260 cordless/HR3290 cordless/BS80 Barcode scanner engine (HID keyboard)',
      '0c06': 'HR100/HR3260 cordless/HR3290 cordless/BS80 Barcode scanner engine (USB Serial CDC)',
      '0c10': 'HR100/HR3260 cordless/HR3290 cordless/BS80 Barcode scanner engine (HID Pos)',
      '0d03': 'EM2028 Barcode scanner engine (HID keyboard)',
      '0d06': 'EM2028 Barcode scanner engine (Serial CDC)',
      '0d10': 'EM2028 Barcode scanner engine (HID Pos)',
      '1a03': 'HR3290 corded/HR22 Barcode scanner engine (HID keyboard)',
      '1a06': 'HR3290 corded/HR22 Barcode scanner engine (Serial CDC)',
      '1a10': 'HR3290 corded/HR22 Barcode scanner engine (HID Pos)',
      '1c03': 'HR2150 Barcode scanner engine (HID keyboard)',
      '1c06': 'HR2150 Barcode scanner engine (Serial CDC)',
      '1c10': 'HR2150 Barcode scanner engine (HID Pos)',
      '1d03': 'FM430 Barcode scanner engine (HID keyboard)',
      '1d06': 'FM430 Barcode scanner engine (Serial CDC)',
      '1d10': 'FM430 Barcode scanner engine (HID Pos)',
      '1e03': 'HR42 Barcode scanner engine (HID keyboard)',
      '1e06': 'HR42 Barcode scanner engine (Serial CDC)',
      '1e10': 'HR42 Barcode scanner engine (HID Pos)',
      '1f03': 'HR11+ Barcode scanner engine (HID keyboard)',
      '1f06': 'HR11+ Barcode scanner engine (Serial CDC)',
      '1f10': 'HR11+ Barcode scanner engine (HID Pos)',
    },
  },
  '24ae': {
    vendor: 'Shenzhen Rapoo Technology Co., Ltd.',
    products: {
      '0197': 'meva Barcode Scanner',
    },
  },
  '24ea': {
    vendor: 'Meva',
    products: {
      '0197': 'Barcode Scanner',
    },
  },
  '27dd': {
    vendor: 'Mindeo',
    products: {
      '0002': 'Mindeo Virtual COM Port',
    },
  },
};

/** Seen elsewhere than in usb.ids, `*` being any product; where each was seen stands in its words. */
export const USB_EXTRA: Readonly<Record<string, string>> = {
  '0c2e:0db3': 'Voyager 1602g HID POS (HenkVanAsselt/python_hon_usbhid)',
  '067e:0809': 'Intermec SG20 HID POS (public Rust reader)',
  '0525:a4ac': 'Vguang TX200/TX400 HID (VguangScannerOption)',
  '05e0:1300': 'Symbol Bar Code Scanner, 64-byte HID reports (node-hid issue 255)',
  '05fe:1010': 'OKE PS2-USB / Cortex keyboard scanner (node-hid issue 64, jrg94/PopLibrary)',
  '05f9:2210': 'Datalogic handheld, keyboard (signal11/hidapi issue 407)',
  '05e0:0600': 'Symbol scanner, IBM-style HID usages (libhid-discuss 2009)',
  '0218:0210': 'keyboard scanner in espressif/esp-usb issue 26',
  '0483:5750': 'STM32-based scanner 1155:22352 (mikerovers/usb-barcode-scanner README)',
  '1a86:7523': 'CH340 USB-serial bridge, from memory',
  '10c4:ea60': 'CP210x bridge, from memory',
  '067b:2303': 'PL2303 bridge, from memory',
  '0403:6001': 'FT232R bridge, from memory',
  '2dd6:0260': 'Datalogic/Netum? unverified, from memory',
  '23d0:*': 'Youjie by Honeywell (NielsLeenheer list)',
};

export interface UsbModeRule {
  readonly vendors: readonly string[];
  /** the part of the product id that tells */
  readonly mask: number;
  readonly modes: Readonly<Record<number, UsbGunMode>>;
  /** where the rule does not hold for these products, and what they are */
  readonly except?: Readonly<Record<number, UsbGunMode>>;
  readonly source: string;
}

/** The product id tells the mode a gun is in: what a technician needs to hear first. */
const USB_MODE_RULES: readonly UsbModeRule[] = [
  {
    vendors: ['0c2e', '0536', '23d0'],
    mask: 0x1f,
    modes: { 0x01: 'keyboard', 0x0f: 'keyboard', 0x07: 'hid-pos', 0x13: 'hid-pos', 0x0a: 'serial', 0x14: 'serial' },
    // older than the rule, named in usb.ids
    except: {
      0x0007: 'ibm',
      0x0200: 'unknown',
      0x0204: 'keyboard',
      0x0206: 'unknown',
      0x0700: 'serial',
      0x0720: 'serial',
    },
    source: 'honeywell.hedc EngineCommunication.java; fits 0B61, 0B6A, 0B81 and 0DB3',
  },
  {
    vendors: ['1eab'],
    mask: 0xff,
    modes: { 0x03: 'keyboard', 0x06: 'serial', 0x10: 'hid-pos' },
    source: 'usb.ids, FM420 manual; 00 is the base',
  },
  {
    vendors: ['05e0'],
    mask: 0xffff,
    modes: { 0x1200: 'keyboard', 0x1300: 'ibm', 0x0600: 'ibm', 0x1701: 'serial', 0x1900: 'snapi' },
    source: 'usb.ids, node-hid issue 255',
  },
  {
    vendors: ['05f9'],
    mask: 0xff00,
    modes: { 0x4200: 'serial', 0x2200: 'keyboard', 0x1200: 'ibm', 0x5200: 'config' },
    source: 'usb.ids: 4204 RS-232 emulation, 22xx keyboard, 12xx OEM, 5204 config',
  },
  {
    vendors: ['065a'],
    mask: 0xffff,
    modes: { 0x0001: 'keyboard', 0x0009: 'serial' },
    source: 'usb.ids',
  },
  {
    vendors: ['067e'],
    mask: 0xffff,
    modes: { 0x0801: 'keyboard', 0x0803: 'serial', 0x0805: 'serial', 0x0809: 'hid-pos' },
    source: 'usb.ids; 0809 from a public reader of the SG20',
  },
  {
    vendors: ['0db5'],
    mask: 0xffff,
    modes: { 0x0139: 'serial', 0x013a: 'keyboard', 0x013b: 'hid-pos' },
    source: 'usb.ids',
  },
  { vendors: ['27dd'], mask: 0xffff, modes: { 0x0002: 'serial' }, source: 'usb.ids' },
  { vendors: ['05fe'], mask: 0xffff, modes: { 0x1010: 'keyboard' }, source: 'node-hid issue 64' },
  { vendors: ['0218'], mask: 0xffff, modes: { 0x0210: 'keyboard' }, source: 'espressif/esp-usb issue 26' },
  {
    vendors: ['1a86', '10c4', '067b', '0403'],
    mask: 0,
    modes: { 0: 'serial' },
    source: 'USB-serial bridges: anything may be behind them',
  },
];

export interface UsbGun {
  readonly vendor: string;
  readonly product?: string;
  readonly mode: UsbGunMode;
}

/** What is known of a device with these ids; `undefined`: nobody has seen it as a scanner. */
export function usbGun(vendorId: number, productId: number): UsbGun | undefined {
  const [vendor, product] = [hex4(vendorId), hex4(productId)];
  const known = USB_VENDORS[vendor];
  const extra = USB_EXTRA[`${vendor}:${product}`] ?? USB_EXTRA[`${vendor}:*`];
  const name = known?.products[product] ?? extra;
  if (!known && extra === undefined) return undefined;
  if (name === undefined && !MAKERS_OF_GUNS.has(vendor)) return undefined;
  const mode = usbMode(vendor, productId);
  return { vendor: known?.vendor ?? vendor, ...(name !== undefined && { product: name }), mode };
}

/** Of these any product may be a gun; the others also make mice, chips and computers. */
const MAKERS_OF_GUNS = new Set([
  '0536',
  '05e0',
  '05f9',
  '065a',
  '067e',
  '080c',
  '0c2e',
  '0db5',
  '1eab',
  '23d0',
  '27dd',
]);

function usbMode(vendor: string, productId: number): UsbGunMode {
  const rule = USB_MODE_RULES.find(({ vendors }) => vendors.includes(vendor));
  return rule?.except?.[productId] ?? rule?.modes[productId & rule.mask] ?? 'unknown';
}

function hex4(id: number): string {
  return id.toString(16).padStart(4, '0');
}
