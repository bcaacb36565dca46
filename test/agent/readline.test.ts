import { readFileSync } from 'node:fs';
import { ReadlineParser } from '@serialport/parser-readline';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadlineLines } from '../../agent/transport/readline.ts';
import { type LineEvent, lineEnds } from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import { type LineVector, runVector } from '../vectors-run/serial-line.ts';

const CODE = '130012345678901234';
const bytes = (text: string) => Buffer.from(text, 'latin1');
const codes = (events: readonly LineEvent[]) =>
  events.flatMap((event) => (event.kind === 'frame' ? [Buffer.from(event.bytes).toString('latin1')] : []));

/** what the bare parser emits for chunks written in order */
async function bare(chunks: readonly Buffer[], options: object): Promise<string[]> {
  const parser = new ReadlineParser(options);
  const lines: string[] = [];
  parser.on('data', (line: string) => lines.push(line));
  for (const chunk of chunks) await new Promise((done) => parser.write(chunk, done));
  return lines;
}

describe('the four measured defects of ReadlineParser 13, and the guard that has none of them', () => {
  it('1. glues the tail of an unplugged scan to the next code', async () => {
    const [cut, next] = [bytes('6212345'), bytes(`${CODE}\r`)];
    expect(await bare([cut, next], { delimiter: '\r' })).toEqual([`6212345${CODE}`]);

    const lines = new ReadlineLines({ terminator: 'CR' });
    lines.push(cut, 0);
    expect(lines.reset()).toEqual([{ kind: 'noise', cause: 'partial-dropped', length: 7 }]);
    expect(codes(lines.push(next, 1))).toEqual([CODE]);
    lines.push(cut, 10);
    expect(codes(lines.push(next, 510)), 'silence without an unplug').toEqual([CODE]);
  });

  it('2. leaks half a character into the next code', async () => {
    const half = Buffer.from('41e4bb0d0a', 'hex');
    const next = bytes(`${CODE}\r\n`);
    expect(await bare([half, next], { delimiter: '\r\n' })).toEqual(['A', `\ufffd${CODE}`]);

    const lines = new ReadlineLines({ terminator: 'LF' });
    expect(codes([...lines.push(half, 0), ...lines.push(next, 1)])).toEqual(['A\xe4\xbb', CODE]);
  });

  it('3. merges lines that arrive in one chunk under `for await`', async () => {
    const chunk = bytes('A\rB\rC\r');
    const parser = new ReadlineParser({ delimiter: '\r' });
    parser.end(chunk);
    const merged: unknown[] = [];
    for await (const line of parser) merged.push(line);
    expect(merged).toEqual(['ABC']);

    expect(codes(new ReadlineLines({ terminator: 'CR' }).push(chunk, 0))).toEqual(['A', 'B', 'C']);
  });

  it('4. keeps everything without end when no terminator comes', async () => {
    const noise = Buffer.alloc(4096, 0x41);
    const parser = new ReadlineParser({ delimiter: '\r' });
    for (let round = 0; round < 64; round++) await new Promise((done) => parser.write(noise, done));
    expect((parser as unknown as { buffer: Buffer }).buffer.length).toBe(64 * 4096);

    const lines = new ReadlineLines({ terminator: 'CR' });
    const before = process.cpuUsage();
    let told = 0;
    for (let round = 0; round < 4096; round++) told += lines.push(noise, 0).length;
    expect(process.cpuUsage(before).user / 1000, '16 MiB took 27 s').toBeLessThan(1000);
    expect(told, 'one overflow').toBe(1);
    expect(codes(lines.push(bytes(`\r${CODE}\r`), 0))).toEqual([CODE]);
  });

  it('and the LF of a CRLF gun does not stick to the next code', async () => {
    expect(await bare([bytes('A\r\nB\r\n')], { delimiter: '\r' })).toEqual(['A', '\nB']);
    expect(await bare([bytes('A\r\n')], { delimiter: '\n' })).toEqual(['A\r']);
    for (const terminator of ['CR', 'LF'] as const)
      expect(codes(new ReadlineLines({ terminator }).push(bytes('A\r\nB\r\n'), 0))).toEqual(['A', 'B']);
  });
});

describe('CR and LF guns through the guarded parser', () => {
  const file = JSON.parse(readFileSync('test/vectors/scanners/serial-line.json', 'utf8')) as { vectors: LineVector[] };
  /** ends with CR or LF, and no other rule is at work */
  const ours = file.vectors.filter(({ config, chunks }) => {
    const stream = chunks.map(({ hex }) => hex.replaceAll(' ', '')).join('');
    return config['terminators'] !== null && config['suffix'] === undefined && /0[da]$/.test(stream);
  });

  it('has vectors to run', () => expect(ours.length).toBeGreaterThanOrEqual(12));

  it.each(ours.map((vector) => [vector.name, vector] as const))('vector %s', (_name, vector) => {
    const last = vector.chunks.findLast(({ hex }) => hex !== '')?.hex ?? '';
    const maxBytes = Number(vector.config['maxBytes'] ?? 8192);
    for (const terminator of last.endsWith('0a') ? (['CR', 'LF'] as const) : (['CR'] as const)) {
      const { frames, diagnostics } = runVector(vector, new ReadlineLines({ terminator, maxBytes }));
      expect(frames, terminator).toEqual(vector.expect);
      expect(diagnostics, terminator).toEqual(vector.diagnostics ?? []);
    }
  });

  it.each(['CR', 'LF'] as const)(
    'gives what the framer gives, whatever comes and however it is cut: %s',
    (terminator) => {
      const chunk = fc.record({
        bytes: fc.array(fc.constantFrom(0x0d, 0x0a, 0x31, 0x41, 0xff), { maxLength: 12 }),
        afterMs: fc.constantFrom(0, 0, 1, 20, 21, 499, 500, 501),
        event: fc.constantFrom('none', 'none', 'none', 'none', 'reset', 'silence'),
      });
      fc.assert(
        fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
          const framer = new LineFramer({ ends: lineEnds(terminator), maxBytes: 6 });
          const lines = new ReadlineLines({ terminator, maxBytes: 6 });
          let now = 0;
          for (const { bytes, afterMs, event } of chunks) {
            now += afterMs;
            expect(lines.nextDeadline).toBe(framer.nextDeadline);
            const told = [lines, framer].map((source) =>
              event === 'reset' ? source.reset() : event === 'silence' ? source.silence(now) : [],
            );
            expect(told[0]).toEqual(told[1]);
            const expected = framer.push(Uint8Array.from(bytes), now);
            expect(lines.push(Uint8Array.from(bytes), now)).toEqual(expected);
          }
        }),
        { numRuns: 1000 },
      );
    },
  );
});
