import { SSI_BEEP, SSI_PARAMETERS, type SsiParameter } from './ssi-table.ts';

// PARAM_SEND: a beep code, then numbers and values (scanners.md 2.2, enioka ParamSendParser).
//
//   FF EE 01                 no beep, packet format = packeted
//   FF F4 F0 3E 04 FF        word 1279 of parameter 318, from a decoder
//      ^word ^F0 = 256 + 3E

export type SsiParameterValue =
  | { readonly number: number; readonly type: 'byte' | 'word'; readonly value: number }
  | { readonly number: number; readonly type: 'string' | 'array'; readonly value: Uint8Array };

/** prefixes of a value that is not one byte */
const STRING = 0xf3;
const WORD = 0xf4;
const ARRAY = 0xf6;
/** prefixes of a number that does not fit: F0 256.., F1 512.., F2 768.., F8 two bytes */
const PAGES = [0xf0, 0xf1, 0xf2];
const WIDE = 0xf8;
/** above this a first byte is a prefix */
const MAX_SHORT = 0xef;

export function encodeParameterNumber(number: number): number[] {
  if (number <= MAX_SHORT) return [number];
  const page = PAGES[(number >> 8) - 1];
  return page === undefined || number < 256 ? [WIDE, number >> 8, number & 0xff] : [page, number & 0xff];
}

/** Data of a PARAM_SEND. Bytes only: an agent sets nothing else. */
export function encodeParameters(
  values: readonly (readonly [number: number, value: number])[],
  beep: number = SSI_BEEP.none,
): number[] {
  return [beep, ...values.flatMap(([number, value]) => [...encodeParameterNumber(number), value])];
}

/** The values of a PARAM_SEND, or `undefined` when the bytes end in the middle of one. */
export function decodeParameters(data: Uint8Array): SsiParameterValue[] | undefined {
  const values: SsiParameterValue[] = [];
  for (let at = 1; at < data.length; ) {
    const step = parameterAt(data, at);
    if (!step || step.next > data.length) return undefined;
    values.push(step.value);
    at = step.next;
  }
  return values;
}

function parameterAt(data: Uint8Array, at: number): { value: SsiParameterValue; next: number } | undefined {
  const prefix = data[at] ?? 0;
  const typed = prefix === STRING || prefix === WORD || prefix === ARRAY;
  const found = numberAt(data, typed ? at + 1 : at);
  if (!found) return undefined;
  const { number, next } = found;
  if (prefix === WORD)
    return { value: { number, type: 'word', value: ((data[next] ?? 0) << 8) | (data[next + 1] ?? 0) }, next: next + 2 };
  if (!typed) return { value: { number, type: 'byte', value: data[next] ?? 0 }, next: next + 1 };
  const end = next + 1 + (data[next] ?? 0);
  const type = prefix === STRING ? 'string' : 'array';
  return { value: { number, type, value: data.subarray(next + 1, end) }, next: end };
}

function numberAt(data: Uint8Array, at: number): { number: number; next: number } | undefined {
  const [first, second = 0, third = 0] = data.subarray(at, at + 3);
  if (first === undefined) return undefined;
  if (first <= MAX_SHORT) return { number: first, next: at + 1 };
  if (first === WIDE) return { number: (second << 8) | third, next: at + 3 };
  const page = PAGES.indexOf(first);
  return page < 0 ? undefined : { number: 256 * (page + 1) + second, next: at + 2 };
}

const BY_NUMBER: ReadonlyMap<number, readonly [string, SsiParameter]> = new Map(
  Object.entries(SSI_PARAMETERS).map(([name, row]) => [row.number, [name, row]]),
);

export function ssiParameterName(number: number): string | undefined {
  return BY_NUMBER.get(number)?.[0];
}

/** true: after the ACK the gun speaks with other line settings. */
export function changesLine(data: Uint8Array): boolean {
  return (decodeParameters(data) ?? []).some(({ number }) => BY_NUMBER.get(number)?.[1].changesLine === true);
}
