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
  const members = Object.values(value as { readonly [key: string]: Json | undefined });
  for (const { at, head } of writingOrder(Object.keys(value))) {
    const member = members[at];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${head}${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** A member as it is written: where it stands in its object, and its key with the colon. */
interface Member {
  readonly at: number;
  readonly head: string;
}

interface Form {
  readonly keys: readonly string[];
  readonly order: readonly Member[];
}

/** Records and messages have few forms. Where keys are ever new, all are forgotten when there are as many as this. */
const FORMS_KEPT = 512;
/** characters of all keys: what is larger is put in order each time */
const LARGEST_FORM = 1_024;
/** by the first key */
const forms = new Map<string, Form[]>();
let formsKept = 0;

/** The members of an object with these keys, by code unit. Kept by form: a record took more than twice as long when each was sorted. */
function writingOrder(keys: readonly string[]): readonly Member[] {
  const [first] = keys;
  if (first === undefined) return [];
  const known = forms.get(first)?.find((form) => isSame(form.keys, keys));
  if (known) return known.order;
  const order = keys
    .map((key, at) => ({ key, at, head: `${quote(key)}:` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ at, head }) => ({ at, head }));
  if (keys.join('').length <= LARGEST_FORM) remember(first, { keys, order });
  return order;
}

function remember(first: string, form: Form): void {
  if (formsKept === FORMS_KEPT) {
    forms.clear();
    formsKept = 0;
  }
  formsKept++;
  forms.set(first, [...(forms.get(first) ?? []), form]);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
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
