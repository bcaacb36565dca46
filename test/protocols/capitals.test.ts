import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capitals } from '../../protocols/money/capitals.ts';

describe('an amount in Chinese capitals', () => {
  // 正确填写票据和结算凭证的基本规定 (银发[1997]393号, annex 1), its own examples
  it.each([
    [140_950, '人民币壹仟肆佰零玖元伍角'],
    [600_714, '人民币陆仟零柒元壹角肆分'],
    [168_032, '人民币壹仟陆佰捌拾元零叁角贰分'],
    [10_700_053, '人民币壹拾万柒仟元零伍角叁分'],
    [1_640_902, '人民币壹万陆仟肆佰零玖元零贰分'],
    [32_504, '人民币叁佰贰拾伍元零肆分'],
  ])('%i fen as the rule writes it', (fen, text) => {
    expect(capitals(fen)).toBe(text);
  });

  it.each([
    [0, '人民币零元整'],
    [1, '人民币壹分'],
    [10, '人民币壹角'],
    [15, '人民币壹角伍分'],
    [100, '人民币壹元整'],
    [1000, '人民币壹拾元整'],
    [1250, '人民币壹拾贰元伍角'],
    [10_005, '人民币壹佰元零伍分'],
    [1_000_000, '人民币壹万元整'],
    [10_000_700, '人民币壹拾万零柒元整'],
    [1_000_100_00, '人民币壹佰万零壹佰元整'],
    [20_030_005, '人民币贰拾万零叁佰元零伍分'],
    [10_000_000_000, '人民币壹亿元整'],
    [9_999_999_999, '人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分'],
  ])('%i fen', (fen, text) => {
    expect(capitals(fen)).toBe(text);
  });

  it('ends with 整 or 正 where nothing follows the yuan', () => {
    expect(capitals(1200, '正')).toBe('人民币壹拾贰元正');
    expect(capitals(1201, '正')).toBe('人民币壹拾贰元零壹分');
  });

  it('refuses what is no amount', () => {
    for (const fen of [-1, 0.5, Number.NaN, 10_000_000_001]) expect(() => capitals(fen)).toThrow(RangeError);
  });

  it('says the amount and no other: read back digit by digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (fen) => {
        expect(read(capitals(fen))).toBe(fen);
      }),
    );
  });
});

/** An independent reader: places add up, 万 and 亿 close a section. */
function read(text: string): number {
  const units: Record<string, number> = { 拾: 10, 佰: 100, 仟: 1000 };
  let [total, section, digit, yuan] = [0, 0, 0, 0];
  for (const char of text.replace('人民币', '')) {
    if ('零壹贰叁肆伍陆柒捌玖'.includes(char)) digit = '零壹贰叁肆伍陆柒捌玖'.indexOf(char);
    else if (char in units) {
      section += digit * (units[char] ?? 0);
      digit = 0;
    } else if (char === '万' || char === '亿' || char === '元') {
      total += (section + digit) * ({ 万: 10_000, 亿: 100_000_000, 元: 1 }[char] ?? 0);
      if (char === '元') yuan = total;
      [section, digit] = [0, 0];
    } else if (char === '角' || char === '分') {
      yuan += digit * (char === '角' ? 0.1 : 0.01);
      digit = 0;
    }
  }
  return Math.round(yuan * 100);
}
