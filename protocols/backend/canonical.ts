import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** JSON with keys sorted by code unit, no white space; members that are `undefined` are left out (field-lessons.md 5.1). */
export function canonicalJson(value: Json): string {
  // Written out by hand: every journal entry passes here between the scan and the disk.
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (value === null || typeof value !== 'object') return String(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) text += text === '' ? canonicalJson(item) : `,${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const object = value as { readonly [key: string]: Json | undefined };
  for (const key of sorted(Object.keys(object))) {
    const member = object[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quote(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** More members are left to the library: squared work is quicker only for a few. */
const FEW = 32;

/** By code unit, in place. A record has a dozen members, nearly in order. */
function sorted(keys: string[]): string[] {
  if (keys.length > FEW) return keys.sort();
  for (let at = 1; at < keys.length; at++) {
    const key = keys[at] ?? '';
    let to = at;
    for (let before = keys[to - 1]; to > 0 && before !== undefined && before > key; before = keys[to - 1])
      keys[to--] = before;
    keys[to] = key;
  }
  return keys;
}

function quote(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text);
}

/** Printable ASCII without quote and backslash stands for itself. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

/** SHA-256 of a text's UTF-8 as lower-case hex. A caller may bring a faster one than the pure one here. */
export type Digest = (text: string) => string;
const pureDigest: Digest = (text) => toHex(sha256(encodeUtf8(text)));

/** SHA-256 of the canonical JSON as lower-case hex: what `hash` and `payloadHash` carry. */
export function canonicalHash(value: Json, digest: Digest = pureDigest): string {
  return digest(canonicalJson(value));
}
