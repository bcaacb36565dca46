// How each way of speaking names what was read (scanners.md 1.1, 1.2, 2.2): the AIM id (ISO/IEC 15424), Honeywell's code id,
// Zebra's bar code type. A gun that has no name for a symbology sends none.

export interface SymbologyIds {
  readonly aim: string;
  /** with ECI escapes in the data */
  readonly aimWithEci?: string;
  /** enioka SymbologyId.java */
  readonly honeywell?: string;
  /** bar code type of DECODE_DATA */
  readonly ssi: number;
}

const SYMBOLOGIES = {
  QR: { aim: ']Q1', aimWithEci: ']Q2', honeywell: 's', ssi: 0x1c },
  'Code 128': { aim: ']C0', honeywell: 'j', ssi: 0x03 },
  'GS1-128': { aim: ']C1', honeywell: 'I', ssi: 0x0f },
  'EAN-13': { aim: ']E0', honeywell: 'd', ssi: 0x0b },
  'EAN-8': { aim: ']E4', ssi: 0x0a },
  'Code 39': { aim: ']A0', ssi: 0x01 },
  'Interleaved 2of5': { aim: ']I0', ssi: 0x06 },
  DataMatrix: { aim: ']d1', honeywell: 'w', ssi: 0x1b },
  PDF417: { aim: ']L0', honeywell: 'r', ssi: 0x11 },
  Aztec: { aim: ']z0', honeywell: 'z', ssi: 0x2d },
  'Han Xin': { aim: ']h0', honeywell: 'H', ssi: 0xb7 },
} as const satisfies Record<string, SymbologyIds>;

export type Symbology = keyof typeof SYMBOLOGIES;

export function symbologyIds(symbology: Symbology): SymbologyIds {
  return SYMBOLOGIES[symbology];
}
