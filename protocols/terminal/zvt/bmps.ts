// Every BMP (data field) of ZVT and how long it is (PA00P015 rev 13.08, table 17). A BMP that is not here cannot be skipped,
// because nobody knows where it ends: the answer is 84 83 00.

/** `fixed:N` bytes; LLVAR `Fx Fy` and LLLVAR `Fx Fy Fz` give the length as decimal digits; TLV has a BER length. */
export type BmpFormat = `fixed:${number}` | 'LLVAR' | 'LLLVAR' | 'TLV';

export interface Bmp {
  readonly name: string;
  readonly format: BmpFormat;
  /** of the card or its holder, or a password: masked wherever it is shown */
  readonly secret?: true;
}

export const BMPS = {
  '01': { name: 'timeout', format: 'fixed:1' },
  '02': { name: 'max status infos', format: 'fixed:1' },
  '03': { name: 'service byte', format: 'fixed:1' },
  '04': { name: 'amount (minor units, BCD)', format: 'fixed:6' },
  '05': { name: 'pump no', format: 'fixed:1' },
  '06': { name: 'TLV container', format: 'TLV' },
  '0B': { name: 'trace no', format: 'fixed:3' },
  '0C': { name: 'time HHMMSS', format: 'fixed:3' },
  '0D': { name: 'date MMDD', format: 'fixed:2' },
  '0E': { name: 'expiry YYMM', format: 'fixed:2' },
  '17': { name: 'card sequence no', format: 'fixed:2' },
  '19': { name: 'status/payment-type/card-type (by command)', format: 'fixed:1' },
  '22': { name: 'PAN (E = masked digit, F = pad)', format: 'LLVAR', secret: true },
  '23': { name: 'track 2', format: 'LLVAR', secret: true },
  '24': { name: 'track 3', format: 'LLLVAR', secret: true },
  '27': { name: 'result code', format: 'fixed:1' },
  '29': { name: 'terminal id', format: 'fixed:4' },
  '2A': { name: 'VU number (15 ASCII)', format: 'fixed:15' },
  '2D': { name: 'track 1', format: 'LLVAR', secret: true },
  '2E': { name: 'sync chip data', format: 'LLLVAR', secret: true },
  '37': { name: 'original trace', format: 'fixed:3' },
  '3A': { name: 'CVV', format: 'fixed:2', secret: true },
  '3B': { name: 'AID (authorisation attribute)', format: 'fixed:8' },
  '3C': { name: 'additional text', format: 'LLLVAR' },
  '3D': { name: 'password', format: 'fixed:3', secret: true },
  '49': { name: 'currency', format: 'fixed:2' },
  '60': { name: 'individual totals', format: 'LLLVAR' },
  '70': { name: 'image request id', format: 'fixed:4' },
  '71': { name: 'image total size', format: 'fixed:4' },
  '72': { name: 'MIME type', format: 'fixed:1' },
  '73': { name: 'image encoding', format: 'fixed:1' },
  '74': { name: 'chunks', format: 'fixed:1' },
  '75': { name: 'chunk index', format: 'fixed:1' },
  '87': { name: 'receipt no', format: 'fixed:2' },
  '88': { name: 'turnover no', format: 'fixed:3' },
  '8A': { name: 'ZVT card type', format: 'fixed:1' },
  '8B': { name: 'card name', format: 'LLVAR' },
  '8C': { name: 'operator card type', format: 'fixed:1' },
  '9A': { name: 'GeldKarte record', format: 'LLLVAR', secret: true },
  A0: { name: 'result code AS', format: 'fixed:1' },
  A7: { name: 'chip data', format: 'LLVAR', secret: true },
  AA: { name: 'date YYMMDD', format: 'fixed:3' },
  AF: { name: 'EF_Info', format: 'LLLVAR', secret: true },
  BA: { name: 'AID parameter', format: 'fixed:5' },
  D0: { name: 'algorithm key', format: 'fixed:1' },
  D1: { name: 'card offset/PIN data', format: 'LLVAR', secret: true },
  D2: { name: 'card output direction', format: 'fixed:1' },
  D3: { name: 'DUKPT key id', format: 'fixed:1' },
  E0: { name: 'min input length', format: 'fixed:1' },
  E9: { name: 'max input length', format: 'fixed:1' },
  EA: { name: 'echo input', format: 'fixed:1' },
  EB: { name: 'MAC', format: 'fixed:8' },
  F0: { name: 'display duration s', format: 'fixed:1' },
  F9: { name: 'beeps', format: 'fixed:1' },
  FA: { name: 'card reader activation', format: 'fixed:1' },
  FB: { name: 'confirm with OK', format: 'fixed:1' },
  FC: { name: 'dialog control', format: 'fixed:1' },
  FD: { name: 'display device', format: 'fixed:1' },
  E1: { name: 'text2 line 1', format: 'LLVAR' },
  F1: { name: 'text1 line 1', format: 'LLVAR' },
  E2: { name: 'text2 line 2', format: 'LLVAR' },
  F2: { name: 'text1 line 2', format: 'LLVAR' },
  E3: { name: 'text2 line 3', format: 'LLVAR' },
  F3: { name: 'text1 line 3', format: 'LLVAR' },
  E4: { name: 'text2 line 4', format: 'LLVAR' },
  F4: { name: 'text1 line 4', format: 'LLVAR' },
  E5: { name: 'text2 line 5', format: 'LLVAR' },
  F5: { name: 'text1 line 5', format: 'LLVAR' },
  E6: { name: 'text2 line 6', format: 'LLVAR' },
  F6: { name: 'text1 line 6', format: 'LLVAR' },
  E7: { name: 'text2 line 7', format: 'LLVAR' },
  F7: { name: 'text1 line 7', format: 'LLVAR' },
  E8: { name: 'text2 line 8', format: 'LLVAR' },
  F8: { name: 'text1 line 8', format: 'LLVAR' },
} as const satisfies Record<string, Bmp>;

export type BmpId = keyof typeof BMPS;

export function bmpOf(id: number): Bmp | undefined {
  return (BMPS as Readonly<Record<string, Bmp>>)[id.toString(16).toUpperCase().padStart(2, '0')];
}
