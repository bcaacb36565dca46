import { toHex } from '../../protocols/bytes/hex.ts';
import { decodeLatin1 } from '../../protocols/bytes/latin1.ts';
import { apduHead, decodeApdu, isApduError, type Message } from '../../protocols/terminal/zvt/apdu.ts';
import { valueOf } from '../../protocols/terminal/zvt/bmp-list.ts';
import type { BmpId } from '../../protocols/terminal/zvt/bmps.ts';
import type { HeadName } from '../../protocols/terminal/zvt/commands.ts';
import { resultValues } from '../../protocols/terminal/zvt/values.ts';
import type { Claim } from './prose.ts';

// What the sentences of the ZVT files say about the bytes, and what the bytes say themselves.

export interface Given {
  readonly apdu: Uint8Array;
  readonly message: Message | undefined;
}

export function given(apdu: Uint8Array): Given {
  const message = decodeApdu(apdu);
  return { apdu, message: isApduError(message) ? undefined : message };
}

export const upper = (bytes: Uint8Array) => toHex(bytes).toUpperCase();
export const once = (count: number) => (count === 1 ? 'once' : `${count} times`);
const spaced = (bytes: Uint8Array) => upper(bytes).replace(/..(?=.)/g, '$& ');

export function headOf({ message }: Given, name: HeadName): Uint8Array | undefined {
  const head: Readonly<Partial<Record<HeadName, Uint8Array>>> = message?.head ?? {};
  return head[name];
}

export function fieldOf({ message }: Given, bmp: string): Uint8Array | undefined {
  return message && valueOf(message.fields, bmp as BmpId);
}

export const valuesOf = ({ message }: Given) => (message ? resultValues(message.fields) : {});

const headHex = (given: Given, name: HeadName) => {
  const value = headOf(given, name);
  return value && upper(value);
};

/** How the number after a word is written is how it is compared. */
export const MESSAGE_CLAIMS: readonly Claim<Given>[] = [
  [/^[0-9A-F]{2} [0-9A-F]{2}(?=[ :,(]|$)/, (_, { apdu }) => spaced(apdu.subarray(0, 2))],
  [/(?<=^[0-9A-F]{2} [0-9A-F]{2} )[0-9A-F]{2}(?= \()/, (_, { apdu }) => upper(apdu.subarray(2, 3))],
  [/(?<=password )\d{6}/, (_, given) => headHex(given, 'password')],
  [/(?<=config )[0-9A-F]{2}/, (_, given) => headHex(given, 'config')],
  [/(?<=CC )\d{4}/, (_, given) => headHex(given, 'currency')],
  [/(?<=attribute )[0-9A-F]{2}/, (_, given) => headHex(given, 'attribute')],
  [/(?<=terminal status )[0-9A-F]{2}/, (_, given) => headHex(given, 'state')],
  [
    /(?<=BMP )([0-9A-F]{2}) = [0-9A-F]{2}/,
    (said, given) => `${said.slice(0, 2)} = ${upper(fieldOf(given, said.slice(0, 2)) ?? new Uint8Array())}`,
  ],
  [/(?<=LLLVAR )\d+ "[^"]*"/, (_, given) => lllvar(headOf(given, 'version'))],
  [/\d+ blanks \+ "[^"]*"/, (_, given) => blanks(headOf(given, 'text'))],
  [
    /(?<=APDU length )FF [0-9A-F]{2} [0-9A-F]{2} \(=\d+/,
    (_, { apdu }) => `${spaced(apdu.subarray(2, 5))} (=${apduHead(apdu)?.declared ?? 0}`,
  ],
  [/\d+ text lines of \d+ bytes/, (said, given) => textLines(said, given)],
];

export const AMOUNT_CLAIMS: readonly Claim<Given>[] = [
  [/(?<=amount )\d+/, (_, given) => numberText(valuesOf(given).amount)],
  [/(?<=currency )\d+/, (_, given) => numberText(valuesOf(given).currency)],
  [/(?<=\bauth )\d+\.\d\d/, (_, given) => numberText(valuesOf(given).amount, 100)],
];

function numberText(value: number | undefined, scale = 1): string | undefined {
  if (value === undefined) return undefined;
  return scale === 1 ? String(value) : (value / scale).toFixed(2);
}

function lllvar(version: Uint8Array | undefined): string | undefined {
  return version && `${version.length} "${decodeLatin1(version)}"`;
}

function blanks(text: Uint8Array | undefined): string | undefined {
  const [, before = '', rest = ''] = /^( *)([^]*)$/.exec(decodeLatin1(text ?? new Uint8Array())) ?? [];
  return text && `${before.length} blanks + "${rest}"`;
}

function textLines(said: string, { message }: Given): string {
  const lines = (message?.fields ?? []).flatMap(({ tlv = [] }) =>
    tlv.filter(({ tag }) => tag === '25').flatMap(({ children = [] }) => children.filter(({ tag }) => tag === '07')),
  );
  const lengths = new Set(lines.map(({ value }) => value.length));
  return lengths.size === 1
    ? said.replace(/^\d+/, String(lines.length)).replace(/\d+(?= bytes)/, String([...lengths][0]))
    : said;
}
