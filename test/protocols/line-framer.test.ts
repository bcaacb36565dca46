import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import {
  AUTO_ENDS,
  characterMs,
  idleMsAt,
  type LineConfig,
  type LineEvent,
  lineEnds,
} from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import { cpuMs } from '../cpu-ms.ts';

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const text = (event: LineEvent | undefined) =>
  event?.kind === 'frame' ? String.fromCharCode(...event.bytes) : `${event?.cause}:${event?.length}`;
const texts = (events: readonly LineEvent[]) => events.map(text);
const auto = () => new LineFramer({ ends: AUTO_ENDS });
const CODE = '130012345678901234';

const CONFIGS: Record<string, LineConfig> = {
  auto: { ends: AUTO_ENDS, maxBytes: 8 },
  CR: { ends: lineEnds('CR'), maxBytes: 8 },
  LF: { ends: lineEnds('LF'), maxBytes: 8 },
  CRLF: { ends: lineEnds('CRLF'), maxBytes: 8 },
  TAB: { ends: lineEnds('TAB'), maxBytes: 8 },
  'STX ETX': { ends: lineEnds('ETX'), prefix: Uint8Array.of(2), maxBytes: 8 },
  'optional STX': { ends: lineEnds('ETX', 'CR'), prefix: Uint8Array.of(2), prefixRequired: false, maxBytes: 8 },
  'printable prefix of two': { ends: lineEnds('CR'), prefix: bytes('A1'), maxBytes: 8 },
  'printable optional prefix': { ends: lineEnds('CR'), prefix: bytes('A1'), prefixRequired: false, maxBytes: 8 },
  'end of two bytes': { ends: [Uint8Array.of(3, 0x0d)], maxBytes: 8 },
  none: { ends: [], idleMs: 100, maxBytes: 8 },
};

/** bytes that matter to one of the configurations, each after a pause */
const timedBytes = fc.array(
  fc.record({
    byte: fc.constantFrom(0x0d, 0x0a, 0x09, 0x02, 0x03, 0x41, 0x31, 0x32, 0x00, 0xff),
    afterMs: fc.constantFrom(0, 0, 0, 0, 1, 19, 20, 21, 99, 100, 101, 499, 500, 501),
  }),
  { maxLength: 120 },
);

