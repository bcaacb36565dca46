import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocols/bytes/hex.ts';
import { type Bitmap, dotAt, fromRows, newBitmap, setDot } from '../../protocols/escpos/image.ts';
import { readBmp, writeBmp } from '../../protocols/signature/bmp.ts';
import { featureCode } from '../../protocols/signature/feature-code.ts';
import { drawFeatureCode, signingGround } from '../../protocols/signature/feature-glyphs.ts';
import { readPadImage, writePadImage } from '../../protocols/signature/pad-image.ts';
import { readPbm, writePbm } from '../../protocols/signature/pbm.ts';
import { drawStrokes, isBlank, MAX_POINTS, type PenPoint } from '../../protocols/signature/strokes.ts';
import { sameDots } from './jbig-peer.ts';

const picture = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 20 })).chain(([width, height]) => {
  const size = Math.ceil(width / 8) * height;
  return fc.uint8Array({ minLength: size, maxLength: size }).map((rows) => fromRows(rows, width, height));
});

function at(x: number, y: number, down = true, t = 0): PenPoint {
  return { t, x, y, p: 0.5, down };
}

function drawn(points: readonly PenPoint[], penWidth = 1): string[] {
  const bitmap = newBitmap(12, 5);
  expect(drawStrokes(bitmap, points, penWidth)).toBeUndefined();
  return shown(bitmap);
}

function shown(bitmap: Bitmap): string[] {
  return Array.from({ length: bitmap.height }, (_, y) =>
    Array.from({ length: bitmap.width }, (__, x) => (dotAt(bitmap, x, y) ? '#' : '.')).join(''),
  );
}

describe('strokes', () => {
  it('a line goes from where the pen touches to where it is lifted, and no further', () => {
    expect(drawn([at(0, 0, false), at(1, 1), at(7, 3), at(7, 0, false), at(9, 4), at(11, 4)])).toEqual([
      '............',
      '.##.........',
      '...###......',
      '......##....',
      '.........###',
    ]);
  });

  it('a touch is a dot, as wide as the pen; what lies outside is cut off', () => {
    expect(drawn([at(5, 2)], 3)).toEqual([
      '............',
      '....###.....',
      '....###.....',
      '....###.....',
      '............',
    ]);
    expect(drawn([at(-3, -2), at(14, 6)])).toEqual(drawn([at(-3, -2), at(-3, -2, false), at(-3, -2), at(14, 6)]));
    expect(drawn([at(0, 4)], 4).at(-1)).toBe('###.........');
  });

  it.each([
    ['more points than a hand makes', Array.from({ length: MAX_POINTS + 1 }, () => at(1, 1)), 1, 'too-many-points'],
    ['a point that is none', [at(Number.NaN, 1)], 1, 'not-a-point'],
    ['one at the end of the world', [at(1e9, 1)], 1, 'not-a-point'],
    ['a pen that runs for miles', Array.from({ length: 30 }, (_, n) => at((n % 2) * 60_000, 1)), 1, 'too-long'],
    ['a brush', [at(1, 1)], 50, 'pen-width'],
  ] as const)('%s is refused before the first dot', (_, points, penWidth, refusal) => {
    const bitmap = newBitmap(12, 5);
    expect(drawStrokes(bitmap, points, penWidth)).toBe(refusal);
    expect(bitmap.bits.every((byte) => byte === 0)).toBe(true);
  });

  it('nobody signed', () => {
    expect(isBlank([at(1, 1, false), at(5, 5, false)])).toBe(true);
    expect(isBlank([at(1, 1, false), at(5, 5)])).toBe(false);
  });
});

