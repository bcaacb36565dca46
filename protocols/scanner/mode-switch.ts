import { encodeLatin1 } from '../bytes/latin1.ts';
import { codewords128, WIDTHS_128 } from '../escpos/code128.ts';
import type { UsbGunMode } from './usb-ids.ts';

// How a gun is brought into another mode: a setting barcode that it reads itself. Makers begin theirs with FNC3, so that no
// product can be mistaken for one (the form is from memory for Honeywell).
//
//   START B, FNC3, "TRMUSB130.", check, STOP                    Honeywell: USB serial
//   START B, FNC3, "$P,HA47,P", CODE A, CR, check, STOP         Datalogic: USB-COM

export interface ModeSwitch {
  readonly vendors: readonly string[];
  readonly to: Extract<UsbGunMode, 'serial' | 'hid-pos'>;
  /** what the setting barcode says, behind its FNC3 */
  readonly says: string;
  readonly source: string;
  /** nobody has been seen to print it: to be tried before it is relied on */
  readonly untried?: true;
}

const HONEYWELL = ['0c2e', '0536', '23d0'];
const DATALOGIC = ['05f9', '080c'];

const MODE_SWITCHES: readonly ModeSwitch[] = [
  {
    vendors: HONEYWELL,
    to: 'serial',
    says: 'TRMUSB130.',
    source: 'terminal id 130 in the manuals of 1200g, 1300g and 1450g; the menu command in two public programs',
    untried: true,
  },
  {
    vendors: HONEYWELL,
    to: 'hid-pos',
    says: 'PAP131.',
    source: 'label PAP131 of the Voyager 1200g manual, named by a public program',
    untried: true,
  },
  {
    vendors: DATALOGIC,
    to: 'serial',
    says: '$P,HA47,P\r',
    source: 'form: anders/td1100 (FNC3 $ commands CR); HA47 as USB-COM in a public test list',
    untried: true,
  },
];

export function modeSwitch(vendor: string, to: ModeSwitch['to']): ModeSwitch | undefined {
  return MODE_SWITCHES.find((row) => row.to === to && row.vendors.includes(vendor));
}

/** The setting barcode as CODE128 modules: true is a bar. */
export function settingBars({ says }: ModeSwitch): boolean[] {
  const data = encodeLatin1(`{B{3${says.replace(/\r$/, '{A\r')}`) ?? new Uint8Array();
  return (codewords128(data, false) ?? []).flatMap((value) =>
    [...(WIDTHS_128[value] ?? '')].flatMap((width, n) => Array<boolean>(Number(width)).fill(n % 2 === 0)),
  );
}