describe('the line framer', () => {
  it.each(Object.entries(CONFIGS))('gives the same frames however the bytes are cut: %s', (_name, config) => {
    fc.assert(
      fc.property(timedBytes, fc.infiniteStream(fc.boolean()), (stream, cuts) => {
        const single = new LineFramer(config);
        const cut = new LineFramer(config);
        const oneByOne: LineEvent[] = [];
        const inChunks: LineEvent[] = [];
        let chunk: number[] = [];
        let now = 0;
        const flush = () => {
          inChunks.push(...cut.push(Uint8Array.from(chunk), now));
          chunk = [];
        };
        for (const { byte, afterMs } of stream) {
          if (afterMs > 0 || cuts.next().value) flush();
          now += afterMs;
          // one of the two is woken by its deadline, the other finds out by the next byte
          const due = single.nextDeadline;
          if (due !== undefined && due <= now) oneByOne.push(...single.silence(due));
          oneByOne.push(...single.push(Uint8Array.of(byte), now));
          chunk.push(byte);
        }
        flush();
        expect(inChunks).toEqual(oneByOne);
        expect(cut.tally).toEqual(single.tally);
      }),
      { numRuns: 400 },
    );
  });

  it.each(Object.entries(CONFIGS))('loses no byte and holds no more than the longest line: %s', (_name, config) => {
    fc.assert(
      fc.property(timedBytes, (stream) => {
        const framer = new LineFramer(config);
        const events: LineEvent[] = [];
        let now = 0;
        for (const { byte, afterMs } of stream) {
          now += afterMs;
          events.push(...framer.push(Uint8Array.of(byte), now));
          const { received, framed, noise } = framer.tally;
          expect(framed + noise + framer.held).toBe(received);
        }
        events.push(...framer.reset());
        const { received, framed, noise } = framer.tally;
        expect(received).toBe(stream.length);
        expect(framed + noise).toBe(received);
        expect(events.filter((event) => event.kind === 'frame' && event.bytes.length > 8)).toEqual([]);
        const told = events.reduce((sum, event) => sum + (event.kind === 'noise' ? event.length : 0), 0);
        expect(told, 'noise beyond what was told is blank lines').toBeLessThanOrEqual(noise);
      }),
      { numRuns: 400 },
    );
  });

  it('frames never hold bytes of two connections', () => {
    const framer = auto();
    framer.push(bytes('6212345'), 0);
    expect(texts(framer.reset())).toEqual(['partial-dropped:7']);
    expect(texts(framer.reset())).toEqual([]);
    expect(texts(framer.push(bytes(`${CODE}\r\n`), 1))).toEqual([CODE]);
  });

  it('swallows the LF of a CRLF gun, also in a chunk of its own, and drops blank lines', () => {
    const framer = new LineFramer({ ends: lineEnds('CR') });
    expect(texts(framer.push(bytes('A\r'), 0))).toEqual(['A']);
    expect(texts(framer.push(bytes('\nB\r'), 20))).toEqual(['B']);
    expect(texts(framer.push(bytes('\n\r\r\nC\r'), 100))).toEqual(['C']);
    expect(framer.tally.framed).toBe('A\r\nB\rC\r'.length);
  });

  it('an LF gun and a CRLF gun on the LF setting give the same codes', () => {
    const events = new LineFramer({ ends: lineEnds('LF') }).push(bytes('A\nB\r\nC\rD\n'), 0);
    expect(texts(events)).toEqual(['A', 'B', 'C\rD']);
    expect(events.map((event) => event.kind === 'frame' && event.terminator)).toEqual(['LF', 'CRLF', 'LF']);
  });

  it('a lone CR does not end a line when CRLF is chosen', () => {
    expect(texts(new LineFramer({ ends: lineEnds('CRLF') }).push(bytes('A\rB\r\nC\r\n'), 0))).toEqual(['A\rB', 'C']);
  });

  it('silence ends a partial line: it is told, and never becomes a code', () => {
    const framer = auto();
    framer.push(bytes('6212345'), 10);
    expect(framer.nextDeadline).toBe(510);
    expect(framer.silence(509)).toEqual([]);
    expect(texts(framer.silence(510))).toEqual(['partial-dropped:7']);
    expect(framer.nextDeadline).toBeUndefined();
    expect(texts(framer.push(bytes(`${CODE}\r`), 511))).toEqual([CODE]);
  });

  it('a gun without a terminator: silence is the end, with the time of the last byte', () => {
    const framer = new LineFramer({ ends: [], idleMs: 100 });
    framer.push(bytes('13001'), 5);
    framer.push(bytes('2345'), 104);
    expect(framer.silence(203)).toEqual([]);
    const [frame] = framer.silence(204);
    expect(frame).toMatchObject({ kind: 'frame', reason: 'idle', terminator: 'none', startedAt: 5, endedAt: 104 });
    expect(text(frame)).toBe('130012345');
  });

  it('after an overflow the rest of the line is discarded; silence ends that too', () => {
    const framer = new LineFramer({ ends: AUTO_ENDS, maxBytes: 4 });
    expect(texts(framer.push(bytes('1234\r'), 0))).toEqual(['1234']);
    expect(texts(framer.push(bytes('12345'), 0))).toEqual(['overflow:5']);
    expect(texts(framer.push(bytes('67\r89\r'), 0))).toEqual(['discarded:3', '89']);
    expect(texts(framer.push(bytes('12345'), 0))).toEqual(['overflow:5']);
    expect(texts(framer.push(bytes('12\r'), 500))).toEqual(['12']);
  });

  it('a second STX starts a new line instead of gluing it to the cut one', () => {
    const framer = new LineFramer({ ends: lineEnds('ETX'), prefix: Uint8Array.of(2) });
    expect(texts(framer.push(bytes(`\x02621234\x02${CODE}\x03\r\n99\x02AB\x03`), 0))).toEqual([
      'partial-dropped:7',
      CODE,
      'junk-before-prefix:2',
      'AB',
    ]);
  });

  it('an optional prefix is cut off where it is there', () => {
    const framer = new LineFramer({ ends: AUTO_ENDS, prefix: bytes('~S'), prefixRequired: false });
    expect(texts(framer.push(bytes('~SAB\rCD\r~~SEF\r'), 0))).toEqual(['AB', 'CD', '~~SEF']);
  });

  it('16 MiB of noise: under a second, under 64 KiB kept, then the next code is read', () => {
    const chunk = new Uint8Array(65_536).fill(0x41);
    const before = process.memoryUsage().arrayBuffers;
    const framer = auto();
    const took = cpuMs(() => {
      for (let round = 0; round < 256; round++) framer.push(chunk, 0);
    });
    expect(framer.tally.received).toBe(16 * 1024 * 1024);
    expect(took).toBeLessThan(1000);
    expect(texts(framer.push(bytes(`\r${CODE}\r`), 0)).at(-1)).toBe(CODE);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(65_536);
  });

  it('16 MiB of random noise is as fast', () => {
    const framer = auto();
    const chunk = new Uint8Array(65_536);
    let seed = 1;
    for (let i = 0; i < chunk.length; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      chunk[i] = seed >>> 24;
    }
    const took = cpuMs(() => {
      for (let round = 0; round < 256; round++) framer.push(chunk, round);
    });
    expect(took).toBeLessThan(1000);
  });

  it('knows the time a character takes (8N1)', () => {
    expect(characterMs(9600)).toBeCloseTo(1.0417, 4);
    expect(idleMsAt(9600)).toBe(100);
    expect(idleMsAt(1200)).toBeCloseTo(133.3, 1);
  });

  it('refuses a prefix that cannot be compared', () => {
    expect(() => new LineFramer({ ends: AUTO_ENDS, prefix: bytes('12345') })).toThrow(RangeError);
    expect(toHex(lineEnds('CR', 'CRLF')[0] ?? fromHex('') ?? new Uint8Array())).toBe('0d');
  });
});
