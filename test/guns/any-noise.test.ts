import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTO_ENDS } from '../../protocols/framing/line.ts';
import { LineFramer } from '../../protocols/framing/line-framer.ts';
import { GUN_PERSONALITIES, type GunPersonality } from '../../simulator/personalities/guns.ts';
import { type Ear, earFor } from './ears.ts';

// Whatever comes, in whatever pieces: every byte is framed, noise or held, what is held has a limit, and silence ends it.

/** the longest legal frame of any protocol, and one block of the packet framer */
const MOST_HELD = 8192 + 4096 + 64;
const LONG_SILENCE_MS = 20_000;

/** Bytes that mean something to one protocol or another, and any others. */
const telling = fc.constantFrom(
  0x0d,
  0x0a,
  0x09,
  0x02,
  0x03,
  0x06,
  0x16,
  0xfe,
  0x17,
  0xf3,
  0xff,
  0x73,
  0x00,
  0x5a,
  0x7e,
  0x55,
);
const noise = fc.array(fc.oneof(telling, fc.nat(255)), { maxLength: 80 }).map((bytes) => Uint8Array.from(bytes));
const pause = fc.constantFrom(0, 0, 0, 1, 20, 49, 50, 199, 200, 250, 500, 2_000);
const pieces = fc.array(
  fc.record({ bytes: noise, afterMs: pause, reopened: fc.constantFrom(false, false, false, true) }),
  {
    maxLength: 40,
  },
);

function audit(ear: Ear, came: number): void {
  expect(ear.held).toBeLessThanOrEqual(MOST_HELD);
  if (!ear.tally) return;
  const { received, framed, noise: lost } = ear.tally;
  expect(received).toBe(came);
  expect(framed + lost).toBeLessThanOrEqual(received);
}

const ALL = Object.entries<GunPersonality>(GUN_PERSONALITIES);

describe('any noise, in any pieces', () => {
  it.each(ALL)('%s', (_, personality) => {
    fc.assert(
      fc.property(pieces, (story) => {
        const ear = earFor(personality);
        let [at, came] = [0, 0];
        for (const { bytes, afterMs, reopened } of story) {
          at += afterMs;
          if (reopened) ear.reset(at);
          ear.push(bytes, at);
          came += bytes.length;
          audit(ear, came);
        }
        for (let n = 0; n < 10; n++) ear.wake((at += LONG_SILENCE_MS));
        expect(ear.held).toBe(0);
        const { received = 0, framed = 0, noise: lost = 0 } = ear.tally ?? {};
        expect(framed + lost).toBe(received);
      }),
      { numRuns: 150 },
    );
  });

  it('lines do not depend on how the bytes were cut', () => {
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 60 }), fc.nat(5_000), (chunks, size) => {
        const bytes = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
        const [whole, cut, single] = [0, 1, 2].map(() => new LineFramer({ ends: AUTO_ENDS, maxBytes: 300 }));
        const step = size + 1;
        const inCuts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, n) =>
          bytes.subarray(n * step, (n + 1) * step),
        );
        const frames = (framer: LineFramer | undefined, given: readonly Uint8Array[]) =>
          given
            .flatMap((chunk) => framer?.push(chunk, 0) ?? [])
            .flatMap((event) => (event.kind === 'frame' ? [[...event.bytes]] : []));
        const expected = frames(whole, [bytes]);
        expect(frames(cut, inCuts)).toEqual(expected);
        expect(
          frames(
            single,
            Array.from(bytes, (byte) => Uint8Array.of(byte)),
          ),
        ).toEqual(expected);
        expect(cut?.tally).toEqual(whole?.tally);
      }),
      { numRuns: 300 },
    );
  });
});
