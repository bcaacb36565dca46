import * as fc from 'fast-check';
import { encodeQR } from 'qr';
import { describe, expect, it } from 'vitest';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { encodePage } from '../../protocols/escpos/encode-page.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { qrModuleFor, qrModules } from '../../protocols/escpos/qr.ts';
import { summarise } from '../../protocols/escpos/summary.ts';
import { columnsOf, gbkBytes, printable } from '../../protocols/escpos/text.ts';
import { wrap } from '../../protocols/escpos/wrap.ts';
import { pageOf, slipBytes } from './document-slip.ts';

describe('text that a two-byte printer can print', () => {
  it('turns the yen sign into the two-byte one instead of four bytes', () => {
    expect(printable('¥192.00')).toEqual({ text: '￥192.00', columns: 8, warnings: [] });
  });

  it('puts a box and a warning where there is no code, never a silent question mark', () => {
    expect(printable('𠮷野家😀ö')).toEqual({
      text: '□野家□o',
      columns: 9,
      warnings: [
        { codePoint: 'U+20BB7', replacedBy: '□' },
        { codePoint: 'U+1F600', replacedBy: '□' },
        { codePoint: 'U+00F6', replacedBy: 'o' },
      ],
    });
  });

  it('leaves no control character and no four-byte code of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = gbkBytes(printable(text).text);
        for (let i = 0; i < bytes.length; i++) {
          const byte = bytes[i] ?? 0;
          expect(byte).toBeGreaterThanOrEqual(0x20);
          const trail = byte >= 0x81 ? bytes[++i] : 0x40;
          expect(trail).toBeGreaterThanOrEqual(0x40);
        }
      }),
    );
  });

  it('counts columns as bytes: a hanzi is two', () => {
    const text = printable('上海¥×·“A').text;
    expect(columnsOf(text)).toBe(gbkBytes(text).length);
  });
});

describe('lines', () => {
  it('wrap at words, never inside a number that fits, never before closing punctuation', () => {
    expect(wrap('订单 4200002123202611221234567890', 32)).toEqual(['订单', '4200002123202611221234567890']);
    expect(wrap('一二三四，五', 8)).toEqual(['一二三', '四，五']);
    expect(wrap('abc def', 4)).toEqual(['abc', 'def']);
    expect(wrap('x'.repeat(10), 4)).toEqual(['xxxx', 'xxxx', 'xx']);
    expect(wrap('', 4)).toEqual(['']);
  });

  it('stay within the paper for any text, and lose nothing but spaces', () => {
    const anyText = fc.string({ unit: fc.constantFrom('a', '1', ' ', '中', '，', '-') });
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 48 }), (text, columns) => {
        const lines = wrap(text, columns);
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });

  it('put a value beside its label, or below it to the right', () => {
    const bytes = slipBytes(
      [
        { type: 'columns', cells: [{ text: '金额' }, { text: '12.50' }] },
        { type: 'columns', cells: [{ text: '交易单号' }, { text: '4200002123202611221234567890' }] },
      ],
      58,
    );
    expect(summarise(decodeEscpos(bytes, genericProfile(58))).slips[0]?.lines).toMatchObject([
      { text: `金额${' '.repeat(23)}12.50`, align: 'left' },
      { text: '交易单号', align: 'left' },
      { text: '4200002123202611221234567890', align: 'right' },
    ]);
  });

  it('come back from the decoder as they were laid out, without a problem', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'Z', '7', '中', '文', '￥'), minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(text, fc.constantFrom<58 | 80>(58, 80), fc.boolean(), (content, paper, bold) => {
        const bytes = slipBytes(
          [
            { type: 'text', text: content, bold, size: 'large' },
            { type: 'columns', cells: [{ text: '标签' }, { text: content }] },
            { type: 'cut' },
          ],
          paper,
        );
        const { slips, problems } = summarise(decodeEscpos(bytes, genericProfile(paper)));
        expect(problems).toEqual([]);
        const printed = slips[0]?.lines.map((line) => line.text.replaceAll(' ', '')).join('');
        expect(printed).toBe(`${content}标签${content}`);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the QR symbol', () => {
  const LEVELS = { L: 'low', M: 'medium', Q: 'quartile', H: 'high' } as const;

  it('is as large as the drawing library makes it, for every length, mode and level', () => {
    for (const ecc of ['L', 'M', 'Q', 'H'] as const) {
      for (const char of ['7', 'A', 'a']) {
        for (const length of [1, 14, 26, 103, 230, 500, 1200]) {
          const text = char.repeat(length);
          let modules: number | undefined;
          try {
            modules = encodeQR(text, 'raw', { ecc: LEVELS[ecc], border: 1 }).length - 2;
          } catch {
            modules = undefined;
          }
          expect(qrModules(Buffer.from(text), ecc), `${ecc} ${length} x ${char}`).toBe(modules);
        }
      }
    }
  });

  it('fits with its quiet zone, or is not made: (modules + 8) x size <= dots', () => {
    expect(qrModuleFor(25, 384, 6)).toBe(6);
    expect(qrModuleFor(85, 384, 6)).toBe(4);
    expect(qrModuleFor(117, 384, 6)).toBe(3);
    expect(qrModuleFor(121, 384, 6)).toBeUndefined();
  });

  it('becomes text and a warning when it does not fit', () => {
    const page = pageOf([{ type: 'qr', text: '{{code}}' }], 58, { code: 'x'.repeat(1000) });
    expect(page.warnings).toEqual([{ symbol: 'qr', reason: 'too-wide' }]);
    expect(summarise(decodeEscpos(encodePage(page, genericProfile(58)), genericProfile(58))).problems).toEqual([]);
  });
});
