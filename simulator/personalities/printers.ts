import { genericProfile, PROFILES, type PrinterProfile } from '../../protocols/escpos/profile.ts';

/** What a printer answers about itself: GS I. */
export interface PrinterIdentity {
  /** GS I 1, 2, 3: model, type (bit 0 two-byte characters, bit 1 cutter), ROM version */
  readonly bytes: readonly [model: number, type: number, rom: number];
  readonly firmware: string;
  readonly serial: string;
  /** GS I 69, by which a program chooses its character set; absent: the model does not know the question */
  readonly fontLanguage?: string;
}

/** One make and firmware of printer: how it measures (the profile) and how it behaves. Data only. */
export interface PrinterPersonality {
  readonly name: string;
  readonly profile: PrinterProfile;
  /** receive buffer and its thresholds, in free bytes: busy from the first, ready again from the second */
  readonly buffer: { readonly bytes: number; readonly busyAtFree: number; readonly readyAtFree: number };
  /** DIP switch: also busy while offline, not only when the buffer is full */
  readonly busyWhileOffline: boolean;
  /** 11 and 13 on the wire; `line`: a wire of its own (DTR), or the network's own back-pressure */
  readonly flow: 'xon-xoff' | 'line';
  /** mm/s */
  readonly speed: number;
  readonly cutMs: number;
  /** mm of paper left when the near-end sensor sees it; absent: no such sensor */
  readonly nearEndMm?: number;
  /** real-time commands are carried out inside picture data too (Epson), or only between commands (Citizen) */
  readonly realtimeInsideData: boolean;
  /** DLE EOT is answered at all */
  readonly answersStatus: boolean;
  /** GS r, GS a */
  readonly answersBuffered: boolean;
  /** DLE DC4 8: clears and says 37 25 00, or does nothing */
  readonly clears: boolean;
  /** a cutter error ends with DLE ENQ, or as soon as the cover was opened and closed */
  readonly recoversBy: 'enquiry' | 'cover';
  /** absent: it does not know GS I. What it makes of GS ( H stands in the profile (`processId`) */
  readonly identity?: PrinterIdentity;
  /** fourth byte of the automatic status (from memory: 0F on many TM models) */
  readonly lastAutomaticByte: number;
}

const EPSON = {
  // TM-T88III specification p. 23: full at 128 free bytes, ready again from 256
  buffer: { bytes: 4096, busyAtFree: 128, readyAtFree: 256 },
  busyWhileOffline: false,
  flow: 'line',
  speed: 150,
  cutMs: 400,
  nearEndMm: 1500,
  realtimeInsideData: true,
  answersStatus: true,
  answersBuffered: true,
  clears: true,
  recoversBy: 'enquiry',
  identity: { bytes: [0x20, 0x03, 0x01], firmware: '1.00', serial: 'SIM0000001', fontLanguage: 'CHINA GB18030' },
  lastAutomaticByte: 0,
} as const;

/** The clones: no near-end sensor, slower, no process ids. */
const { nearEndMm: _sensor, ...SENSORLESS } = EPSON;
const CLONE = { ...SENSORLESS, speed: 90, recoversBy: 'cover', busyWhileOffline: true } as const;

export const PRINTERS = {
  // what the simulated shop has unless told otherwise: behaves as the manuals say
  'generic-58': { ...EPSON, name: 'generic-58', profile: PROFILES['generic-58'] },
  'generic-80': { ...EPSON, name: 'generic-80', profile: PROFILES['generic-80'] },
  'epson-tm-t88': {
    ...EPSON,
    name: 'epson-tm-t88',
    profile: PROFILES['epson-tm-t88v'],
    speed: 300,
    identity: { bytes: [0x20, 0x02, 0x01], firmware: '30.01 ESC/POS', serial: 'J7TF000001' },
  },
  'epson-80': { ...EPSON, name: 'epson-80', profile: PROFILES['epson-80'], speed: 200 },
  // XON/XOFF on the wire, a small buffer: the 45-byte mode of the T88's switch
  'epson-small-buffer': {
    ...EPSON,
    name: 'epson-small-buffer',
    profile: PROFILES['epson-80'],
    buffer: { bytes: 45, busyAtFree: 16, readyAtFree: 26 },
    flow: 'xon-xoff',
  },
  // confirms, but a clear is answered by nothing and clears nothing
  'epson-deaf-to-clear': {
    ...EPSON,
    name: 'epson-deaf-to-clear',
    profile: PROFILES['epson-80'],
    clears: false,
    realtimeInsideData: false,
  },
  'xprinter-80': {
    ...CLONE,
    name: 'xprinter-80',
    profile: PROFILES['xprinter-80'],
    speed: 200,
    identity: { ...EPSON.identity, firmware: 'XP-80 2.0', serial: '' },
  },
  // status and no more: nothing it says proves that a slip was printed
  'zj-58': {
    ...CLONE,
    name: 'zj-58',
    profile: PROFILES['zj-5890'],
    answersBuffered: false,
    clears: false,
    identity: { bytes: [0x02, 0x01, 0x01], firmware: '', serial: '' },
  },
  // on a cable without a back channel: the wire from the printer is not connected
  'mute-58': {
    ...CLONE,
    name: 'mute-58',
    profile: PROFILES['clone-58-gb2312'],
    buffer: { bytes: 2048, busyAtFree: 16, readyAtFree: 32 },
    speed: 60,
    answersStatus: false,
    answersBuffered: false,
    clears: false,
  },
  'nt-5890k': { ...CLONE, name: 'nt-5890k', profile: PROFILES['nt-5890k'], clears: false, answersBuffered: false },
} as const satisfies Record<string, PrinterPersonality>;

export type PrinterName = keyof typeof PRINTERS;

/** The personality of a name, or `undefined`. */
export function printerNamed(name: string): PrinterPersonality | undefined {
  return Object.hasOwn(PRINTERS, name) ? PRINTERS[name as PrinterName] : undefined;
}

/** A printer that behaves as the manuals say, with another way to measure: for a profile without a personality. */
export function printerOf(profile: PrinterProfile = genericProfile(58)): PrinterPersonality {
  return { ...EPSON, name: profile.name, profile };
}
