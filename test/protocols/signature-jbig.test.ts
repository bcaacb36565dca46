import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { fromRows, newBitmap, setDot } from '../../protocols/escpos/image.ts';
import { decodeJbig } from '../../protocols/signature/jbig-decode.ts';
import { encodeJbig, FIELD_ENCODING } from '../../protocols/signature/jbig-encode.ts';
import { JBIG_OPTIONS } from '../../protocols/signature/jbig-header.ts';
import { needs } from '../needs.ts';
import { LCG } from '../seeded.ts';
import {
  AGREED,
  anyEncoding,
  anyPicture,
  anySignature,
  compare,
  sameDots,
  theirJbig,
  theirPicture,
} from './jbig-peer.ts';

needs('pbmtojbg')('beside jbigkit', () => {
  it('writes the same bytes as pbmtojbg and reads them back, whatever the options', () => {
    const chance = new LCG(82);
    for (let n = 0; n < 60; n++) {
      const [picture, encoding] = [anyPicture(chance), anyEncoding(chance)];
      const { width, height } = picture;
      expect(compare(picture, encoding), JSON.stringify({ n, width, height, ...encoding })).toEqual(AGREED);
    }
  });

  it('writes signatures as `pbmtojbg -s 7`', () => {
    const chance = new LCG(1);
    for (let n = 0; n < 40; n++) {
      const signature = anySignature(chance);
      expect(compare(signature, FIELD_ENCODING), `signature ${n}`).toEqual(AGREED);
    }
  });

  it('with stripes of one row jbigkit reads above the picture: its own reader sees something else, ours are right', () => {
    const chance = new LCG(99);
    const encoding = { stripeRows: 1, mx: 0, order: 0, options: 0 };
    const seen = { differ: 0, theirsWrong: 0, oursWrong: 0 };
    for (let n = 0; n < 40; n++) {
      const picture = newBitmap(20 + chance.below(60), 2 + chance.below(9));
      for (let k = 0; k < picture.bits.length; k++) picture.bits[k] = chance.below(256);
      const clean = fromRows(picture.bits, picture.width, picture.height);
      const [theirs, ours] = [theirJbig(clean, encoding), encodeJbig(clean, encoding)];
      const isTheirsRight = sameDots(theirPicture(theirs), clean);
      if (Buffer.compare(theirs, ours) !== 0) seen.differ += 1;
      if (!isTheirsRight) seen.theirsWrong += 1;
      if (!sameDots(theirPicture(ours), clean)) seen.oursWrong += 1;
    }
    expect(seen.oursWrong).toBe(0);
    expect(seen.differ).toBe(seen.theirsWrong);
  });

  it('reads what pbmtojbg can write besides: comments, a height that is corrected at the end, moves that are put off', () => {
    const chance = new LCG(5);
    for (let n = 0; n < 20; n++) {
      const picture = anyPicture(chance);
      const encoding = { ...anyEncoding(chance), mx: 8, resets: false };
      const taller = String(picture.height + 1 + chance.below(50));
      const read = decodeJbig(theirJbig(picture, encoding, ['-C', 'signed at till 1', '-c', '-Y', taller]));
      expect('bitmap' in read && sameDots(read.bitmap, picture), JSON.stringify({ n, ...encoding })).toBe(true);
    }
  });

  it('has its own comment and resets understood', () => {
    const picture = anySignature(new LCG(4));
    const comment = Uint8Array.of(0xff, 0x02, 0x03);
    const bytes = encodeJbig(picture, { ...FIELD_ENCODING, resets: true, comment });
    expect(sameDots(theirPicture(bytes), picture)).toBe(true);
  });
});

const picture = fc
  .tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 40 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: Math.ceil(width / 8) * height, maxLength: Math.ceil(width / 8) * height })
      .map((rows) => fromRows(rows, width, height)),
  );
const encoding = fc.record({
  stripeRows: fc.integer({ min: 1, max: 50 }),
  mx: fc.integer({ min: 0, max: 127 }),
  order: fc.constantFrom(0, 3),
  options: fc.constantFrom(0, 0x08, 0x1c, 0x40, 0x48, 0x5c),
  resets: fc.boolean(),
});

