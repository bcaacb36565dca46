import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatYuan, isCollectableFen, MAX_FEN, MIN_FEN, parseYuan, yuanTextToFen } from '../../protocols/money/fen.ts';

it('what is written is what is read, for every amount that can be collected', () => {
  fc.assert(
    fc.property(fc.integer({ min: MIN_FEN, max: MAX_FEN }), (fen) => {
      expect(parseYuan(formatYuan(fen))).toBe(fen);
    }),
  );
});

it('the policy begins at one fen and ends at a hundred million yuan', () => {
  expect([yuanTextToFen('0'), parseYuan('0'), parseYuan('0.00')]).toEqual([0, undefined, undefined]);
  expect(parseYuan('0.01')).toBe(MIN_FEN);
  expect(parseYuan('100000000.00')).toBe(MAX_FEN);
  expect([yuanTextToFen('100000000.01'), parseYuan('100000000.01')]).toEqual([MAX_FEN + 1, undefined]);
  expect([isCollectableFen(1.5), isCollectableFen(Number.NaN)]).toEqual([false, false]);
});

it('no other text is an amount', () => {
  for (const text of ['1e3', '+1', '1.', '1.2.3', '¥1', '1\n', '１', 'Infinity', '00.10', '1_000', '1 000'])
    expect(yuanTextToFen(text), text).toBeUndefined();
});

it('shows two decimals and the sign, and refuses what is not fen', () => {
  expect([0, 5, 1250, -1250, 100].map(formatYuan)).toEqual(['0.00', '0.05', '12.50', '-12.50', '1.00']);
  expect(() => formatYuan(0.1)).toThrow(RangeError);
});
