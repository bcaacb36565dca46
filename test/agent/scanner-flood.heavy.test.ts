import process from 'node:process';
import v8 from 'node:v8';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../agent/clock.ts';
import { STREAM_LANGUAGES } from '../../agent/devices/scanner/languages.ts';
import { type ScannerEvents, ScannerGun } from '../../agent/devices/scanner.ts';
import type { LinkListener } from '../../agent/transport/link.ts';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

const MIB = 1024 * 1024;
const CHUNK = new Uint8Array(4096).fill(0x41);

/** What is held after a full collection, bytes. */
function held(): number {
  collect();
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

describe('16 MiB without an end', () => {
  const guns = STREAM_LANGUAGES.flatMap((language) =>
    (language === 'line' ? (['auto', 'CR', 'none'] as const) : (['auto'] as const)).map((terminator) => ({
      language,
      terminator,
    })),
  );

  it.each(guns)('from a gun of language $language, terminator $terminator', ({ language, terminator }) => {
    let now = 0;
    const clock: Clock = { now: () => now, mono: () => now, after: () => () => undefined };
    const line = { path: 'gun', baudRate: 115_200, codeId: 'aim', encoding: 'auto' } as const;
    let listener: LinkListener | undefined;
    const gun = new ScannerGun({ ...line, language, terminator }, nothing, clock, (given) => {
      listener = given;
      return { isUp: true, write: () => Promise.resolve({ kind: 'written' }), close: () => Promise.resolve() };
    });
    listener?.up(now);
    const before = held();
    const cpu = process.cpuUsage();
    for (let n = 0; n < (16 * MIB) / CHUNK.length; n++) {
      now += 0.1;
      listener?.bytes(CHUNK, now);
    }
    const { user, system } = process.cpuUsage(cpu);
    expect(gun.counts.bytes).toBe(16 * MIB);
    expect(held() - before).toBeLessThan(MIB);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});
