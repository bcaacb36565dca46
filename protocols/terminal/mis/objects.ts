import { decodeGb18030, encodeGb18030 } from '../../bytes/gb18030.ts';
import { toHex } from '../../bytes/hex.ts';
import { SecretText } from '../../paycode/secret.ts';

//   DF 02   01      45          DF 06   82 01 01   DF 02 01 45 ...
//   tag     length  value       tag     257        objects again: the only container
//
// Lengths as in BER: one byte up to 7F, else 81 and one or 82 and two.

export interface MisObject {
  /** four upper-case hex digits */
  readonly tag: string;
  readonly value: Uint8Array;
  readonly children?: readonly MisObject[];
}

export type MisObjectsError = 'bad-tag' | 'bad-length' | 'truncated' | 'too-many-objects';

/** inside a container there is none */
const NO_TAG = '';
/** The longest answer seen has 21. */
const MAX_OBJECTS = 200;

/** `container`: the tag whose value is objects again. */
export function parseMisObjects(bytes: Uint8Array, container = 'DF06'): readonly MisObject[] | MisObjectsError {
  return parseLevel(bytes, { left: MAX_OBJECTS }, container);
}

function parseLevel(
  bytes: Uint8Array,
  room: { left: number },
  container: string,
): readonly MisObject[] | MisObjectsError {
  const objects: MisObject[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (room.left-- <= 0) return 'too-many-objects';
    if (bytes[at] !== 0xdf) return 'bad-tag';
    const length = lengthAt(bytes, at + 2);
    if (typeof length === 'string') return length;
    const from = at + 2 + length.bytes;
    const value = bytes.slice(from, from + length.value);
    if (value.length < length.value) return 'truncated';
    const tag = toHex(bytes.subarray(at, at + 2)).toUpperCase();
    at = from + length.value;
    if (tag !== container) {
      objects.push({ tag, value });
      continue;
    }
    const children = parseLevel(value, room, NO_TAG);
    if (typeof children === 'string') return children;
    objects.push({ tag, value, children });
  }
  return objects;
}

function lengthAt(bytes: Uint8Array, at: number): { value: number; bytes: number } | MisObjectsError {
  const first = bytes[at];
  if (first === undefined) return 'truncated';
  if (first < 0x80) return { value: first, bytes: 1 };
  if (first !== 0x81 && first !== 0x82) return 'bad-length';
  const more = bytes.subarray(at + 1, at + first - 0x7f);
  if (more.length < first - 0x80) return 'truncated';
  return { value: more.reduce((value, byte) => value * 256 + byte, 0), bytes: first - 0x7f };
}

/** What a request is built from. A paycode stays what it is until the bytes are made. */
export type MisValue = Uint8Array | string | SecretText | readonly MisPart[];
export type MisPart = readonly [tag: string, value: MisValue];

export function encodeMisObjects(parts: readonly MisPart[]): Uint8Array {
  const bytes: number[] = [];
  for (const [tag, value] of parts) {
    const plain = valueBytes(value);
    bytes.push(0xdf, Number.parseInt(tag.slice(2), 16), ...lengthBytes(plain.length));
    for (const byte of plain) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function valueBytes(value: MisValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof SecretText) return encodeGb18030(value.reveal());
  return typeof value === 'string' ? encodeGb18030(value) : encodeMisObjects(value);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

/** The object in the answer itself or in its container: the inner one is the terminal's own word. */
export function misObject(objects: readonly MisObject[], tag: string): MisObject | undefined {
  return (
    objects.flatMap(({ children }) => children ?? []).find((object) => object.tag === tag) ??
    objects.find((object) => object.tag === tag)
  );
}

/** GBK text without control characters, else `undefined`: numbers are bytes here, and some look like text. */
export function misText(value: Uint8Array): string | undefined {
  const text = decodeGb18030(value);
  return text === undefined || /\p{Cc}/u.test(text) ? undefined : text;
}
