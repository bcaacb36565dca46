import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentDataSchema, DocumentSchema } from '../../protocols/backend/document.ts';
import { toBase64 } from '../../protocols/bytes/base64.ts';
import type { Block } from '../../protocols/document/document.ts';
import { DocumentError, fillText } from '../../protocols/document/fill.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { encodePage } from '../../protocols/escpos/encode-page.ts';
import { pageSlips } from '../../protocols/escpos/page-slips.ts';
import { genericProfile, PROFILES, type PrinterProfile } from '../../protocols/escpos/profile.ts';
import type { Slip } from '../../protocols/escpos/slip.ts';
import { slipText, summarise } from '../../protocols/escpos/summary.ts';
import { drawSlips } from '../../simulator/render/draw.ts';
import { pageOf, slipBytes } from './document-slip.ts';

const lines = (blocks: readonly Block[], paper: 58 | 80 | PrinterProfile, data = {}) =>
  summarise(
    decodeEscpos(slipBytes(blocks, paper, data), typeof paper === 'number' ? genericProfile(paper) : paper),
  ).slips[0]?.lines.map(({ text }) => text);

describe('placeholders', () => {
  it('are replaced by values of the data, also in groups', () => {
    expect(fillText('{{shop.name}} {{n}}/{{n}}', { shop: { name: '示例店' }, n: 3 })).toBe('示例店 3/3');
  });

  it('never look at what they brought', () => {
    expect(fillText('{{a}}', { a: '{{b}}', b: 'secret' })).toBe('{{b}}');
  });

  it.each([
    ['{{b}}', 'missing-value: b'],
    ['{{a.b}}', 'missing-value: a.b'],
    ['{{constructor}}', 'missing-value: constructor'],
    ['{{a.constructor.name}}', 'missing-value'],
    ['{{a.length}}', 'missing-value'],
    ['{{__proto__}}', 'bad-placeholder'],
    ['{{ a }}', 'bad-placeholder'],
    ['{{a', 'bad-placeholder'],
    ['{{a()}}', 'bad-placeholder'],
    ['{{group}}', 'not-a-text: group'],
    ['{{half}}', 'not-a-text: half'],
  ])('%s is an error that says what is wrong', (text, message) => {
    expect(() => fillText(text, { a: 'x', group: { a: 1 }, half: 0.5 })).toThrow(message);
  });

  it('say which block lacks a value', () => {
    const blocks: Block[] = [{ type: 'rule' }, { type: 'text', text: '{{name}}' }];
    expect(() => pageOf(blocks, 58)).toThrow(new DocumentError('missing-value', 'name (block 2, text)'));
  });

  it('print a block with `when` only if there is something', () => {
    const blocks: Block[] = [
      { type: 'text', when: 'phone', text: '{{phone}}' },
      { type: 'text', when: 'list', text: 'list' },
      { type: 'text', text: 'end' },
    ];
    expect(lines(blocks, 58, { phone: '', list: [] })).toEqual(['end']);
    expect(lines(blocks, 58, { phone: '1', list: [{}] })).toEqual(['1', 'list', 'end']);
  });
});

describe('a form that was laid out before', () => {
  const blocks: Block[] = [
    { type: 'text', text: '{{name}}', align: 'center', size: 'wide' },
    { type: 'columns', cells: [{ text: '订单号', caption: '{{caption}}' }, { text: '{{id}}' }] },
    { type: 'text', when: 'phone', text: '☎ {{phone}} 😀' },
  ];
  const words = fc.string({ unit: 'grapheme', maxLength: 60 });
  const sale = fc.record({
    paper: fc.constantFrom(58 as const, 80 as const, PROFILES['generic-58'], PROFILES['generic-80']),
    data: fc.record({ name: words, caption: words, id: words, phone: fc.constantFrom('', '400-1', '400-2') }),
  });

  it('shows what it shows on a first time, whatever and wherever it was before', () => {
    fc.assert(
      fc.property(fc.array(sale, { minLength: 2, maxLength: 6 }), (sales) => {
        for (const { paper, data } of [...sales, ...sales])
          expect(pageOf(blocks, paper, data)).toEqual(pageOf(structuredClone(blocks), paper, data));
      }),
    );
  });
});

