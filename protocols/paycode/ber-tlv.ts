import { toHex } from '../bytes/hex.ts';

// BER-TLV as EMV Book 3 annex B restricts it:
//
//   tag     1 byte, or low five bits 11111 and then bytes with b8 = 1 until one without   4F   5F 20   9F 26
//   length  00-7F, or 81 xx, or 82 xx xx; never 80 (indefinite)                            08   81 90
//   value   b6 of the first tag byte set: objects again                                    61 { 4F ... 50 ... }

export type TlvError =
  | 'BAD_TAG'
  | 'BAD_LENGTH'
  | 'TRUNCATED_TAG'
  | 'TRUNCATED_LENGTH'
  | 'TRUNCATED_VALUE'
  | 'TOO_DEEP'
  | 'TOO_MANY_OBJECTS';

export interface TlvNode {
  /** upper-case hex */
  readonly tag: string;
  readonly len: number;
  readonly value: Uint8Array;
  readonly children?: readonly TlvNode[];
}

/** 85 and 61 { 63 { ... } } is three deep; one level of room. */
const MAX_TLV_DEPTH = 4;
/** 384 bytes (512 base64 characters) hold fewer. */
const MAX_TLV_OBJECTS = 200;

export type TlvResult = { readonly nodes: readonly TlvNode[] } | { readonly error: TlvError };

export function upperHex(bytes: Uint8Array): string {
  return toHex(bytes).toUpperCase();
}

/** All objects of `bytes`, which must be used up exactly. */
export function parseTlv(bytes: Uint8Array): TlvResult {
  return parseLevel(bytes, 1, { objects: 0 });
}

function parseLevel(bytes: Uint8Array, depth: number, count: { objects: number }): TlvResult {
  if (depth > MAX_TLV_DEPTH) return { error: 'TOO_DEEP' };
  const nodes: TlvNode[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (++count.objects > MAX_TLV_OBJECTS) return { error: 'TOO_MANY_OBJECTS' };
    const tag = readTag(bytes, at);
    if (typeof tag === 'string') return { error: tag };
    const length = readLength(bytes, at + tag.length);
    if (typeof length === 'string') return { error: length };
    const start = at + tag.length + length.bytes;
    const value = bytes.subarray(start, start + length.value);
    if (value.length < length.value) return { error: 'TRUNCATED_VALUE' };
    const node = { tag: upperHex(tag), len: value.length, value };
    at = start + length.value;
    if (((tag[0] ?? 0) & 0x20) === 0) {
      nodes.push(node);
      continue;
    }
    const inner = parseLevel(value, depth + 1, count);
    if ('error' in inner) return inner;
    nodes.push({ ...node, children: inner.nodes });
  }
  return { nodes };
}

/** At most three bytes; 00 and FF are no tags (ISO/IEC 7816-4 padding has no place in a code of 512 characters). */
function readTag(bytes: Uint8Array, at: number): Uint8Array | TlvError {
  const first = bytes[at] ?? 0;
  if (first === 0x00 || first === 0xff) return 'BAD_TAG';
  if ((first & 0x1f) !== 0x1f) return bytes.subarray(at, at + 1);
  for (let size = 2; size <= 3; size++) {
    const byte = bytes[at + size - 1];
    if (byte === undefined) return 'TRUNCATED_TAG';
    if ((byte & 0x80) === 0) return bytes.subarray(at, at + size);
  }
  return 'BAD_TAG';
}

function readLength(bytes: Uint8Array, at: number): { value: number; bytes: number } | TlvError {
  const first = bytes[at];
  if (first === undefined) return 'TRUNCATED_LENGTH';
  if (first < 0x80) return { value: first, bytes: 1 };
  const extra = first & 0x7f;
  if (extra === 0 || extra > 2) return 'BAD_LENGTH';
  let value = 0;
  for (let i = 1; i <= extra; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return 'TRUNCATED_LENGTH';
    value = value * 256 + byte;
  }
  return { value, bytes: 1 + extra };
}
