import process from 'node:process';
import v8 from 'node:v8';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../agent/clock.ts';
import { STREAM_LANGUAGES, type StreamLanguage } from '../../agent/devices/scanner/languages.ts';
import { type ScannerEvents, ScannerGun } from '../../agent/devices/scanner.ts';
import type { LinkListener } from '../../agent/transport/link.ts';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { Chance } from '../torture/chance.ts';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

const MIB = 1024 * 1024;
const CHUNK = 4096;

/** What is held after full collections, bytes: buffers are let go behind the first one. */
async function held(): Promise<number> {
  for (let n = 0; n < 4; n++) {
    collect();
    await new Promise((turn) => setImmediate(turn));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const nothing: ScannerEvents = {
  onScan: () => undefined,
  onNoise: () => undefined,
  onNoRead: () => undefined,
  onDuplicate: () => undefined,
  onUp: () => undefined,
  onDown: () => undefined,
};

interface Kind {
  readonly language: StreamLanguage;
  readonly terminator: 'auto' | 'CR' | 'LF' | 'ETX' | 'none';
}

/** A gun that was told to read, so that its answers are waited for. */
function armedGun(kind: Kind): { gun: ScannerGun; hear: (bytes: Uint8Array) => void } {
  let now = 0;
  const clock: Clock = { now: () => now, mono: () => now, after: () => () => undefined };
  const line = { path: 'gun', baudRate: 115_200, codeId: 'aim', encoding: 'auto', hostTrigger: true } as const;
  const prefix = kind.terminator === 'ETX' ? { prefix: '\u0002' } : {};
  const listeners: LinkListener[] = [];
  const gun = new ScannerGun({ ...line, ...prefix, ...kind }, nothing, clock, (given) => {
    listeners.push(given);
    return { isUp: true, write: () => Promise.resolve({ kind: 'written' }), close: () => Promise.resolve() };
  });
  for (const listener of listeners) listener.up(now);
  gun.wait(true);
  const hear = (bytes: Uint8Array) => {
    now += 0.1;
    for (const listener of listeners) listener.bytes(bytes, now);
  };
  return { gun, hear };
}

/** Processor seconds for so many bytes of this pattern. */
function flood(kind: Kind, pattern: Uint8Array, bytes: number): number {
  const block = Uint8Array.from({ length: 16 * CHUNK }, (_, n) => pattern[n % pattern.length] ?? 0);
  const { gun, hear } = armedGun(kind);
  const cpu = process.cpuUsage();
  for (let n = 0; n < bytes; n += CHUNK) hear(block.subarray(n % block.length, (n % block.length) + CHUNK));
  const { user, system } = process.cpuUsage(cpu);
  expect(gun.counts.bytes).toBe(bytes);
  return (user + system) / 1e6;
}

const constant = (byte: number) => Uint8Array.of(byte);
const dice = new Chance(20_261_122);

/** Heads of answers, packets and headers again and again, and garbage of all bytes. */
const PATTERNS: Readonly<Record<string, Uint8Array>> = {
  'digits, and never an end': Uint8Array.from('130012345678901234', (char) => char.charCodeAt(0)),
  'heads of Grow answers': fromHex('02 00 00 ff') ?? new Uint8Array(),
  'heads of Newland answers': fromHex('02 01 30 30 30 30 40 31') ?? new Uint8Array(),
  'heads of M3Y answers': fromHex('5a 01 00 ff') ?? new Uint8Array(),
  'heads of Datalogic answers': fromHex('01 02 31') ?? new Uint8Array(),
  'a DE2120 that says yes and no': fromHex('06 15') ?? new Uint8Array(),
  'SYN and FE': fromHex('16 fe') ?? new Uint8Array(),
  'heads of SSI packets': fromHex('17 f3 00 00') ?? new Uint8Array(),
  'heads of long SSI packets': fromHex('ff f4 20 00 f4 00 00 1c') ?? new Uint8Array(),
  'heads of SSI segments': fromHex('ff 73 02 00 00 f3') ?? new Uint8Array(),
  'a prefix in every other byte: each breaks off a code': fromHex('02 31') ?? new Uint8Array(),
  garbage: Uint8Array.from({ length: 16 * CHUNK }, () => dice.below(256)),
};

const LIMIT_SECONDS = 1;
/** Of three runs the cheapest counts: processor time grows with what else the machine does. */
const RUNS = 3;

function expectCheap(kind: Kind, name: string, pattern: Uint8Array): void {
  let cheapest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS && cheapest >= LIMIT_SECONDS; run++)
    cheapest = Math.min(cheapest, flood(kind, pattern, 16 * MIB));
  expect(cheapest, name).toBeLessThan(LIMIT_SECONDS);
}

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => byte);

/** Every byte is tried with little, so that the worst of them can be tried with all. */
function worstBytes(kind: Kind): number[] {
  for (const byte of ALL_BYTES) flood(kind, constant(byte), CHUNK); // the engine compiles what is hot
  const costs = ALL_BYTES.map((byte) => ({ byte, seconds: flood(kind, constant(byte), MIB / 8) }));
  return costs
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 4)
    .map(({ byte }) => byte);
}

describe('16 MiB without an end: under a second of processor time, under 1 MiB held', () => {
  const guns = STREAM_LANGUAGES.flatMap((language): Kind[] =>
    language === 'line'
      ? (['auto', 'CR', 'LF', 'ETX', 'none'] as const).map((terminator) => ({ language, terminator }))
      : [{ language, terminator: 'auto' }],
  );

  it.each(guns)(
    'of one byte, whichever costs the most: a gun of language $language, terminator $terminator',
    (kind) => {
      for (const byte of worstBytes(kind)) expectCheap(kind, `the byte ${byte.toString(16)}`, constant(byte));
    },
    120_000,
  );

  it.each(guns)(
    'of heads and garbage: a gun of language $language, terminator $terminator',
    (kind) => {
      for (const [name, pattern] of Object.entries(PATTERNS)) expectCheap(kind, name, pattern);
    },
    120_000,
  );

  it.each(guns)('and none of it is kept: language $language, terminator $terminator', async (kind) => {
    const { hear } = armedGun(kind);
    const before = await held();
    for (const pattern of [...Object.values(PATTERNS), constant(0x02)])
      for (let n = 0; n < 2 * MIB; n += CHUNK) {
        hear(Uint8Array.from({ length: CHUNK }, (_, at) => pattern[(n + at) % pattern.length] ?? 0));
        await new Promise((turn) => setImmediate(turn)); // each read of a port is a turn of its own
      }
    expect((await held()) - before).toBeLessThan(MIB);
  });
});
