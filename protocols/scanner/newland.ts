import { decodeLatin1, encodeLatin1 } from '../bytes/latin1.ts';
import { type GunCommand, type Heard, startsLike } from './gun-language.ts';
import {
  type AnsweredItem,
  answerText,
  itemsText,
  type MenuItem,
  menuOutcome,
  parseAnswer,
  parseItems,
} from './tag-menu.ts';

// Newland in ASCII (scanners.md 3.2; HR42 p.16, HR52 p.35 and p.234). Its engines also speak `7E 00`, see grow.ts.
//
//   7E 01 30 30 30 30  40  43 31 31 45 4E 41 31 2C ...  3B 03      ~ SOH 0000 @ C11ENA1,MIN12,MAX22 ; ETX
//   head               storage: @ flash, # RAM          end
//
//   02 01 30 30 30 30  40  43 31 31 45 4E 41 31 06 2C ... 06 3B 03  the same with a status before , and ;
//
// Queries: * current, & default, ^ range. Capitals only.

export type NewlandStorage = 'ram' | 'flash';
const STORAGE = { flash: '@', ram: '#' } as const;
const ADDRESS = [0x01, 0x30, 0x30, 0x30, 0x30] as const;
const HOST = 0x7e;
const GUN = 0x02;
const ETX = 0x03;
const END = ';';
/** The longest group that can be asked for has some hundred settings of ten characters. */
const MAX_ANSWER = 4096;

export interface NewlandFrame<T extends MenuItem> {
  readonly storage: NewlandStorage;
  readonly items: readonly T[];
}

export function encodeNewland({ storage, items }: NewlandFrame<MenuItem>): Uint8Array {
  return framed(HOST, storage, itemsText(items));
}

export function encodeNewlandAnswer({ storage, items }: NewlandFrame<AnsweredItem>): Uint8Array {
  return framed(GUN, storage, answerText(items));
}

function framed(from: number, storage: NewlandStorage, text: string): Uint8Array {
  return Uint8Array.of(from, ...ADDRESS, ...(encodeLatin1(STORAGE[storage] + text + END) ?? []), ETX);
}

export function parseNewland(bytes: Uint8Array): NewlandFrame<MenuItem> | undefined {
  const body = bodyOf(bytes, HOST);
  const items = body && parseItems(body.text);
  return items && { storage: body.storage, items };
}

export function parseNewlandAnswer(bytes: Uint8Array): NewlandFrame<AnsweredItem> | undefined {
  const body = bodyOf(bytes, GUN);
  const items = body && parseAnswer(body.text);
  return items && { storage: body.storage, items };
}

function bodyOf(bytes: Uint8Array, from: number): { storage: NewlandStorage; text: string } | undefined {
  const text = decodeLatin1(bytes.subarray(1 + ADDRESS.length));
  const storage = text.startsWith(STORAGE.flash) ? 'flash' : text.startsWith(STORAGE.ram) ? 'ram' : undefined;
  if (!startsLike(bytes, [from, ...ADDRESS]) || !storage || !text.endsWith(`${END}\u0003`)) return undefined;
  return { storage, text: text.slice(1, -2) };
}

const ANSWER_HEAD = [GUN, ...ADDRESS];

function hear(bytes: Uint8Array, from: number): Heard {
  if (!startsLike(bytes, ANSWER_HEAD, from)) return 'no';
  const end = bytes.indexOf(ETX, from);
  const length = (end < 0 ? bytes.length : end + 1) - from;
  if (length > MAX_ANSWER) return { length: MAX_ANSWER };
  if (end < 0) return 'more';
  const answer = parseNewlandAnswer(bytes.subarray(from, end + 1));
  if (!answer) return { length };
  const data = encodeLatin1(itemsText(answer.items)) ?? new Uint8Array();
  return { length, reply: { outcome: menuOutcome(answer.items), data } };
}

export function newlandCommand(name: string, frame: NewlandFrame<MenuItem>): GunCommand {
  return { name, bytes: encodeNewland(frame), reply: { starts: [GUN], hear } };
}

/** Is this an answer of a Newland engine, in either of its languages? For HID POS, where each has a report of its own. */
export function isNewlandAnswer(bytes: Uint8Array): boolean {
  return bytes[0] === GUN && (bytes[1] === ADDRESS[0] || bytes[1] === 0x00);
}
