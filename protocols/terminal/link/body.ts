import { bcdDigits, encodeBcd } from '../../bytes/bcd.ts';
import { decodeLatin1, encodeLatin1 } from '../../bytes/latin1.ts';

// The body of a frame of the Link family: a head of fixed width, then fields, each closed by 1C (terminals.md 2.1).
//
//   Link   6000000000 1 0 20 00 1 <1C>       40 <00 12> 000000000100 <1C>      pay 1.00 (KBTG's document)
//          transport  | | |  |  more to come  |  BCD    data
//                     | | |  response         type
//                     | | transaction
//                     | 0 request, 1 response, 2 no reply wanted
//                     version
//
//   NETS   240131235959 30 01 0 <1C>          the first 12 digits come back in the answer: they say whose it is
//          ECN          |  |  reserved
//                       |  version
//                       function

const SEPARATOR = 0x1c;

/** The widths of a head, in order, by the names that the documents use. */
export const LINK_HEAD = { transport: 10, version: 1, req_resp: 1, tx: 2, resp: 2, more: 1 } as const;
export const NETS_HEAD = { ecn: 12, tx: 2, version: 2, more: 1 } as const;
export type Head = typeof LINK_HEAD | typeof NETS_HEAD;
export type HeadValues<H extends Head> = { readonly [name in keyof H]: string };

/** Type (2 characters) and data, Latin-1: what a terminal prints in its own charset passes through unharmed. */
export type LinkField = readonly [type: string, data: string];

export interface LinkBody<H extends Head = Head> {
  readonly head: HeadValues<H>;
  readonly fields: readonly LinkField[];
}

/** Why a body cannot be read. */
export type LinkTrouble = 'short-head' | 'no-separator' | 'bad-field-length' | 'cut-field';

export function decodeLinkBody<H extends Head>(widths: H, body: Uint8Array): LinkBody<H> | LinkTrouble {
  const names = Object.entries(widths);
  const length = names.reduce((sum, [, width]) => sum + width, 0);
  if (body.length < length) return 'short-head';
  const text = decodeLatin1(body.subarray(0, length));
  let at = 0;
  const head = Object.fromEntries(names.map(([name, width]) => [name, text.slice(at, (at += width))]));
  if (body[length] !== SEPARATOR) return 'no-separator';
  const fields = decodeFields(body.subarray(length + 1));
  return typeof fields === 'string' ? fields : { head: head as HeadValues<H>, fields };
}

function decodeFields(bytes: Uint8Array): LinkField[] | LinkTrouble {
  const fields: LinkField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const digits = bcdDigits(bytes.subarray(at + 2, at + 4));
    if (digits?.length !== 4) return 'bad-field-length';
    const end = at + 4 + Number(digits);
    if (end >= bytes.length) return 'cut-field';
    if (bytes[end] !== SEPARATOR) return 'no-separator';
    fields.push([decodeLatin1(bytes.subarray(at, at + 2)), decodeLatin1(bytes.subarray(at + 4, end))]);
    at = end + 1;
  }
  return fields;
}

/** Throws RangeError when a value has not its width: a head is written by code, never by a person. */
export function encodeLinkBody<H extends Head>(widths: H, { head, fields }: LinkBody<H>): Uint8Array {
  const values: Readonly<Record<string, string>> = head;
  const text = Object.entries(widths).map(([name, width]) => {
    const value = values[name] ?? '';
    if (value.length !== width) throw new RangeError(`${name} has ${width} characters, not ${value.length}`);
    return value;
  });
  const parts = [latin1(text.join('')), Uint8Array.of(SEPARATOR), ...fields.flatMap(encodeField)];
  const body = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

function encodeField([type, data]: LinkField): Uint8Array[] {
  if (type.length !== 2) throw new RangeError(`a field's type has 2 characters, not ${type.length}`);
  return [latin1(type), encodeBcd(data.length, 2), latin1(data), Uint8Array.of(SEPARATOR)];
}

function latin1(text: string): Uint8Array {
  const bytes = encodeLatin1(text);
  if (!bytes) throw new RangeError('only Latin-1 fits into a field');
  return bytes;
}

export function linkField({ fields }: Pick<LinkBody, 'fields'>, type: string): string | undefined {
  return fields.find(([name]) => name === type)?.[1];
}
