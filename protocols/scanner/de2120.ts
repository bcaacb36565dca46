import { decodeLatin1 } from '../bytes/latin1.ts';
import { type GunCommand, type Heard, REPLY_MS } from './gun-language.ts';

// DYScan DE2120 (scanners.md 3.4; SparkFun_DE2120_Arduino_Library): "^_^" command argument ".", answered by one byte.
//
//   5E 5F 5E  53 43 41 4E  2E        ^_^SCAN.         start a scan
//   06                               done; 15: not known, or not now
//
// Comes set to GBK: text beyond ASCII is readable once 232UTF1 was sent.

export interface De2120Row {
  /** what may follow the word, and what it means; absent: nothing follows */
  readonly arguments?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const SWITCH = { '0': 'off', '1': 'on' } as const;
/** The version takes 430 ms, a new baud rate more than 300 (SparkFun). */
const SLOW_MS = 800;

export const DE2120_COMMANDS = {
  SCAN: {},
  SLEEP: {},
  DEFALT: {},
  DSPYFW: { timeoutMs: SLOW_MS },
  BEPPWM: { arguments: { '0': 'active', '1': 'low', '2': 'middle', '3': 'high' } },
  BEPSUC: { arguments: SWITCH },
  BEPPWR: { arguments: SWITCH },
  LAMENA: { arguments: SWITCH },
  AIMENA: { arguments: SWITCH },
  IMGREG: { arguments: { '0': 'whole width', '1': '80 %', '2': '60 %', '3': '40 %', '4': '20 %' } },
  MIRLRE: { arguments: SWITCH },
  UTFEAN: { arguments: { '0': 'GBK', '1': 'UTF-8' } },
  '232UTF': { arguments: { '0': 'GBK', '1': 'UTF-8', '2': 'UTF-16 BE', '3': 'UTF-16 LE' } },
  SPCINV: { arguments: SWITCH },
  KBDVIR: { arguments: SWITCH },
  POR: { arguments: { KBD: 'USB keyboard', HID: 'USB HID POS', VIC: 'USB serial', '232': 'RS-232' } },
  '232BAD': {
    arguments: {
      '2': '1200',
      '3': '2400',
      '4': '4800',
      '5': '9600',
      '6': '19200',
      '7': '38400',
      '8': '57600',
      '9': '115200',
    },
    timeoutMs: SLOW_MS,
  },
  SCM: { arguments: { MAN: 'by trigger', CNT: 'continuous', MDH: 'by motion' } },
  CNTALW: { arguments: { '0': 'once', '1': 'no pause', '2': '0.5 s', '3': '1 s' } },
  MDTTHR: { arguments: { '15': 'highest', '20': 'high', '30': 'higher', '50': 'middle', '100': 'low' } },
  CIDENA: { arguments: SWITCH },
  KBDCNV: { arguments: { '0': 'as it is', '1': 'capitals', '2': 'small letters', '3': 'exchanged' } },
  ODCENA: {},
  ODCDIS: {},
  AQRENA: {},
  AQRDIS: {},
  UPAENA: { arguments: SWITCH },
  UPEENA: { arguments: SWITCH },
  EA8ENA: { arguments: SWITCH },
  E13ENA: { arguments: SWITCH },
  '128ENA': { arguments: SWITCH },
  GS1ENA: { arguments: SWITCH },
  C39ENA: { arguments: SWITCH },
  C93ENA: { arguments: SWITCH },
  C11ENA: { arguments: SWITCH },
  I25ENA: { arguments: SWITCH },
  M25ENA: { arguments: SWITCH },
  GS1DBE: { arguments: SWITCH },
  D25ENA: { arguments: SWITCH },
  QRCENA: { arguments: SWITCH },
  DMCENA: { arguments: SWITCH },
  PDFENA: { arguments: SWITCH },
  MCFENA: { arguments: SWITCH },
  AZTENA: { arguments: SWITCH },
} as const satisfies Record<string, De2120Row>;

export type De2120Word = keyof typeof DE2120_COMMANDS;

/** Named as the vectors and technicians do. */
export const DE2120_NAMED = {
  scan: 'SCAN',
  stop: 'SLEEP',
  defaults: 'DEFALT',
  version: 'DSPYFW',
  'beep on decode off': 'BEPSUC0',
  'beep on decode on': 'BEPSUC1',
  'boot beep off': 'BEPPWR0',
  'boot beep on': 'BEPPWR1',
  'light off': 'LAMENA0',
  'light on': 'LAMENA1',
  'aim off': 'AIMENA0',
  'aim on': 'AIMENA1',
  'gbk serial': '232UTF0',
  'utf-8 serial': '232UTF1',
  'usb com': 'PORVIC',
  'usb hid': 'PORHID',
  'usb keyboard': 'PORKBD',
  '115200': '232BAD9',
  '57600': '232BAD8',
  '38400': '232BAD7',
  '19200': '232BAD6',
  '9600': '232BAD5',
  continuous: 'SCMCNT',
  manual: 'SCMMAN',
  motion: 'SCMMDH',
} as const satisfies Record<string, string>;

const HEAD = '^_^';
export const DE2120_ACK = 0x06;
export const DE2120_NAK = 0x15;

export interface De2120Command {
  readonly word: De2120Word;
  readonly argument: string;
}

export function encodeDe2120(text: string): Uint8Array {
  return Uint8Array.from(`${HEAD}${text}.`, (char) => char.charCodeAt(0));
}

/** A command whose word and argument the table knows. */
export function parseDe2120(bytes: Uint8Array): De2120Command | undefined {
  const text = decodeLatin1(bytes);
  if (!text.startsWith(HEAD) || !text.endsWith('.')) return undefined;
  const said = text.slice(HEAD.length, -1);
  const words = (Object.keys(DE2120_COMMANDS) as De2120Word[]).filter((word) => said.startsWith(word));
  const word = words.find((known) => isArgument(known, said.slice(known.length)));
  return word && { word, argument: said.slice(word.length) };
}

function isArgument(word: De2120Word, argument: string): boolean {
  const row: De2120Row = DE2120_COMMANDS[word];
  return row.arguments ? argument in row.arguments : argument === '';
}

const OK: Heard = { length: 1, reply: { outcome: 'ok' } };
const DENIED: Heard = { length: 1, reply: { outcome: 'denied' } };

function hear(bytes: Uint8Array, from: number): Heard {
  if (bytes[from] === DE2120_ACK) return OK;
  return bytes[from] === DE2120_NAK ? DENIED : 'no';
}

export function de2120Command(name: string, text: string): GunCommand {
  const row: De2120Row = DE2120_COMMANDS[parseDe2120(encodeDe2120(text))?.word ?? 'SCAN'];
  const reply = { starts: [DE2120_ACK, DE2120_NAK], hear };
  return { name, bytes: encodeDe2120(text), reply, timeoutMs: row.timeoutMs ?? REPLY_MS };
}
