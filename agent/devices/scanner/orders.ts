import { cipherlabCommand } from '../../../protocols/scanner/cipherlab.ts';
import { datalogicCommand } from '../../../protocols/scanner/datalogic.ts';
import { de2120Command } from '../../../protocols/scanner/de2120.ts';
import { GROW_COMMANDS, growCommand } from '../../../protocols/scanner/grow.ts';
import type { GunCommand } from '../../../protocols/scanner/gun-language.ts';
import { HONEYWELL_MENU, honeywellKeyCommand, honeywellMenuCommand } from '../../../protocols/scanner/honeywell.ts';
import { M3Y_COMMANDS, m3yCommand } from '../../../protocols/scanner/m3y.ts';
import { encodeParameters } from '../../../protocols/scanner/ssi-parameters.ts';
import type { SsiRequest } from '../../../protocols/scanner/ssi-session.ts';
import { SSI_BEEP, SSI_PARAMETERS } from '../../../protocols/scanner/ssi-table.ts';
import { VGUANG_MASK, vguangIndicator } from '../../../protocols/scanner/vguang.ts';

// What the counter wants of a gun, and how each language says it (scanners.md 2.2, 3). A language without a row cannot.

/** What the counter may want of a gun. */
export type GunOrder =
  /** a payment waits for a code, or none does */
  | 'arm'
  | 'disarm'
  /** as if somebody pulled the trigger, or let it go */
  | 'trigger'
  | 'release'
  /** the verdict on what was read, as a sound or a light */
  | 'good'
  | 'bad'
  /** the gun's own beep at every code is switched off until it loses power */
  | 'quiet';

export type GunOrders<T> = Readonly<Partial<Record<GunOrder, readonly T[]>>>;

export type CommandLanguage = 'honeywell' | 'newland' | 'grow' | 'm3y' | 'de2120' | 'datalogic' | 'cipherlab';

const honeywellBeep = honeywellKeyCommand('beep');
const cipherlabBeep = cipherlabCommand('#@//// CR');

/** For guns of one stream, where answers and codes come mixed. Nothing here is written to a gun's flash. */
export const COMMAND_ORDERS: Readonly<Record<CommandLanguage, GunOrders<GunCommand>>> = {
  honeywell: {
    trigger: [honeywellKeyCommand('trigger')],
    release: [honeywellKeyCommand('release')],
    good: [honeywellBeep],
    bad: [honeywellBeep, honeywellBeep, honeywellBeep],
    // from memory: hence only where the configuration asks for it
    quiet: [honeywellMenuCommand('decode beep off', `${HONEYWELL_MENU.decodeBeepOff}!`)],
  },
  // no page names a tag for any of it; a Newland engine that speaks `7E 00` is configured as grow
  newland: {},
  grow: { trigger: [growCommand('trigger', GROW_COMMANDS.trigger)] },
  m3y: {
    trigger: [m3yCommand('start', M3Y_COMMANDS.startScan)],
    release: [m3yCommand('stop', M3Y_COMMANDS.stopScan)],
    quiet: [m3yCommand('sound off', M3Y_COMMANDS.soundOff)],
  },
  de2120: {
    trigger: [de2120Command('scan', 'SCAN')],
    release: [de2120Command('stop', 'SLEEP')],
    quiet: [de2120Command('beep on decode off', 'BEPSUC0')],
  },
  datalogic: {
    arm: [datalogicCommand('E')],
    disarm: [datalogicCommand('D')],
    trigger: [datalogicCommand('T')],
    release: [datalogicCommand('X')],
    good: [datalogicCommand('B')],
    // "not on file" also disables: what holds at the counter is said again behind it (gun.ts)
    bad: [datalogicCommand('F')],
  },
  // it has no trigger for the host
  cipherlab: {
    arm: [cipherlabCommand('E')],
    disarm: [cipherlabCommand('D')],
    good: [cipherlabBeep],
    bad: [cipherlabBeep, cipherlabBeep, cipherlabBeep],
  },
};

/** Bad verdicts after which the gun is disabled. */
export const DISABLED_BY_BAD: ReadonlySet<string> = new Set<CommandLanguage>(['datalogic']);

export const SSI_ORDERS: GunOrders<SsiRequest> = {
  arm: [{ name: 'SCAN_ENABLE' }],
  disarm: [{ name: 'SCAN_DISABLE' }],
  trigger: [{ name: 'START_DECODE' }],
  release: [{ name: 'STOP_DECODE' }],
  good: [{ name: 'BEEP', data: [SSI_BEEP.twoShortHigh] }],
  bad: [{ name: 'BEEP', data: [SSI_BEEP.fourLongLow] }],
};

/** Codes as packets: only those have a checksum and are sent again when they were not heard. Until power is lost. */
export const SSI_PACKETED: SsiRequest = {
  name: 'PARAM_SEND',
  data: encodeParameters([[SSI_PARAMETERS.packetFormat.number, 1]]),
};

/** Vguang boxes: one high beep and green, three beeps and red. */
export const VGUANG_ORDERS: GunOrders<Uint8Array> = {
  good: [vguangIndicator(VGUANG_MASK.buzzer | VGUANG_MASK.green, 1, 150, 50)],
  bad: [vguangIndicator(VGUANG_MASK.buzzer | VGUANG_MASK.red, 3, 100, 100)],
};
