import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import { type DleEvent, DleFramer, type DleShape, dleFrame } from '../../protocols/framing/dle.ts';
import { serialFrame, ZVT_SERIAL } from '../../protocols/terminal/zvt/serial-frame.ts';
import { hex, joined } from './scanner-packets.ts';

const told = (events: readonly DleEvent[]) =>
  events.map((event) => {
    if (event.kind === 'noise') return `${event.cause}:${event.length}`;
    return event.kind === 'answer' ? `answer ${event.byte.toString(16)}` : toHex(event.payload);
  });
const ACCEPTED = serialFrame(hex('800000'));
const heard = (...parts: readonly Uint8Array[]) => told(new DleFramer(ZVT_SERIAL).push(joined(parts), 0));
const heardAll = (...parts: readonly Uint8Array[]) => {
  const framer = new DleFramer(ZVT_SERIAL);
  return told([...framer.push(joined(parts), 0), ...framer.silence(200)]);
};

describe('the DLE framer', () => {
  it('takes ACK and NAK between frames, glued to a frame on either side', () => {
    expect(heard(hex('06'), ACCEPTED, hex('15'), ACCEPTED)).toEqual(['answer 6', '800000', 'answer 15', '800000']);
  });

  it('never takes a byte of a broken frame for an ACK: every 06 xx message begins with one', () => {
    const completion = serialFrame(hex('060F00'));
    const broken = completion.with(completion.length - 1, 0x00);
    expect(heard(broken, ACCEPTED)).toEqual([`bad-check:${broken.length}`, '800000']);
    // the first byte of the frame was lost
    expect(heardAll(completion.subarray(1))).toEqual([`junk:${completion.length - 1}`]);
    expect(heardAll(completion.with(0, 0x90))).toEqual([`junk:${completion.length}`]);
  });

  it('finds the frame behind one that was cut off without a pause', () => {
    const payment = serialFrame(hex('06010704000000001000'));
    expect(heard(payment.subarray(0, 9), ACCEPTED)).toEqual(['cut-off:9', '800000']);
    // cut in the middle of a doubled 10: the halves join with the next mark, the check fails, the search finds the mark
    const odd = hex('10 02 06 01 10');
    expect(heard(odd, ACCEPTED).at(-1)).toBe('800000');
  });

  it('takes two lost check bytes for what they are: the next frame is found in them', () => {
    const lost = ACCEPTED.subarray(0, -2);
    expect(heard(lost, ACCEPTED)).toEqual([`bad-check:${lost.length}`, '800000']);
  });

  it('lets go of half a frame after 200 ms, not after 199', () => {
    for (const [gap, expected] of [
      [199, ['800000']],
      [200, ['cut-off:4', 'junk:5']],
    ] as const) {
      const framer = new DleFramer(ZVT_SERIAL);
      const events = [...framer.push(ACCEPTED.subarray(0, 4), 0), ...framer.push(ACCEPTED.subarray(4), gap)];
      expect(told([...events, ...framer.silence(gap + 1000)])).toEqual(expected);
    }
  });

  it('holds no more than its longest frame, whatever comes', () => {
    const small: DleShape = { ...ZVT_SERIAL, maxBytes: 32 };
    for (const filler of ['00', '10 10', '10 10 02', '06', '10']) {
      const framer = new DleFramer(small);
      framer.push(hex('1002'), 0);
      for (let n = 0; n < 2_000; n++) {
        framer.push(hex(filler), 0);
        expect(framer.held - heldJunk(framer)).toBeLessThanOrEqual(2 * 32 + 8);
      }
      framer.reset();
      const { received, framed, noise } = framer.tally;
      expect(received).toBe(framed + noise);
    }
  });
});

/** A run of junk is only counted, not kept. */
function heldJunk(framer: DleFramer): number {
  return framer.isMidFrame ? 0 : framer.held;
}

const piece = fc.oneof(
  fc.constantFrom('10', '02', '03', '06', '15', '1002', '1003', '1010', '80').map(hex),
  fc.uint8Array({ maxLength: 6 }),
  fc.uint8Array({ maxLength: 12 }).map(serialFrame),
  fc
    .constantFrom('06010704000000000127', '06010704000000029792', '06010704000000000010')
    .map((apdu) => serialFrame(hex(apdu))),
);
const timed = fc.array(fc.record({ bytes: piece, afterMs: fc.constantFrom(0, 0, 0, 1, 199, 200, 201) }), {
  maxLength: 25,
});

describe('for any bytes', () => {
  it('frames, answers and noise do not depend on how they were cut', () => {
    fc.assert(
      fc.property(timed, fc.infiniteStream(fc.boolean()), (stream, cuts) => {
        const whole = new DleFramer(ZVT_SERIAL);
        const cut = new DleFramer(ZVT_SERIAL);
        const [one, other]: [DleEvent[], DleEvent[]] = [[], []];
        let now = 0;
        for (const { bytes, afterMs } of stream) {
          now += afterMs;
          one.push(...whole.push(bytes, now));
          const due = cut.nextDeadline;
          if (due !== undefined && due <= now) other.push(...cut.silence(due));
          let from = 0;
          for (let at = 1; at <= bytes.length; at++) {
            if (at < bytes.length && !cuts.next().value) continue;
            other.push(...cut.push(bytes.subarray(from, at), now));
            from = at;
          }
        }
        one.push(...whole.reset());
        other.push(...cut.reset());
        expect(other).toEqual(one);
        expect(whole.tally.received).toBe(whole.tally.framed + whole.tally.noise);
        expect(cut.tally).toEqual(whole.tally);
      }),
      { numRuns: 600 },
    );
  });

  it('a whole frame behind silence is always found, and nothing that was not sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 1, maxLength: 40 }), (noise, apdu) => {
        const framer = new DleFramer(ZVT_SERIAL);
        framer.push(noise, 0);
        const payloads = framer
          .push(serialFrame(apdu), 300)
          .flatMap((event) => (event.kind === 'frame' ? [toHex(event.payload)] : []));
        expect(payloads).toEqual([toHex(apdu)]);
      }),
    );
  });

  it('what is framed is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (apdu) => {
        expect(told(new DleFramer(ZVT_SERIAL).push(serialFrame(apdu), 0))).toEqual([toHex(apdu)]);
      }),
    );
    expect(toHex(dleFrame(hex('10'), hex('1002')))).toBe('1002101010031002');
  });
});
