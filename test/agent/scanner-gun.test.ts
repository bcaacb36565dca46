import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../agent/clock.ts';
import { serialLineDecoder } from '../../agent/decode/serial-line.ts';
import type { SerialScannerConfig } from '../../agent/devices/scanner/languages.ts';
import type { NoiseReport } from '../../agent/devices/scanner/noise.ts';
import { ScannerGun } from '../../agent/devices/scanner.ts';
import type { ByteLink, LinkListener } from '../../agent/transport/link.ts';
import type { Scan } from '../../protocols/scanner/scan.ts';
import { memoryWires } from '../../simulator/wires/wire.ts';
import { LineDevice, type LineDeviceSettings } from '../line-device.ts';

const CODE = '130012345678901234';
const OTHER = '281234567890123456';
const THIRD = '6212345678901234567';

/** Time that stands still until it is told. */
class HandClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; run: () => void }>();
  now = () => 1_763_000_000_000 + this.#now;
  mono = () => this.#now;

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
  }
}

/** A gun, its simulated counterpart on a wire in memory, and everything it told. */
function shop(config: Partial<SerialScannerConfig> = {}, settings: LineDeviceSettings = {}) {
  const clock = new HandClock();
  const [far, near] = memoryWires();
  const told = { scans: [] as Scan[], noise: [] as NoiseReport[], noReads: 0, duplicates: 0 };
  let listener: LinkListener | undefined;
  const gun = new ScannerGun(
    { path: '/dev/gun', baudRate: 9600, terminator: 'auto', codeId: 'none', encoding: 'auto', ...config },
    {
      onScan: (scan) => told.scans.push(scan),
      onNoise: (report) => told.noise.push(report),
      onNoRead: () => (told.noReads += 1),
      onDuplicate: () => (told.duplicates += 1),
      onUp: () => undefined,
      onDown: () => undefined,
    },
    clock,
    (given): ByteLink => {
      listener = given;
      near.listen((bytes) => given.bytes(bytes, clock.mono()));
      return { isUp: true, write: () => Promise.resolve({ kind: 'written' }), close: () => Promise.resolve() };
    },
  );
  const plug = () => {
    listener?.down({ code: 'PORT_LOST', path: '/dev/gun', detail: '' }, clock.mono());
    listener?.up(clock.mono());
  };
  plug();
  const device = new LineDevice(far, settings, (ms) => Promise.resolve(clock.pass(ms)));
  const codes = () => told.scans.map(({ text }) => text.reveal());
  return { clock, gun, device, told, plug, codes };
}