it('what was encoded is decoded, dot for dot', () => {
  fc.assert(
    fc.property(picture, encoding, (bitmap, how) => {
      const read = decodeJbig(encodeJbig(bitmap, how));
      expect('bitmap' in read && sameDots(read.bitmap, bitmap)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

describe('bytes that are no picture', () => {
  const GOOD = encodeJbig(anySignature(new LCG(3)));
  const hex = (text: string) => fromHex(text) ?? new Uint8Array();
  const head = (members: string, rest = 'FF02') => hex(`00000100${members}${rest}`);

  it.each([
    ['nothing', hex(''), 'truncated'],
    ['a header without its stripe', head('00000008 00000008 00000007 08 00 03 1C', ''), 'truncated'],
    ['a stripe without its end', head('00000008 00000008 00000008 08 00 03 1C', '526370'), 'truncated'],
    ['a second stripe that never comes', head('00000008 00000008 00000007 08 00 03 1C'), 'truncated'],
    ['an ABORT', head('00000008 00000008 00000008 08 00 03 1C', '5263FF04'), 'aborted'],
    ['an ABORT between stripes', head('00000008 00000008 00000007 08 00 03 1C', 'FF02FF04'), 'aborted'],
    ['a marker nobody knows', head('00000008 00000008 00000008 08 00 03 1C', '52FF09'), 'unknown-marker'],
    ['a comment that promises 4 GB', head('00000008 00000008 00000008 08 00 03 1C', 'FF07FFFFFFFF00'), 'truncated'],
    ['no dots', head('00000000 00000008 00000007 08 00 03 1C'), 'empty'],
    ['stripes without rows', head('00000008 00000008 00000000 08 00 03 1C'), 'empty'],
    ['a picture of 2^64 dots', head('FFFFFFFF FFFFFFFF 00000007 08 00 03 1C'), 'too-large'],
    ['the same with an open height', head('FFFFFFFF FFFFFFFF FFFFFFFF 08 00 03 20'), 'too-large'],
    ['a height that grows', head('00000008 00000008 00000008 08 00 03 3C', 'FF0500000009FF02FF02'), 'bad-newlen'],
    ['a height of nothing', head('00000008 00000008 00000008 08 00 03 3C', 'FF0500000000FF02'), 'bad-newlen'],
    [
      'a corrected height that was not announced',
      head('00000008 00000008 00000008 08 00 03 1C', 'FF0500000004FF02'),
      'second-newlen',
    ],
    [
      'an adaptive pixel beyond its range',
      head('00000008 00000008 00000008 08 00 03 1C', 'FF06000000000900FF02'),
      'bad-move',
    ],
    ['one above the line', head('00000008 00000008 00000008 08 00 03 1C', 'FF06000000000401FF02'), 'bad-move'],
    ['a private table', head('00000008 00000008 00000008 08 00 03 06'), 'private-table'],
    ['two layers', hex(`00010100 00000008 00000008 00000007 08 00 03 1C FF02`), 'layers'],
    ['two planes', hex(`00000200 00000008 00000008 00000007 08 00 03 1C FF02`), 'planes'],
    ['a PNG', hex('89504E470D0A1A0A0000000D4948445200000101'), 'not-a-header'],
  ])('%s is refused', (_, bytes, refusal) => {
    expect(decodeJbig(bytes)).toEqual({ refusal });
  });

  it('has a limit that the caller may tighten', () => {
    expect(decodeJbig(GOOD, 1000)).toEqual({ refusal: 'too-large' });
  });

  it('every prefix is refused, and nothing at all crashes or goes on for ever', () => {
    for (let length = 0; length < GOOD.length; length++)
      expect(decodeJbig(GOOD.subarray(0, length))).toHaveProperty('refusal');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(GOOD.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (changes) => {
          const bytes = GOOD.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          const read = decodeJbig(bytes, 200_000);
          expect('refusal' in read || read.bitmap.width * read.bitmap.height <= 200_000).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('what stands behind the picture is none of its', () => {
    const read = decodeJbig(Uint8Array.of(...GOOD, 0xff, 0xff, 0x00));
    expect('length' in read && read.length).toBe(GOOD.length);
  });
});

it('a blank pad takes 24 bytes', () => {
  expect(toHex(encodeJbig(newBitmap(8, 8))).toUpperCase()).toBe('000001000000000800000008000000070800031CFF02FF02');
  const dotted = newBitmap(8, 8);
  setDot(dotted, 3, 3);
  expect(encodeJbig(dotted).length).toBeGreaterThan(24);
  expect(FIELD_ENCODING.options).toBe(JBIG_OPTIONS.TPDON | JBIG_OPTIONS.TPBON | JBIG_OPTIONS.DPON);
});
