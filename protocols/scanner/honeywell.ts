import { decodeLatin1, encodeLatin1 } from '../bytes/latin1.ts';
import type { GunCommand, Heard } from './gun-language.ts';
import {
  type AnsweredItem,
  answerText,
  itemsText,
  MENU_STATUS,
  type MenuItem,
  menuOutcome,
  parseAnswer,
  parseItems,
} from './tag-menu.ts';

// Honeywell, HHP, Metrologic of today, Youjie (scanners.md 3.1; 2020 p.141, Xenon 1900 p.271, N3680 p.160).
//
//   16 54 0D                                        SYN T CR: trigger
//   16 4D 0D  43 42 52 45 4E 41 3F 2E               SYN M CR "CBRENA?.": is Codabar on?
//             43 42 52 45 4E 41 31 06 2E            "CBRENA1" ACK ".": yes
//
// "." writes to flash, which wears out; "!" only to RAM. ^ default, ? current, * range. 05 before a separator: no such
// tag; 15: no such value. Trigger, release and beep are not answered.

const SYN = 0x16;
const CR = 0x0d;

export type HoneywellStorage = 'ram' | 'flash';
const STORAGE = { ram: '!', flash: '.' } as const;

/** SYN, one byte, CR. */
export const HONEYWELL_KEYS = { trigger: 0x54, release: 0x55, beep: 0x07 } as const;
export type HoneywellKey = keyof typeof HONEYWELL_KEYS;

/** Menu commands worth a name, without their end; those marked * are from memory. */
export const HONEYWELL_MENU = {
  illuminationOff: 'SCNLED0',
  illuminationOn: 'SCNLED1',
  aimerOff: 'SCNAIM0',
  aimerOn: 'SCNAIM2',
  firmware: 'REVINF',
  decodeHeaderOn: 'DECHDR1',
  decodeHeaderOff: 'DECHDR0',
  noReadOn: 'SHWNRD1', // *
  noReadOff: 'SHWNRD0', // *
  volumeOff: 'BEPLVL0',
  volumeLow: 'BEPLVL1',
  volumeMiddle: 'BEPLVL2',
  volumeHigh: 'BEPLVL3',
  decodeBeepOff: 'BEPDEC0', // *
  decodeBeepOn: 'BEPDEC1', // *
  baud9600: '232BAD5',
  baud115200: '232BAD9',
} as const satisfies Record<string, string>;

/** Settings of a group as they leave the factory (2020 p.141): what `CBR^` answers. */
export const HONEYWELL_DEFAULTS: readonly MenuItem[] = [
  { tag: 'CBR', sub: 'ENA', data: '1' },
  { tag: 'CBR', sub: 'SSX', data: '0' },
  { tag: 'CBR', sub: 'CK2', data: '0' },
  { tag: 'CBR', sub: 'CCT', data: '1' },
  { tag: 'CBR', sub: 'MIN', data: '2' },
  { tag: 'CBR', sub: 'MAX', data: '60' },
  { tag: 'CBR', sub: 'DFT', data: '' },
];

/**
 * Code ids that name what was read (enioka SymbologyId.java). They stand before the code when the gun is told so, in the
 * decode header, and in byte 61 of a HID POS report.
 */
export const HONEYWELL_CODE_IDS: Readonly<Record<string, string>> = {
  s: 'QR',
  j: 'Code 128',
  d: 'EAN-13',
  w: 'DataMatrix',
  r: 'PDF417',
  z: 'Aztec',
  I: 'GS1-128',
  '|': 'GS1-128',
  H: 'Han Xin',
  X: 'Grid Matrix',
};

export function honeywellKey(key: HoneywellKey): Uint8Array {
  return Uint8Array.of(SYN, HONEYWELL_KEYS[key], CR);
}

/** `text` with its end, e.g. `CBRENA?.` */
export function encodeHoneywellMenu(text: string): Uint8Array {
  return Uint8Array.of(SYN, 0x4d, CR, ...(encodeLatin1(text) ?? []));
}

