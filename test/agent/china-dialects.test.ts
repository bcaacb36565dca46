import { expect, it } from 'vitest';
import { MisDialectConfig, misDialect, PadDialectConfig, padDialect } from '../../agent/devices/china-dialects.ts';
import { OBSERVED_DIALECT } from '../../protocols/terminal/mis/dialect.ts';
import { OBSERVED_PAD } from '../../protocols/terminal/pad/settings.ts';

it('without a word of the configuration it is what was observed', () => {
  expect(misDialect(MisDialectConfig.parse({}))).toEqual(OBSERVED_DIALECT);
  expect(padDialect(PadDialectConfig.parse({}))).toEqual(OBSERVED_PAD);
});

it('any code is replaced, the others stay', () => {
  const config = {
    tags: { paycode: 'DF62' },
    commands: { sale: 1, qrSale: 0x61 },
    results: { cancelled: ['00020001'] },
  };
  const dialect = misDialect(MisDialectConfig.parse(config));
  expect(dialect.tags).toEqual({ ...OBSERVED_DIALECT.tags, paycode: 'DF62' });
  // a bank that voids otherwise must say so: what was observed elsewhere would be a guess about money
  expect(dialect.commands).toEqual({ sale: 1, qrSale: 0x61 });
  expect(dialect.results).toEqual({ ...OBSERVED_DIALECT.results, cancelled: ['00020001'] });
  expect(padDialect(PadDialectConfig.parse({ ground: 'ours', penWidth: 3 }))).toMatchObject({
    ground: 'ours',
    penWidth: 3,
  });
});

it.each([
  ['a tag of another family', { tags: { paycode: '9F26' } }],
  ['a result of three characters', { results: { approved: ['000'] } }],
  ['no code for approved', { results: { approved: [] } }],
  ['a word it does not know', { tag: {} }],
  ['four sends', { sends: 4 }],
])('%s is refused', (_, config) => {
  expect(MisDialectConfig.safeParse(config).success).toBe(false);
});

it('a code that means two things is refused: approved and declined must not be one', () => {
  const twice = MisDialectConfig.parse({ results: { cancelled: ['00'] } });
  expect(() => misDialect(twice)).toThrow('00 would mean two things');
  expect(() => misDialect(MisDialectConfig.parse({ tags: { paycode: 'DF07' } }))).toThrow('DF07');
});