describe('the schema at the border', () => {
  const parses = (blocks: unknown) => DocumentSchema.safeParse({ v: 1, blocks }).success;

  it('takes every kind of block', () => {
    expect(
      parses([
        { type: 'text', text: '{{a.b}}', align: 'center', size: 'large', bold: true },
        {
          type: 'columns',
          cells: [
            { text: 'a', caption: 'A' },
            { text: '{{b}}', share: 2 },
          ],
        },
        { type: 'table', each: 'lines', columns: [{ title: 'x', text: '{{x}}', share: 1, above: true }] },
        { type: 'rule', style: 'double' },
        { type: 'qr', text: '{{code}}', mm: 30, ecc: 'Q' },
        { type: 'barcode', text: '123' },
        { type: 'image', name: 'logo' },
        { type: 'signature', name: 'signature', lines: 3 },
        { type: 'spacer', lines: 2 },
        { type: 'cut' },
        { type: 'drawer', pin: 5 },
      ]),
    ).toBe(true);
  });

  it.each([
    [[{ type: 'text', text: '{{ a }}' }]],
    [[{ type: 'text', text: '{{a' }]],
    [[{ type: 'text', text: 'x', command: '\x1bp' }]],
    [[{ type: 'command', text: '\x1bp' }]],
    [[{ type: 'drawer', pin: 3 }]],
    [[{ type: 'spacer', lines: 1000 }]],
    [[{ type: 'text', text: 'x'.repeat(2000) }]],
    [[]],
  ])('refuses %j', (blocks) => {
    expect(parses(blocks)).toBe(false);
  });

  it('refuses another version and data that is no text', () => {
    expect(DocumentSchema.safeParse({ v: 2, blocks: [{ type: 'cut' }] }).success).toBe(false);
    expect(DocumentDataSchema.safeParse({ a: { b: [{ c: 'x' }] }, n: 3 }).success).toBe(true);
    expect(DocumentDataSchema.safeParse({ half: 0.5 }).success).toBe(false);
    expect(DocumentDataSchema.safeParse({ 'a b': 'x' }).success).toBe(false);
  });
});

describe('columns', () => {
  it('keep numbers whole and below each other, on both papers', () => {
    const blocks: Block[] = [
      {
        type: 'table',
        each: 'lines',
        columns: [
          { title: '品名', text: '{{name}}', share: 1, above: true },
          { title: '数量', text: '{{count}}', align: 'right' },
          { title: '金额', text: '{{sum}}', align: 'right' },
        ],
      },
    ];
    const data = {
      lines: [
        { name: '鸡蛋', count: 30, sum: '36.00' },
        { name: '金龙鱼花生油 压榨一级 5L', count: 2, sum: '12990.00' },
      ],
    };
    expect(lines(blocks, 58, data)).toEqual([
      '品名              数量      金额',
      '鸡蛋                30     36.00',
      '金龙鱼花生油 压榨一级 5L',
      '                     2  12990.00',
    ]);
    expect(lines(blocks, 80, data)).toHaveLength(3);
  });

  it('take shares of the paper and wrap each by itself', () => {
    const blocks: Block[] = [
      { type: 'columns', cells: [{ text: '一二三四五六七八九' }, { text: 'b' }, { text: 'c', align: 'right' }] },
    ];
    expect(lines(blocks, 58)).toEqual(['一二三四五  b                  c', '六七八九']);
  });
});

const LOGO = { width: 61, height: 150, rows: toBase64(new Uint8Array(8 * 150).fill(0b10110010)) };
const EVERYTHING: readonly Block[] = [
  { type: 'text', text: '签购单', align: 'center', size: 'large', bold: true },
  { type: 'text', text: 'small caption', align: 'right', size: 'small', underline: true },
  { type: 'text', text: '重打印 DUPLICATE', align: 'center', size: 'tall', reverse: true },
  {
    type: 'columns',
    cells: [
      { text: '金额', caption: 'AMOUNT' },
      { text: 'RMB 12.50', size: 'large', bold: true },
    ],
  },
  { type: 'rule', style: 'solid' },
  { type: 'qr', text: 'https://example.cn/p/1', mm: 25 },
  { type: 'barcode', text: 'PAY{20251121}', height: 50 },
  { type: 'image', name: 'logo', align: 'right' },
  { type: 'spacer' },
  { type: 'signature', name: 'signature', lines: 2, code: '227466B8' },
  { type: 'spacer', lines: 3 },
  { type: 'drawer' },
  { type: 'cut' },
  { type: 'text', text: '第二张' },
  { type: 'cut', style: 'full' },
];

