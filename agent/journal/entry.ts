import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../protocols/backend/canonical.ts';
import { crc32 } from '../../protocols/bytes/crc.ts';

// One entry is one line:   crc32 (8 hex) SP canonical-JSON LF
//   3f0c8a12 {"data":{...},"prev":"1a65...","hash":"2037...","seq":2,"terminal":"T0000001","ts":"2024-...Z","type":"PAY_PENDING","v":1}
// Canonical JSON holds no line feed, so a torn tail is a line without LF or with a wrong CRC, and `grep` reads the journal.
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

export const GENESIS = '0'.repeat(64);

/** Closes an entry over its predecessor. */
export function seal(body: Omit<Entry, 'hash'>): Entry {
  return { ...body, hash: hashOf(body) };
}

/** The hash an entry must carry. */
export function hashOf(body: Omit<Entry, 'hash'>): string {
  const { v, seq, ts, terminal, type, data, prev } = body;
  return createHash('sha256').update(canonicalJson({ v, seq, ts, terminal, type, data, prev })).digest('hex');
}

/** The line of an entry. */
export function encodeEntry(entry: Entry): Uint8Array {
  const json = Buffer.from(canonicalJson({ ...entry }), 'utf8');
  const crc = crc32(json).toString(16).padStart(8, '0');
  return Buffer.concat([Buffer.from(`${crc} `), json, Buffer.from('\n')]);
}

/** A line (without LF) as an entry, or `undefined` when its CRC or form is wrong. */
export function decodeEntry(line: Uint8Array): Entry | undefined {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length);
  const json = text.subarray(9);
  if (text[8] !== 0x20 || Number.parseInt(text.toString('latin1', 0, 8), 16) !== crc32(json)) return undefined;
  const value = parseJson(json.toString('utf8'));
  return isEntry(value) ? value : undefined;
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
