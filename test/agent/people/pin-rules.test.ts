import { describe, expect, it } from 'vitest';
import { isTrivial, PIN } from '../../../agent/people/pin-rules.ts';

describe('a PIN that thieves try first is none', () => {
  it.each([
    ['one digit', '000000', '111111', '99999999'],
    ['a run, up or down, or in steps', '123456', '654321', '012345', '890123', '135791', '987654321'],
    ['the same again', '123123', '121212', '808080', '12341234', '135135', '19901990'],
    ['pairs that count on', '112233', '111222', '998877', '111112', '11122233'],
    ['a date of birth', '900315', '851231', '19900315', '20011003', '010101'],
    ['numbers that everybody knows', '5201314', '147258', '159357', '15201314'],
  ])('%s', (_what, ...pins) => {
    for (const pin of pins) expect({ pin, trivial: isTrivial(pin) }).toEqual({ pin, trivial: true });
  });

  it('others may be chosen', () => {
    for (const pin of ['802746', '914053', '370682', '4718293', '907364518273', '991399'])
      expect({ pin, trivial: isTrivial(pin) }).toEqual({ pin, trivial: false });
  });

  it('most numbers are left to choose from', () => {
    const left = Array.from({ length: 10_000 }, (_, at) => String(at * 100 + 7).padStart(6, '0')).filter(
      (pin) => !isTrivial(pin),
    );
    expect(left.length).toBeGreaterThan(8_500);
  });

  it.each(['12345', '1234567890123', '12a456', '１２３４５６', ' 123456', ''])('"%s" is no PIN at all', (text) => {
    expect(PIN.test(text)).toBe(false);
  });
});
