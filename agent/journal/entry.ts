import { hash as digest } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';

// One entry is one line:   crc32 (8 hex) mark canonical-JSON LF
//   3f0c8a12 {"data":{...},"hash":"2037...","prev":"1a65...","seq":2,"terminal":"T0000001","ts":"2024-...Z","type":"PAY_PENDING","v":1}
// The mark is a space for the first line of a write and `+` for those that share its sync. Canonical JSON holds neither
// line feed nor NUL, so a torn tail is recognised by its form, and `grep` and `cut -c10- | jq` read the journal.
// The chain is that of hash-chain.json: hash = SHA-256 over the canonical JSON of the entry without "hash".

export interface Entry {
  readonly v: 1;
  readonly seq: number;
  /** ISO 8601, wall clock of the till */
  readonly ts: string;
  readonly terminal: string;
  readonly type: string;
  readonly data: { readonly [key: string]: Json | undefined };
  readonly prev: string;
  readonly hash: string;
}

/** An entry's place in the chain. */
export interface EntryRef {
  readonly seq: number;
  readonly hash: string;
}

export const GENESIS = '0'.repeat(64);

const SPACE = 0x20;
const PLUS = 0x2b;
/** crc and mark before the JSON */
const HEAD_BYTES = 9;

/** Closes an entry over its predecessor. */
export function seal(body: Omit<Entry, 'hash'>): Entry {
  return { ...body, hash: hashOf(body) };
}

/** The hash an entry must carry: over every member but "hash", so that one slipped in beside ours breaks it too. */
export function hashOf(body: Omit<Entry, 'hash'> & Partial<Pick<Entry, 'hash'>>): string {
  return digest('sha256', canonicalJson({ ...body, hash: undefined }));
}

/**
 * Closes an entry and writes its line in one go: the canonical JSON with and without "hash" differ by that one member,
 * so the data is walked once. This is the append path; the vectors hold it to {@link hashOf}.
 */
export function sealLine(body: Omit<Entry, 'hash'>): { readonly entry: Entry; readonly line: Uint8Array } {
  const { v, seq, ts, terminal, type, data, prev } = body;
  const front = `{"data":${canonicalJson(data)}`;
  const back = `,"prev":"${prev}","seq":${seq},"terminal":${canonicalJson(terminal)},"ts":${canonicalJson(ts)},"type":${canonicalJson(type)},"v":${v}}`;
  const unsealed = front + back;
  const hash = digest('sha256', unsealed);
  // hashing has made one piece of it; the many that `front` was built of would be walked again
  const json = `${unsealed.slice(0, front.length)},"hash":"${hash}"${unsealed.slice(front.length)}`;
  return { entry: { v, seq, ts, terminal, type, data, prev, hash }, line: frame(json) };
}

function frame(json: string): Uint8Array {
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}\n`);
}

/** Marks a line as one that shares the sync of the line before it. */
export function joinWrite(line: Uint8Array): void {
  line[8] = PLUS;
}

export function sharesWrite(line: Uint8Array): boolean {
  return line[8] === PLUS;
}

/** A line (without LF) as an entry, or `undefined` when its CRC or form is wrong. Its hash is not yet looked at. */
export function decodeEntry(line: Uint8Array): Entry | undefined {
  const json = jsonOf(line);
  const value = json === undefined ? undefined : parseJson(json);
  return isEntry(value) ? value : undefined;
}

/** The same, and the entry's own hash is right. */
export function decodeSealed(line: Uint8Array): Entry | undefined {
  const json = jsonOf(line);
  const entry = json === undefined ? undefined : parseJson(json);
  if (json === undefined || !isEntry(entry)) return undefined;
  return isSealed(json, entry) ? entry : undefined;
}

/**
 * Cutting the "hash" member out of a canonical line gives the very text that was hashed: ten times cheaper than
 * {@link hashOf}, and a line written any other way (a member doubled, moved or slipped in) does not pass.
 */
function isSealed(json: string, entry: Entry): boolean {
  const member = `,"hash":"${entry.hash}"`;
  const at = json.lastIndexOf(member);
  return at > 0 && digest('sha256', json.slice(0, at) + json.slice(at + member.length)) === entry.hash;
}

function jsonOf(line: Uint8Array): string | undefined {
  if (line.length <= HEAD_BYTES || (line[8] !== SPACE && line[8] !== PLUS)) return undefined;
  const text = Buffer.from(line.buffer, line.byteOffset, line.length);
  const crc = Number.parseInt(text.toString('latin1', 0, 8), 16);
  return crc === crc32(text.subarray(HEAD_BYTES)) ? text.toString('utf8', HEAD_BYTES) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Record<keyof Entry, unknown>>;
  const texts = [entry.ts, entry.terminal, entry.type, entry.prev, entry.hash];
  return (
    entry.v === 1 &&
    Number.isInteger(entry.seq) &&
    typeof entry.data === 'object' &&
    texts.every((text) => typeof text === 'string')
  );
}
