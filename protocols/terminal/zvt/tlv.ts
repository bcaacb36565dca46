import { toHex } from '../../bytes/hex.ts';

// The TLV container of BMP 06 (PA00P015 chapter 9):
//
//   tag     1 byte; low five bits 11111: more bytes follow as long as their b8 is set     07   1F 73   3F 21
//   length  00-7F, 81 nn, or 82 hh ll (high byte first, other than the APDU's)            0C   81 FA   82 02 8A
//   value   b6 (20) of the first tag byte set: objects again                              24 { 07 ... 07 ... }
//
//   06 | 0C | 26 04 { 0A 02 06D3 } 1F73 03 000000      registration of the specification's example

export interface TlvObject {
  /** upper-case hex: `1F73` */
  readonly tag: string;
  readonly value: Uint8Array;
  readonly children?: readonly TlvObject[];
}

/** Real containers are three deep; a picture inside a menu inside a request would be five. */
const MAX_DEPTH = 6;

export const tlv = (tag: string, value: Uint8Array): TlvObject => ({ tag, value });
export const constructed = (tag: string, ...children: readonly TlvObject[]): TlvObject => ({
  tag,
  value: encodeTlv(children),
  children,
});

/** All objects, which must use up the bytes exactly. `undefined`: these bytes are no such objects. */
export function decodeTlv(bytes: Uint8Array, depth = 1): readonly TlvObject[] | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const objects: TlvObject[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = tlvHead(bytes, at);
    if (!head || head.end > bytes.length) return undefined;
    const value = bytes.subarray(head.start, head.end);
    at = head.end;
    if (!head.isConstructed) objects.push({ tag: head.tag, value });
    else {
      const children = decodeTlv(value, depth + 1);
      if (!children) return undefined;
      objects.push({ tag: head.tag, value, children });
    }
  }
  return objects;
}

interface TlvHead {
  readonly tag: string;
  readonly isConstructed: boolean;
  readonly start: number;
  readonly end: number;
}

function tlvHead(bytes: Uint8Array, at: number): TlvHead | undefined {
  const first = bytes[at] ?? 0;
  const size = tagSize(bytes, at);
  const length = size === undefined || first === 0 ? undefined : berLength(bytes, at + size);
  if (size === undefined || !length) return undefined;
  const start = at + size + length.size;
  const tag = toHex(bytes.subarray(at, at + size)).toUpperCase();
  return { tag, isConstructed: (first & 0x20) !== 0, start, end: start + length.value };
}

/** No tag of ZVT has more than three bytes. */
function tagSize(bytes: Uint8Array, at: number): number | undefined {
  if (((bytes[at] ?? 0) & 0x1f) !== 0x1f) return 1;
  for (let size = 2; size <= 3; size++) {
    const byte = bytes[at + size - 1];
    if (byte === undefined) return undefined;
    if ((byte & 0x80) === 0) return size;
  }
  return undefined;
}

export function berLength(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly size: number } | undefined {
  const [first, second, third] = bytes.subarray(at, at + 3);
  if (first === undefined) return undefined;
  if (first < 0x80) return { value: first, size: 1 };
  if (first === 0x81 && second !== undefined) return { value: second, size: 2 };
  if (first === 0x82 && second !== undefined && third !== undefined) return { value: second * 256 + third, size: 3 };
  return undefined;
}

export function encodeTlv(objects: readonly TlvObject[]): Uint8Array {
  return Uint8Array.from(
    objects.flatMap(({ tag, value, children }) => {
      const content = children ? encodeTlv(children) : value;
      return [...tagBytes(tag), ...encodeBerLength(content.length), ...content];
    }),
  );
}

export function encodeBerLength(length: number): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff];
  throw new RangeError('a TLV value of more than 65535 bytes');
}

function tagBytes(tag: string): readonly number[] {
  return (tag.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

/** The first object under a path of tags: `find(objects, '2F', '1F10')`. */
export function findTlv(objects: readonly TlvObject[], ...path: readonly string[]): TlvObject | undefined {
  const [tag, ...rest] = path;
  const found = objects.find((object) => object.tag === tag);
  return rest.length === 0 ? found : findTlv(found?.children ?? [], ...rest);
}
