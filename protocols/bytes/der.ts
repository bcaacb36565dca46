// ASN.1 in its distinguished encoding (X.690), as much of it as certificates need: tag, length, content.

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const BOOLEAN = 0x01;

/** Nothing of ours is longer; a length that says more is not believed. */
const MOST_BYTES = 65_535;

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > MOST_BYTES) throw new RangeError(`${length} bytes in one DER element`);
  return joined([Uint8Array.from([tag, ...lengthBytes(length)]), ...parts]);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(SEQUENCE, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => der(SET, ...parts);
export const octets = (bytes: Uint8Array): Uint8Array => der(OCTET_STRING, bytes);
export const yes = (): Uint8Array => der(BOOLEAN, Uint8Array.of(0xff));
/** Whole octets: no unused bits. */
export const bits = (bytes: Uint8Array): Uint8Array => der(BIT_STRING, Uint8Array.of(0), bytes);
/** `[n]`, constructed. */
export const tagged = (n: number, ...parts: readonly Uint8Array[]): Uint8Array => der(0xa0 | n, ...parts);

/** A number without sign, big-endian. */
export function unsigned(bytes: Uint8Array): Uint8Array {
  const from = bytes.findIndex((byte) => byte !== 0);
  const short = from < 0 ? Uint8Array.of(0) : bytes.subarray(from);
  return der(INTEGER, ...((short[0] ?? 0) >= 0x80 ? [Uint8Array.of(0)] : []), short);
}

/** `1.2.840.10045.2.1`: two arcs in the first byte, the rest in base 128. */
export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(OBJECT_ID, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function utf8String(bytes: Uint8Array): Uint8Array {
  return der(UTF8_STRING, bytes);
}

/** `20261122030405Z`; before 2050 X.509 wants the two-digit form (RFC 5280 4.1.2.5). */
export function time(text: string): Uint8Array {
  const isEarly = text < '2050';
  return der(isEarly ? UTC_TIME : GENERALIZED_TIME, ascii(isEarly ? text.slice(2) : text));
}

export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** with tag and length */
  readonly whole: Uint8Array;
}

/** The elements that stand one after the other; `undefined` when the bytes are not DER. */
export function readDer(bytes: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at + 1);
    if (!length || at + 1 + length.bytes + length.value > bytes.length) return undefined;
    const from = at + 1 + length.bytes;
    const whole = bytes.subarray(at, from + length.value);
    elements.push({ tag: bytes[at] ?? 0, content: bytes.subarray(from, from + length.value), whole });
    at = from + length.value;
  }
  return elements;
}

/** The members of a SEQUENCE; `undefined`: it is none. */
export function membersOf(element: DerElement | undefined, tag: number = SEQUENCE): readonly DerElement[] | undefined {
  return element?.tag === tag ? readDer(element.content) : undefined;
}

function lengthAt(bytes: Uint8Array, at: number): { value: number; bytes: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { value: first, bytes: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 2 || at + count >= bytes.length) return undefined;
  const value = bytes.subarray(at + 1, at + 1 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return { value, bytes: 1 + count };
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function base128(arc: number): number[] {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) | 0x80);
  return digits;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
