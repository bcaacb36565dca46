import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { type PacketEvent, PacketFramer, type PacketShape } from '../../protocols/framing/packet.ts';
import { encodeMisFrame, MIS_CONTROL, misShape } from '../../protocols/terminal/mis/frame.ts';
import { encodePad, MAX_PAD_LENGTH, padShape, parsePad } from '../../protocols/terminal/pad/codec.ts';
import type { PadMessage } from '../../protocols/terminal/pad/messages.ts';

// house.md principle 4, for the pad's and the MIS terminal's framers.

const hex = (text: string) => fromHex(text) ?? new Uint8Array();
/** full of STX, ETX and of whole frames */
const HOSTILE = Uint8Array.of(
  ...hex('0203020302D1 020002D103D0'),
  ...new Uint8Array(64).fill(0x02),
  ...new Uint8Array(64).fill(0x03),
);
const PAD_FRAMES = [
  encodePad({ name: 'heartbeat' }),
  encodePad({ name: 'ended', status: 0 }),
  encodePad({ name: 'signed', sequence: 0x020302, image: HOSTILE }),
  encodePad({ name: 'sign-error', error: 3 }),
];
const MIS_FRAMES = [
  encodeMisFrame(hex('DF010102DF04020203DF07023030')),
  encodeMisFrame(Uint8Array.of(...hex('DF0681A0'), ...HOSTILE, ...new Uint8Array(160 - HOSTILE.length).fill(0x06))),
  Uint8Array.of(MIS_CONTROL.ACK),
  Uint8Array.of(MIS_CONTROL.NAK),
  Uint8Array.of(MIS_CONTROL.EOT),
];

function hear(shape: PacketShape, pieces: readonly Uint8Array[], at = 0): PacketEvent[] {
  const framer = new PacketFramer(shape);
  return [...pieces.flatMap((piece) => framer.push(piece, at)), ...framer.reset()];
}

function packets(events: readonly PacketEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'packet' ? [toHex(event.bytes)] : []));
}

function chunked(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, n) => bytes.subarray(places[n], to));
}

describe.each([
  ['pad', padShape('pad'), PAD_FRAMES],
  ['MIS', misShape, MIS_FRAMES],
] as const)('%s frames', (_, shape, frames) => {
  const stream = fc.array(fc.oneof(fc.constantFrom(...frames), fc.uint8Array({ maxLength: 9 })), { maxLength: 12 });
  const cuts = fc.array(fc.nat(4000), { maxLength: 20 });

  it('bytes in = packets + noise + held, and the chunks make no difference', () => {
    fc.assert(
      fc.property(stream, cuts, (pieces, places) => {
        const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        const framer = new PacketFramer(shape);
        const whole = [...framer.push(bytes, 0), ...framer.silence(5000)];
        expect(framer.tally.framed + framer.tally.noise + framer.held).toBe(bytes.length);
        expect(framer.held).toBe(0);
        const parts = new PacketFramer(shape);
        const heard = chunked(bytes, places).flatMap((piece) => parts.push(piece, 0));
        expect(packets([...heard, ...parts.silence(5000)])).toEqual(packets(whole));
        expect(parts.tally).toEqual(framer.tally);
      }),
    );
  });

  it('frames one behind the other are all found, byte by byte and in one piece', () => {
    const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame]));
    const wanted = frames.map((frame) => toHex(frame));
    expect(packets(hear(shape, [bytes]))).toEqual(wanted);
    expect(
      packets(
        hear(
          shape,
          [...bytes].map((byte) => Uint8Array.of(byte)),
        ),
      ),
    ).toEqual(wanted);
  });

  it('a spoilt byte costs one frame, and the next one is found', () => {
    const [frame = new Uint8Array(), next = new Uint8Array()] = [frames[0], frames[1]];
    for (let at = 3; at < frame.length; at++) {
      const spoilt = frame.with(at, (frame[at] ?? 0) ^ 0x40);
      const framer = new PacketFramer(shape);
      const events = [...framer.push(Uint8Array.of(...spoilt, ...next), 0), ...framer.silence(5000)];
      expect(packets(events)).toContain(toHex(next));
      expect(packets(events)).not.toContain(toHex(frame));
      expect(events.some(({ kind }) => kind === 'noise')).toBe(true);
    }
  });
});

describe('MIS lengths', () => {
  it.each([
    ['a length that is not BCD', '02001A DF010102 0300'],
    ['a length of nothing', '020000 0303'],
    ['one byte more than it says', '020003 DF010102 03 DE'],
    ['one byte less', '020005 DF010102 03 DE'],
    ['an LRC that takes STX in', '020004 DF010102 03 D8'],
  ])('%s is noise', (_, text) => {
    const framer = new PacketFramer(misShape);
    const events = [...framer.push(hex(text), 0), ...framer.silence(5000)];
    expect(events.filter((event) => event.kind === 'packet' && event.bytes.length > 1)).toEqual([]);
    expect(framer.held).toBe(0);
  });

  it.each([0x02, 0x03, 0x06, 0x15, 0x00])('an LRC of %i is an LRC', (wanted) => {
    // the value of the correlation is chosen so that the LRC comes out as wanted
    const base = encodeMisFrame(hex('DF04020000'));
    const frame = encodeMisFrame(Uint8Array.of(...hex('DF0402'), (base.at(-1) ?? 0) ^ wanted, 0));
    expect(frame.at(-1)).toBe(wanted);
    expect(packets(hear(misShape, [Uint8Array.of(...frame, ...frame)]))).toEqual([toHex(frame), toHex(frame)]);
  });
});

describe('pad messages', () => {
  const bytes3 = fc.integer({ min: 0, max: 0xffffff });
  const byte = fc.integer({ min: 0, max: 255 });
  const word = fc.integer({ min: 0, max: 65_535 });
  const message: fc.Arbitrary<PadMessage> = fc.oneof(
    fc.record({ name: fc.constant('sign' as const), featureCode: fc.stringMatching(/^[0-9A-F]{8}$/) }),
    fc.record({
      name: fc.constant('zone' as const),
      zoneWidth: word,
      zoneHeight: word,
      pictureWidth: word,
      pictureHeight: word,
    }),
    fc.record({ name: fc.constant('signed' as const), sequence: bytes3, image: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ name: fc.constant('uploaded' as const), sequence: bytes3, result: byte }),
    fc.record({ name: fc.constant('resign-times' as const), times: byte }),
  );

  it('are read as they were written', () => {
    fc.assert(
      fc.property(message, (one) => {
        const from = one.name === 'signed' ? 'pad' : 'till';
        const [frame, ...others] = hear(padShape(from), [encodePad(one)]);
        expect(others).toEqual([]);
        expect(frame?.kind === 'packet' && parsePad(frame.bytes, from)).toEqual(one);
      }),
    );
  });

  it('the largest picture fits, a larger one is refused before it is sent', () => {
    const most = new Uint8Array(MAX_PAD_LENGTH - 5);
    expect(packets(hear(padShape('pad'), [encodePad({ name: 'signed', sequence: 1, image: most })]))).toHaveLength(1);
    expect(() => encodePad({ name: 'signed', sequence: 1, image: new Uint8Array(MAX_PAD_LENGTH) })).toThrow(RangeError);
  });

  it('a payload that the command does not have is no message', () => {
    expect(parsePad(hex('020003A20103A2'), 'till')).toBeUndefined();
    expect(parsePad(hex('020003D10003D1'), 'pad')).toBeUndefined();
    expect(parsePad(hex('020002B403B5'), 'pad')).toEqual({ name: 'batch-empty', count: undefined });
  });
});