describe('the feature code', () => {
  it('stands in the middle, 13 x 13 for each character, under the ink', () => {
    const ground = signingGround(128, 64, '227466B8');
    expect(
      ground &&
        shown(ground)
          .map((row) => row.indexOf('#'))
          .filter((x) => x >= 0),
    ).toHaveLength(9);
    const ink = (ground && shown(ground).flatMap((row, y) => (row.includes('#') ? [y] : []))) ?? [];
    expect([ink[0], ink.at(-1)]).toEqual([27, 35]);
    const columns = ground ? shown(ground).map((row) => [row.indexOf('#'), row.lastIndexOf('#')]) : [];
    const [left, right] = [
      Math.min(...columns.flatMap(([x = -1]) => (x >= 0 ? [x] : []))),
      Math.max(...columns.map(([, x = 0]) => x)),
    ];
    expect(Math.abs(left - (127 - right))).toBeLessThanOrEqual(1);
    if (ground) drawStrokes(ground, [at(0, 30), at(127, 30)], 2);
    expect(ground && shown(ground)[30]).toBe('#'.repeat(128));
  });

  it('breaks into rows on a narrow picture and is refused where it does not fit', () => {
    const narrow = newBitmap(60, 40);
    expect(drawFeatureCode(narrow, '0123ABCD')).toBe(true);
    expect(shown(narrow).filter((row) => row.includes('#'))).toHaveLength(18);
    expect(drawFeatureCode(newBitmap(60, 20), '0123ABCD')).toBe(false);
    expect(drawFeatureCode(newBitmap(128, 64), '0123abcd')).toBe(false);
    expect(drawFeatureCode(newBitmap(8, 64), '01234567')).toBe(false);
  });

  it('all sixteen characters look different', () => {
    const looks = [...'0123456789ABCDEF'].map((char) => {
      const one = newBitmap(104, 13);
      drawFeatureCode(one, char.repeat(8));
      return toHex(one.bits);
    });
    expect(new Set(looks).size).toBe(16);
  });

  it('is made of digits of the right lengths or not at all', () => {
    expect(featureCode({ settlementMmdd: '131', referenceNo: '013123456789' })).toBeUndefined();
    expect(featureCode({ settlementMmdd: '0131', referenceNo: '01312345678A' })).toBeUndefined();
    expect(featureCode({ batch: '12', trace: '000345' })).toBeUndefined();
    expect(featureCode({})).toBe('00000000');
  });
});

describe('picture files of pads', () => {
  it('BMP, PBM and the word in front of it are read as they were written', () => {
    fc.assert(
      fc.property(picture, fc.constantFrom('bmp' as const, 'pbm' as const), (bitmap, format) => {
        const read = readPadImage(writePadImage({ format, bitmap }));
        expect(read?.format).toBe(format);
        expect(sameDots(read?.bitmap, bitmap)).toBe(true);
      }),
    );
  });

  it('a BMP from elsewhere: rows from the top, and white as colour 0', () => {
    // 9 x 2, written by hand: FF 80 is nine set bits
    const head = (height: string, palette: string) =>
      `424D460000000000000 03E000000 28000000 09000000 ${height} 0100 0100 00000000 08000000 00000000 00000000 00000000 00000000 ${palette}`;
    const bmp = (height: string, palette: string) =>
      readBmp(fromHex(`${head(height, palette)} FF800000 00000000`) ?? new Uint8Array());
    const [blackFirst, whiteFirst] = ['00000000FFFFFF00', 'FFFFFF0000000000'];
    const shows = (bitmap: Bitmap | undefined) => bitmap && shown(bitmap);
    expect(shows(bmp('02000000', blackFirst))).toEqual(['#########', '.........']);
    expect(shows(bmp('02000000', whiteFirst))).toEqual(['.........', '#########']);
    expect(shows(bmp('FEFFFFFF', whiteFirst))).toEqual(['#########', '.........']);
  });

  it('a PBM with comments and odd white space', () => {
    const text = Uint8Array.from('P4 # a pad\n# 1\n 9\n\t2\n', (char) => char.charCodeAt(0));
    expect(shown(readPbm(Uint8Array.of(...text, 0xff, 0x80, 0, 0)) ?? newBitmap(1, 1))[0]).toBe('#########');
  });

  it('what is cut off or promises too much is no picture', () => {
    const bitmap = newBitmap(9, 3);
    setDot(bitmap, 4, 1);
    for (const bytes of [writeBmp(bitmap), writePbm(bitmap)])
      for (let length = 0; length < bytes.length; length++)
        expect(readBmp(bytes.subarray(0, length)) ?? readPbm(bytes.subarray(0, length))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (tail, isBmp) => {
        const start = isBmp ? [0x42, 0x4d] : [0x50, 0x34, 0x20];
        readPadImage(Uint8Array.of(...start, ...tail));
      }),
    );
  });
});