describe('a scanner gun', () => {
  const suffixes = { CR: [13], LF: [10], CRLF: [13, 10], TAB: [9], ETX: [3] } as const;
  const settings = (['CR', 'LF', 'CRLF', 'TAB', 'ETX'] as const).flatMap((terminator) =>
    [1, 5, 64].map((chunkBytes) => ({ terminator, suffix: Uint8Array.from(suffixes[terminator]), chunkBytes })),
  );

  it.each(settings)('reads a gun set to $terminator in pieces of $chunkBytes', async ({ terminator, ...device }) => {
    const { device: gun, codes, told } = shop({ terminator }, { ...device, baudRate: 9600 });
    for (const code of [CODE, OTHER, THIRD]) await gun.scan(code);
    expect(codes()).toEqual([CODE, OTHER, THIRD]);
    expect(told.noise).toEqual([]);
  });

  it('reads STX/ETX presets, code ids and Chinese text', async () => {
    const frame = { prefix: Uint8Array.of(2), suffix: Uint8Array.of(3, 13), codeId: 'aim', encoding: 'gbk' } as const;
    const { device, told } = shop({ terminator: 'ETX', prefix: '\x02', codeId: 'aim' }, frame);
    await device.scan('付款码');
    await device.scan(CODE);
    expect(told.scans.map(({ text, aim }) => [text.reveal(), aim])).toEqual([
      ['付款码', ']Q1'],
      [CODE, ']Q1'],
    ]);
    expect(told.noise).toEqual([]);
  });

  it('without a terminator the silence after the last byte is the end', async () => {
    const { device, codes, clock } = shop(
      { terminator: 'none' },
      { suffix: new Uint8Array(), baudRate: 9600, chunkBytes: 1 },
    );
    await device.scan(CODE);
    clock.pass(99);
    expect(codes()).toEqual([]);
    clock.pass(1);
    expect(codes()).toEqual([CODE]);
  });

  it('marks the first code that began within 200 ms of the open, and only that', async () => {
    const early = shop();
    early.clock.pass(199);
    await early.device.scan(CODE);
    early.clock.pass(150);
    await early.device.scan(OTHER);
    expect(early.told.scans.map(({ suspect }) => suspect)).toEqual([['just-after-open'], []]);
    const later = shop();
    later.clock.pass(200);
    await later.device.scan(CODE);
    expect(later.told.scans[0]).toMatchObject({ suspect: [], source: 'serial', startedAt: 200, endedAt: 200 });
  });

  it('a cut code is told as noise when the silence or the unplug comes, never joined to the next', async () => {
    for (const terminator of ['auto', 'CR'] as const) {
      const { device, codes, told, clock, plug, gun } = shop({ terminator });
      await device.scanPart('6212345678901234', 7);
      clock.pass(500);
      await device.scan(CODE);
      await device.scanPart('6212345678901234', 5);
      clock.pass(1);
      plug();
      clock.pass(1000);
      await device.scan(OTHER);
      expect(codes()).toEqual([CODE, OTHER]);
      expect(told.noise.map(({ bytes }) => bytes)).toEqual([7, 5]);
      expect(gun.counts.noiseBytes).toBe(12);
    }
  });

  it('counts no-reads and repeats, and leaves them out', async () => {
    const { device, codes, told, clock, gun } = shop({ dedupeMs: 1500 });
    await device.noRead();
    await device.scan(CODE);
    clock.pass(300);
    await device.scan(CODE);
    clock.pass(1200);
    await device.scan(CODE);
    expect(codes()).toEqual([CODE, CODE]);
    expect(told).toMatchObject({ noReads: 1, duplicates: 1 });
    expect(gun.counts).toMatchObject({ scans: 2, noReads: 1, duplicates: 1 });
  });

  it('power-up NULs stand in no code, and are marked when they stand before one', async () => {
    const { device, told, clock } = shop();
    await device.powerUp(2);
    clock.pass(400);
    await device.scan(CODE);
    expect(told.scans[0]?.text.reveal()).toBe(CODE);
    expect(told.scans[0]?.suspect).toContain('nul-stripped');
  });

  it('a gun set to 7E1 gives no code, but a report', async () => {
    const { device, codes, told, gun } = shop();
    await device.scan(Uint8Array.from(CODE, (c, i) => c.charCodeAt(0) | (i % 3 === 0 ? 0x80 : 0)));
    expect(codes()).toEqual([]);
    expect(told.noise).toEqual([{ bytes: 18, causes: { 'invalid-bytes': 1 } }]);
    expect(gun.counts.invalidCodes).toBe(1);
  });

  it('a flood of noise is one report at once and one a second', async () => {
    const { device, told, clock, gun } = shop({ maxBytes: 32 });
    for (let round = 0; round < 30; round++) {
      await device.scan(new Uint8Array(5000).fill(0x41));
      clock.pass(100);
    }
    expect(told.noise.length).toBeLessThanOrEqual(4);
    clock.pass(1000);
    expect(told.noise.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(gun.counts.noiseBytes);
    expect(gun.counts.noiseBytes).toBe(30 * 5001);
  });

  it('nothing of it prints a code', async () => {
    const { device, told, gun } = shop();
    await device.scan(CODE);
    for (const text of [inspect([gun, told], false, 9), JSON.stringify(told), String(told.scans[0]?.text)])
      expect(text).not.toContain('345678');
  });
});

describe('tillwire decode serial-line', () => {
  const explain = (text: string, unmask = false) => serialLineDecoder.explain(Buffer.from(text, 'latin1'), { unmask });

  it('shows codes masked, with the fields of the vectors', () => {
    const { fields, lines, ok } = explain(`]Q1${CODE}\r\n\x02${OTHER}\x03hello\t`);
    expect(ok).toBe(true);
    expect(fields['frames']).toMatchObject([
      { text: '13************1234', aim: ']Q1' },
      { text: '28************3456' },
      { text: '[5 characters]' },
    ]);
    expect(lines.join('\n')).not.toContain('345678');
  });

  it('reads typed text without an end, and shows it when asked', () => {
    expect(explain(CODE, true)).toMatchObject({ ok: true, fields: { frames: [{ text: CODE }] } });
  });

  it('bytes that are no code are not good', () => {
    expect(explain('')).toMatchObject({ ok: false });
    expect(explain('99\x02AB\x03')).toMatchObject({ ok: false, fields: { diagnostics: ['junk-before-prefix:2'] } });
    expect(explain('\xb13\xb00\xb1\xb23\xb456\xb7\xb890\r')).toMatchObject({
      ok: false,
      fields: { diagnostics: ['invalid-bytes'] },
    });
  });
});
