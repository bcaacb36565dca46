import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** JSON with keys sorted by code unit, no white space; members that are `undefined` are left out (field-lessons.md 5.1). */
export function canonicalJson(value: Json): string {
  // Written out by hand: every journal entry passes here between the scan and the disk.
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) text += text === '' ? canonicalJson(item) : `,${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const object = value as { readonly [key: string]: Json | undefined };
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quote(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Printable ASCII without quote and backslash stands for itself. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** SHA-256 of a text's UTF-8 as lower-case hex. A caller may bring a faster one than the pure one here. */
export type Digest = (text: string) => string;
const pureDigest: Digest = (text) => toHex(sha256(encodeUtf8(text)));

/** SHA-256 of the canonical JSON as lower-case hex: what `hash` and `payloadHash` carry. */
export function canonicalHash(value: Json, digest: Digest = pureDigest): string {
  return digest(canonicalJson(value));
}