/** Where two strips of paper differ first. */
function difference(ours: readonly Slip[], theirs: readonly Slip[], dots: number): string {
  const [a, b] = [drawSlips(ours, dots), drawSlips(theirs, dots)];
  if (a.height !== b.height) return `${a.height} and ${b.height} rows`;
  const at = a.bits.findIndex((byte, k) => byte !== b.bits[k]);
  return at < 0 ? '' : `row ${Math.floor(at / a.stride)}, dot ${8 * (at % a.stride)}`;
}

describe('one layout', () => {
  it.each<PrinterProfile>(Object.values(PROFILES))(
    'is the same picture on paper and from the bytes: $name',
    (profile) => {
      const page = pageOf(EVERYTHING, profile, {}, { logo: LOGO });
      const decoded = decodeEscpos(encodePage(page, profile), profile);
      expect(decoded.problems).toEqual([]);
      const wanted = pageSlips(page, profile);
      expect(difference(decoded.slips, wanted, profile.dots)).toBe('');
      // a picture sent in stripes is several in the text
      const text = (slips: readonly Slip[]) =>
        slips
          .flatMap((slip) => slipText(slip, profile.dots).split('\n'))
          .filter((line) => line !== '' && !line.includes('[image'));
      if (profile.raster !== 'columns') expect(text(decoded.slips)).toEqual(text(wanted));
      expect(decoded.slips.map(({ cut, drawer }) => ({ cut, drawer }))).toEqual(
        wanted.map(({ cut, drawer }) => ({ cut, drawer })),
      );
    },
  );

  it('is the same picture for any text in any style', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'W', '7', '.', ' ', '中', '￥', '，', 'é', '😀'),
      maxLength: 70,
    });
    const size = fc.constantFrom('small', 'normal', 'tall', 'wide', 'large');
    const align = fc.constantFrom('left', 'center', 'right');
    const block = fc.oneof(
      fc.record({ type: fc.constant('text'), text, size, align, bold: fc.boolean(), reverse: fc.boolean() }),
      fc
        .array(fc.record({ text, size: fc.constantFrom('normal', 'large'), align, bold: fc.boolean() }), {
          minLength: 1,
          maxLength: 4,
        })
        .map((cells) => ({ type: 'columns', cells })),
    ) as fc.Arbitrary<Block>;
    fc.assert(
      fc.property(
        fc.array(block, { minLength: 1, maxLength: 5 }),
        fc.constantFrom<58 | 80>(58, 80),
        (blocks, paper) => {
          const profile = genericProfile(paper);
          const page = pageOf(blocks, paper);
          const { slips, problems } = decodeEscpos(encodePage(page, profile), profile);
          expect(problems).toEqual([]);
          const wanted = pageSlips(page, profile);
          // blank paper makes no slip
          if (slips.length > 0) expect(difference(slips, wanted, profile.dots)).toBe('');
        },
      ),
      { numRuns: 150 },
    );
  });

  it('uses only what the printer has: no hanzi outside GB2312, four-byte codes where they print', () => {
    const old = pageOf([{ type: 'text', text: '镕' }], PROFILES['clone-58-gb2312']);
    expect(old.warnings).toEqual([{ codePoint: 'U+9555', replacedBy: '□' }]);
    const level2 = PROFILES['epson-tm-t70ii-ch'];
    expect(lines([{ type: 'text', text: '𠮷野家' }], level2)).toEqual(['𠮷野家']);
  });

  it('has a warning, not a hole, where a symbol does not fit', () => {
    const page = pageOf(
      [
        { type: 'barcode', text: '订单' },
        { type: 'barcode', text: 'x'.repeat(40) },
      ],
      58,
    );
    expect(page.warnings).toEqual([
      { symbol: 'barcode', reason: 'not-ascii' },
      { symbol: 'barcode', reason: 'too-wide' },
    ]);
    expect(page.pieces.filter(({ kind }) => kind === 'line')).toHaveLength(3);
  });
});