export function honeywellMenuText(items: readonly MenuItem[], storage: HoneywellStorage): string {
  return itemsText(items) + STORAGE[storage];
}

export type HoneywellCommand =
  | { readonly kind: 'key'; readonly key: HoneywellKey }
  | {
      readonly kind: 'menu';
      readonly text: string;
      readonly items: readonly MenuItem[];
      readonly storage: HoneywellStorage;
    };

export function parseHoneywell(bytes: Uint8Array): HoneywellCommand | undefined {
  if (bytes[0] !== SYN || bytes[2] !== CR) return undefined;
  const key = (Object.keys(HONEYWELL_KEYS) as HoneywellKey[]).find((name) => HONEYWELL_KEYS[name] === bytes[1]);
  if (key && bytes.length === 3) return { kind: 'key', key };
  const text = decodeLatin1(bytes.subarray(3));
  const storage = text.endsWith('!') ? 'ram' : text.endsWith('.') ? 'flash' : undefined;
  const items = parseItems(text.slice(0, -1));
  return bytes[1] === 0x4d && items && storage ? { kind: 'menu', text, items, storage } : undefined;
}

/** An answer: its items, each with a status, and the end that the command had. */
export function parseHoneywellAnswer(bytes: Uint8Array): readonly AnsweredItem[] | undefined {
  const text = decodeLatin1(bytes);
  return /[.!]$/.test(text) ? parseAnswer(text.slice(0, -1)) : undefined;
}

export function encodeHoneywellAnswer(items: readonly AnsweredItem[], storage: HoneywellStorage): Uint8Array {
  return encodeLatin1(answerText(items) + STORAGE[storage]) ?? new Uint8Array();
}

/** The longest group that can be asked for has some hundred settings of ten characters. */
const MAX_ANSWER = 4096;

/** The echo of our tag, with statuses in it. Text without them is a code that happens to begin alike. */
function hearEcho(tag: string, bytes: Uint8Array, from: number): Heard {
  for (let n = 0; n < tag.length && from + n < bytes.length; n++)
    if (capital(bytes[from + n] ?? 0) !== tag.charCodeAt(n)) return 'no';
  const end = echoEnd(bytes, from);
  if (typeof end === 'string') return end;
  const items = parseHoneywellAnswer(bytes.subarray(from, end));
  const data = encodeLatin1(itemsText(items ?? [])) ?? new Uint8Array();
  return items ? { length: end - from, reply: { outcome: menuOutcome(items), data } } : { length: end - from };
}

/** Behind the last status and its `.` or `!`. */
function echoEnd(bytes: Uint8Array, from: number): number | 'more' | 'no' {
  const last = Math.min(bytes.length, from + MAX_ANSWER);
  for (let at = from; at < last; at++) {
    const [byte = 0, next] = [bytes[at], bytes[at + 1]];
    if (!isPrintable(byte) && !isStatus(byte)) return 'no';
    if (isStatus(byte) && (next === 0x2e || next === 0x21)) return at + 2;
  }
  return last < from + MAX_ANSWER ? 'more' : 'no';
}

function capital(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

function isStatus(byte: number | undefined): boolean {
  return byte === MENU_STATUS.ok || byte === MENU_STATUS.unknownTag || byte === MENU_STATUS.badData;
}

export function honeywellKeyCommand(key: HoneywellKey): GunCommand {
  return { name: key, bytes: honeywellKey(key) };
}

/** @param text with its end, e.g. `SCNLED0!` */
export function honeywellMenuCommand(name: string, text: string): GunCommand {
  const tag = text.slice(0, 3).toUpperCase();
  const starts = [tag.charCodeAt(0), tag.toLowerCase().charCodeAt(0)];
  return {
    name,
    bytes: encodeHoneywellMenu(text),
    reply: { starts, isText: true, hear: (bytes, from) => hearEcho(tag, bytes, from) },
  };
}
