import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SaleSlip, saleSlip } from '../../agent/slips/sale-slip.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { summarise } from '../../protocols/escpos/summary.ts';
import { Tokenizer } from '../../protocols/escpos/tokenize.ts';

const SALE: SaleSlip = {
  merchantName: '上海示例便利店（人民路店）',
  merchantNo: '898310054110001',
  terminalNo: '31000001',
  operatorNo: '01',
  channel: 'WECHAT',
  maskedPaycode: '13************1492',
  orderId: 'ORD-20261122-0001',
  attemptId: '01KAMZ3N5R8Q2W4E6T7Y9V1X3C',
  transactionId: '4200002123202611221234567890',
  paidAt: Date.UTC(2026, 10, 22, 5, 5, 9),
  amountFen: 1250,
  slipId: '000123',
  servicePhone: '400-820-8820',
};

function read(slip: SaleSlip, paper: 58 | 80) {
  const { bytes, warnings } = saleSlip(slip, paper);
  const { slips, problems } = summarise(decodeEscpos(bytes, genericProfile(paper)));
  return { bytes, warnings, problems, slips, lines: slips[0]?.lines.map(({ text }) => text) ?? [] };
}

describe.each([58, 80] as const)('the slip of a wallet payment on %d mm paper', (paper) => {
  it('says all that a slip must say, without a problem', () => {
    const { slips, lines, warnings, problems } = read(SALE, paper);
    expect({ warnings, problems, count: slips.length, cut: slips[0]?.cut }).toEqual({
      warnings: [],
      problems: [],
      count: 1,
      cut: 'partial',
    });
    const text = lines.join('\n');
    for (const value of [
      '签购单',
      SALE.merchantName,
      '898310054110001',
      '31000001',
      '扫码消费',
      '微信支付',
      SALE.orderId,
    ])
      expect(text).toContain(value);
    for (const value of [SALE.maskedPaycode, SALE.attemptId, SALE.transactionId ?? '', '2026/11/22 13:05:09', '000123'])
      expect(text).toContain(value);
    expect(text).not.toContain('重打印');
    expect(slips[0]?.qr).toEqual([SALE.attemptId]);
  });

  it('prints the amount in double size, as RMB with two decimals', () => {
    const { slips } = read(SALE, paper);
    const amount = slips[0]?.lines.find(({ text }) => text.includes('RMB'));
    expect(amount?.runs.at(-1)).toEqual({ text: 'RMB 12.50', bold: true, width: 2, height: 2 });
    expect(read({ ...SALE, amountFen: 10_000_000_000 }, paper)).toMatchObject({ problems: [] });
  });

  it('carries the mark of a reprint', () => {
    const mark = read({ ...SALE, duplicate: true }, paper).slips[0]?.lines.find(({ text }) => text.includes('重打印'));
    expect(mark?.runs).toMatchObject([{ text: ' 重打印 DUPLICATE ', reverse: true, height: 2 }]);
  });

  it.each([
    '\x1b@\x1bp\x00\x32\xfa',
    '\x1d(k\x03\x001Q0',
    '\n\n\x1dV\x00',
    '\x10\x04\x01\x10\x14\x01\x00\x01',
    '{code:1}\x1c.\r',
    '\u009b1m\u2028',
  ])('cannot be made to run the command %j from any field', (evil) => {
    const evilSale: SaleSlip = {
      ...SALE,
      merchantName: `店${evil}铺`,
      merchantNo: evil,
      terminalNo: `1${evil}`,
      operatorNo: evil,
      maskedPaycode: evil,
      orderId: evil,
      transactionId: `T${evil}`,
      slipId: evil,
      servicePhone: evil,
    };
    expect(commandNames(evilSale, paper)).toEqual(commandNames(cleaned(evilSale), paper));
    const { slips, problems } = read(evilSale, paper);
    expect(problems).toEqual([]);
    expect(slips).toHaveLength(1);
    expect(slips[0]).toMatchObject({ drawer: null, cut: 'partial', qr: [SALE.attemptId] });
  });

  it('is one clean slip for any merchant text', () => {
    const any = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(any, any, any, (merchantName, orderId, servicePhone) => {
        const { slips, problems } = read({ ...SALE, merchantName, orderId, servicePhone }, paper);
        expect(problems).toEqual([]);
        expect(slips).toHaveLength(1);
        expect(slips[0]?.drawer).toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});

it('tells of every character that it could not print', () => {
  expect(saleSlip({ ...SALE, merchantName: '𠮷😀店' }, 58).warnings).toEqual([
    { codePoint: 'U+20BB7', replacedBy: '□' },
    { codePoint: 'U+1F600', replacedBy: '□' },
  ]);
});

it('refuses an amount that is not whole fen', () => {
  expect(() => saleSlip({ ...SALE, amountFen: 12.5 }, 58)).toThrow('not an amount in fen');
});

/** The same fields with a plain letter for each character that is not text. */
function cleaned(sale: SaleSlip): SaleSlip {
  const clean = (text: string) =>
    text
      .replace(/[\t\n]/gu, ' ')
      .replaceAll('\r', '')
      .replace(/\p{Cc}|[\u2028\u00fa]/gu, (c) => (c === 'ú' ? 'ú' : '□'));
  const entries = Object.entries(sale).map(([key, value]) => [key, typeof value === 'string' ? clean(value) : value]);
  return Object.fromEntries(entries) as SaleSlip;
}

function commandNames(sale: SaleSlip, paper: 58 | 80): string[] {
  const names: string[] = [];
  const tokenizer = new Tokenizer((token) => names.push(token.kind === 'command' ? token.name : token.kind));
  tokenizer.push(saleSlip(sale, paper).bytes);
  tokenizer.end();
  return names;
}
