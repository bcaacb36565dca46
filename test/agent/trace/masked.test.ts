import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeviceTap, MOST_WATCHERS } from '../../../agent/trace/tap.ts';
import { TraceLines } from '../../../agent/trace/trace-lines.ts';
import { TillWithApi } from '../console/till-with-api.ts';
import { CODE, longestPart } from './longest-part.ts';

// whole processes, beside others that test: a busy machine starts them slowly
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// A trace must help the technician and must not show a code: not whole, not in pieces that could be laid side by side.

const scanner = (language: string) => ({ scanner: { path: '/dev/ttyACM0', language } }) as never;

/** Everything that a trace says of these reads, one every `gapMs`. */
function traced(pieces: readonly Uint8Array[], gapMs: number, language = 'line'): string {
  const lines = new TraceLines('scanner', scanner(language), 0);
  let at = 0;
  const told = pieces.flatMap((bytes) => {
    at += gapMs;
    return [...lines.due(at), ...lines.push({ kind: 'bytes', dir: 'in', bytes, at })];
  });
  return JSON.stringify([...told, ...lines.due(at + 10_000)]);
}

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const cut = (text: string, size: number) =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, n) => bytesOf(text.slice(n * size, (n + 1) * size)));

describe('a code on the line', () => {
  it.each([1, 2, 3, 5, 7, 11, 20])('cut into reads of %i bytes, shows two digits and four', (size) => {
    for (const gap of [0, 5, 50, 79, 90, 200, 1_000, 1_999]) {
      const text = traced(cut(`${CODE}\r\n`, size), gap);
      expect(text).toContain('13************6789');
      expect(longestPart(text), `gap ${gap}`).toBeLessThanOrEqual(4);
    }
  });

  it('that breaks off in the middle is a number of bytes', () => {
    for (const gap of [0, 100, 2_500]) {
      const text = traced(cut(CODE.slice(0, 13), 4), gap);
      expect(text).toContain('without an end');
      expect(longestPart(text), `gap ${gap}`).toBeLessThanOrEqual(2);
    }
  });

  it.each(['line', 'ssi', 'honeywell', 'newland', 'grow', 'm3y', 'de2120', 'datalogic', 'cipherlab'])(
    'of a gun that speaks %s does not come through either',
    (language) => {
      for (const size of [1, 4, 9, 20])
        for (const gap of [0, 90, 2_500])
          expect(longestPart(traced(cut(`${CODE}\r`, size), gap, language)), `${size} ${gap}`).toBeLessThanOrEqual(4);
    },
  );

  it('two of them in one read are masked one by one', () => {
    const text = traced([bytesOf(`${CODE}\r\n${CODE}\r\n`)], 0);
    expect(text.match(/13\*{12}6789/g)?.length).toBe(2);
  });
});

describe('a tap', () => {
  it('is for four watchers, and costs nothing when they have gone', () => {
    const tap = new DeviceTap(() => 0);
    const leave = Array.from({ length: MOST_WATCHERS }, () => tap.watch(() => undefined));
    expect(tap.watch(() => undefined)).toBeUndefined();
    leave[0]?.();
    expect(tap.watch(() => undefined)).toBeDefined();
  });
});

describe('tillwire trace', () => {
  let till: TillWithApi;
  beforeEach(async () => {
    till = await TillWithApi.open();
  });
  afterEach(() => till.close());

  it('is for those who may', async () => {
    const token = till.token({ scopes: ['read', 'collect'] });
    expect((await till.ask('/v1/devices/scanner/trace?seconds=1', { token })).status).toBe(403);
  });
});
