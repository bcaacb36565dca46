import { inspect } from 'node:util';
import * as fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { mod11Two } from '../../protocols/paycode/check-digits.ts';
import { type Classification, type CodeKind, classify } from '../../protocols/paycode/classify.ts';
import { channelOf, compileRules } from '../../protocols/paycode/numeric.ts';
import { PAYMENT_CODE_RULES } from '../../protocols/paycode/rules.ts';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { CODE_SENTENCES, codeSentence } from '../../protocols/paycode/sentences.ts';
import { LCG } from '../seeded.ts';

const WX = '134622817080551492';
const ALI = '286248566432274952';
const UP = '6202836356319025722';
const CPM =
  'hQVDUFYwMWFWTwigAAADMwEBAlcRYmNgAQBxNnLSMSIBAAABiAFfNAEAYzOfJghWite85mtxi58nAYCfEBEHAAEDoAAAAQgwMDAwMDAwMZ82AhEiggIAAJ83BCJgSI4=';
const swapCase = (text: string) =>
  text.replace(/[A-Za-z]/g, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));

const scan = (text: string, aim?: string) => classify(text, { source: 'scanner', ...(aim && { aim }) });
/** kind, channel or symbology, flags: enough to compare at a glance */
const brief = (found: Classification) =>
  [
    found.kind,
    'channel' in found
      ? found.channel
      : 'symbology' in found
        ? found.symbology
        : 'reason' in found
          ? found.reason
          : undefined,
    ...found.flags,
  ].filter(Boolean);
const idNumber = (seventeen: string) =>
  [...'0123456789X'].map((last) => seventeen + last).find((text) => mod11Two(text)) ?? '';

describe('what a gun reads at a counter', () => {
  const table: readonly (readonly [story: string, text: string, ...found: string[]])[] = [
    ['an STX/ETX gun', `\x02${WX}\x03`, 'PAYMENT_CODE', 'WECHAT'],
    ['AIM QR with a terminator', `]Q1${ALI}\r`, 'PAYMENT_CODE', 'ALIPAY'],
    ['AIM id and nothing else', ']C0', 'EMPTY'],
    ['the shortest and the longest Alipay code', `25${'1'.repeat(13)}2`, 'PAYMENT_CODE', 'ALIPAY'],
    ['', `30${'2'.repeat(22)}`, 'PAYMENT_CODE', 'ALIPAY'],
    ['all digits in full width', '１３４６２２８１７０８０５５１４９２', 'PAYMENT_CODE', 'WECHAT', 'FULLWIDTH_FOLDED'],
    [
      'a Mastercard of the 2 series is an Alipay code to us',
      '2720990000000007',
      'PAYMENT_CODE',
      'ALIPAY',
      'LOOKS_LIKE_PAN',
    ],
    ['switched-off QQ Wallet', '911234567890123456', 'UNKNOWN'],
    ['switched-off JD', '181234567890123456', 'UNKNOWN'],
    ['one digit short', WX.slice(0, 17), 'LENGTH_MISMATCH', 'WECHAT'],
    ['one digit more than Alipay has', `28${'3'.repeat(23)}`, 'LENGTH_MISMATCH', 'ALIPAY'],
    ['the same Alipay code twice', ALI + ALI, 'PAYMENT_CODE', 'ALIPAY', 'DOUBLE_READ'],
    ['the same code twice on two lines', `${WX}\r\n${WX}\r\n`, 'PAYMENT_CODE', 'WECHAT', 'DOUBLE_READ'],
    ['two codes on two lines', `${WX}\r\n${UP}`, 'MULTIPLE_CODES'],
    ['three codes', WX + UP + ALI, 'MULTIPLE_CODES'],
    ['a product and a code', `6901234567892${WX}`, 'MULTIPLE_CODES'],
    ['a code and a product', `${WX}6901234567892`, 'MULTIPLE_CODES'],
    ['a book', '9787302511625', 'PRODUCT_BARCODE', 'EAN-13'],
    ['a magazine with its add-on', ']E3977123456789801202', 'PRODUCT_BARCODE', 'EAN-13'],
    ['a carton', '16901234567899', 'PRODUCT_BARCODE', 'ITF-14'],
    ['a product with a wrong check digit', '6901234567893', 'UNKNOWN'],
    ['SSCC for people', '(00)139012345000000004', 'GS1_LOGISTICS'],
    ['SSCC as scanned without AIM', '00139012345000000004', 'GS1_LOGISTICS'],
    ['GTIN for people', '(01)06901234567892', 'GS1_LOGISTICS'],
    ['GTIN, expiry, batch, serial', '0106901234567892172711301012AB\x1d21XYZ', 'GS1_LOGISTICS'],
    ['GS1 DataMatrix', ']d20106901234567892', 'GS1_LOGISTICS'],
    ['FNC1 in front', '\x1d00139012345000000004', 'GS1_LOGISTICS'],
    ['an e-CNY code is not AI 01', '0106901234567892105', 'PAYMENT_CODE', 'ECNY'],
    ['an ID number from 11-15 that is a WeChat shape too', idNumber('11010519900307001'), 'ID_CARD'],
    ['an ID number with a small x', '11010519491231002x', 'ID_CARD'],
    ['an ID number from Guangdong', idNumber('44010619900101123'), 'ID_CARD'],
    ['an old ID number', '110105491231002', 'ID_CARD'],
    ['a resident from Taiwan, Suning prefix', idNumber('83000019940823001'), 'ID_CARD'],
    ['the 30th of February', '130102199002300019', 'PAYMENT_CODE', 'WECHAT'],
    ['UnionPay card of 16 digits', '6222020000000007', 'BANK_CARD'],
    ['American Express', '378282246310005', 'BANK_CARD'],
    ['Mastercard', '5555555555554444', 'BANK_CARD'],
    ['personal WeChat collection code', 'wxp://f2f0AbCdEfGhIjKlMnOpQrStUv012345', 'MERCHANT_QR', 'WECHAT'],
    ['upper-case Alipay collection code', 'HTTPS://QR.ALIPAY.COM/FKX00000ABCDEFGHIJKLM', 'MERCHANT_QR', 'ALIPAY'],
    ['Alipay app link', 'alipays://platformapi/startapp?saId=10000007', 'MERCHANT_QR', 'ALIPAY'],
    ['a page without scheme', 'www.example.com/menu', 'URL'],
    ['a courier waybill', 'SF1234567890123', 'UNKNOWN'],
    ['digits of the input method', '1346的2281按7080551492', 'GARBLED'],
    ['digits with Shift held', '!#$^@@*!&)*))%%!$(@', 'GARBLED'],
    ['a replaced character', '13462281708\ufffd551492', 'GARBLED'],
    ['CPM in one letter case', CPM.toUpperCase(), 'GARBLED'],
    ['CPM without padding', CPM.slice(0, -1), 'GARBLED', 'BAD_BASE64'],
    ['CPM twice', CPM + CPM, 'EMV_CPM', 'EMV', 'DOUBLE_READ'],
    ['CPM twice through CapsLock', swapCase(CPM + CPM), 'EMV_CPM', 'EMV', 'CAPSLOCK_REPAIRED', 'DOUBLE_READ'],
    ['half an EMV merchant code', '00020101021229', 'EMV_MPM'],
    ['513 digits after trimming', `${'1'.repeat(513)}\r\n`, 'TOO_LONG'],
    ['a megabyte', ' '.repeat(1_000_000), 'TOO_LONG'],
  ];
  it.each(table)('%s: %s', (_story, text, ...found) => {
    expect(brief(scan(text))).toEqual(found);
  });

  it('numbers say how long they are and how long they should be', () => {
    expect(scan(WX.slice(0, 17))).toMatchObject({ length: 17, expected: [18, 18] });
    expect(scan(`28${'3'.repeat(23)}`)).toMatchObject({ length: 25, expected: [16, 24] });
  });

  it('takes the AIM identifier from the gun as well as from the text', () => {
    expect(scan(WX, ']C1').kind).toBe('GS1_LOGISTICS');
    expect(scan(`]C0${WX}`, ']X0').aim).toBe(']C0');
  });

  it('removes grouping spaces only from what a person typed', () => {
    const typed = classify(' 6202 8363 5631 9025 722 ', { source: 'manual' });
    expect(brief(typed)).toEqual(['PAYMENT_CODE', 'UNIONPAY', 'GROUPING_REMOVED']);
    expect(scan('6202 8363 5631 9025 722').kind).toBe('UNKNOWN');
  });

  it('a table of the backend decides instead of the built-in one', () => {
    const rules = PAYMENT_CODE_RULES.rules.map((rule) => ({ ...rule, enabled: rule.channel === 'QQ' }));
    const table = compileRules({ version: 2, rules });
    expect(brief(classify('911234567890123456', { source: 'scanner', rules: table }))).toEqual(['PAYMENT_CODE', 'QQ']);
    expect(classify(WX, { source: 'scanner', rules: table }).kind).toBe('UNKNOWN');
  });

  it('turns away about one WeChat code in 500,000 as an ID number, not one in 19,000', () => {
    const random = new LCG(11);
    const codes = Array.from({ length: 400_000 }, () => `1${random.below(6)}${random.digits(16)}`);
    expect(codes.filter((code) => scan(code).kind === 'ID_CARD').length).toBeLessThanOrEqual(6);
  });
});

describe('the rule table', () => {
  it('prefix and length say the same as the pattern', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(1[0-9]|2[4-9]|3[01]|62|01|51|83|91|160)\d{13,24}$/), (code) => {
        for (const { pattern, prefix, digits, channel } of PAYMENT_CODE_RULES.rules) {
          const fits = new RegExp(prefix).test(code) && code.length >= digits[0] && code.length <= digits[1];
          expect(new RegExp(pattern).test(code), channel).toBe(fits);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('knows where every rule comes from and leaves memory alone switched off', () => {
    for (const { enabled, evidence, source } of PAYMENT_CODE_RULES.rules) {
      expect(source.length).toBeGreaterThan(0);
      expect(enabled).toBe(evidence !== 'memory');
    }
  });

  it('tells no code to two channels', () => {
    const all = PAYMENT_CODE_RULES.rules.map((rule) =>
      compileRules({ version: 1, rules: [{ ...rule, enabled: true }] }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^(\d|1[0-5]|2[5-9]|30|62|01|51|83|91|18)\d{15,22}$/), (code) => {
        expect(all.filter((rule) => channelOf(code, rule)).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('what the clerk reads', () => {
  it('every refused kind has a sentence in both languages, payable ones have none', () => {
    for (const { zh, en } of Object.values(CODE_SENTENCES))
      expect([zh.length > 3, en.length > 3]).toEqual([true, true]);
    expect(codeSentence(scan(WX))).toBeUndefined();
    expect(codeSentence(scan(CPM))).toBeUndefined();
  });

  it('fills the number of digits in and never repeats what was scanned', () => {
    expect(codeSentence(scan(WX.slice(0, 17)))?.zh).toContain('（17 位）');
    expect(JSON.stringify(codeSentence(scan('4111111111111111')))).not.toMatch(/4111/);
  });

  it('asks for a refreshed code when an ID number could have been one', () => {
    expect(codeSentence(scan(idNumber('11010519900307001')))?.zh).toContain('刷新');
    expect(codeSentence(scan('11010519491231002X'))?.zh).not.toContain('刷新');
  });
});

describe('total, quick, silent', () => {
  const seeds = [
    WX,
    ALI,
    UP,
    CPM,
    swapCase(CPM),
    '6901234567892',
    '11010519491231002X',
    'wxp://f2f0Ab',
    '0002010102',
    '(00)',
    ']C1',
    'fp',
  ];
  const strangers = [
    '\x00',
    '\x1d',
    '\ufeff',
    '\u200b',
    '１',
    '的',
    '😀',
    '\ud800',
    ' ',
    '9',
    'A',
    '=',
    ']',
    '(',
    '\n',
    '28',
    '62',
  ];

  it('100,000 hostile texts: one finding each, none takes 5 ms', () => {
    const random = new LCG(2);
    const kinds = new Set<CodeKind>();
    for (let round = 0; round < 100_000; round++) {
      const text = hostile(random);
      const source = random.below(2) ? 'scanner' : 'manual';
      kinds.add(classify(text, { source }).kind);
      expect(
        fastest(() => classify(text, { source })),
        JSON.stringify(text),
      ).toBeLessThan(5);
    }
    expect(kinds.size, [...kinds].join()).toBeGreaterThanOrEqual(14);
  });

  it('the worst digits: a long text in which every stretch is a code', () => {
    for (const unit of ['28', '25', '1', '62', '30', '01']) {
      const text = unit.repeat(512 / unit.length);
      expect(
        fastest(() => scan(text)),
        unit,
      ).toBeLessThan(5);
    }
  });

  function hostile(random: LCG): string {
    let text = random.pick(seeds);
    for (let edits = random.below(6); edits > 0; edits--) {
      const at = random.below(text.length + 1);
      const insert = random.below(3) ? random.pick(strangers) : random.pick(seeds);
      text = text.slice(0, at) + insert + text.slice(at + random.below(4));
    }
    return text.repeat(random.below(40) === 0 ? 1 + random.below(30) : 1);
  }

  /** The machine may pause one run; it does not pause three. */
  function fastest(run: () => unknown): number {
    let best = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 10 && best >= 5; attempt++) {
      const start = performance.now();
      run();
      best = Math.min(best, performance.now() - start);
    }
    return best;
  }

  it('no way of printing shows a code or what was scanned', () => {
    for (const text of [WX, ALI, UP, CPM, '4111111111111111', '11010519491231002X', `${WX}${UP}`, `${WX}7`]) {
      const found = scan(text);
      const input = new SecretText(text);
      for (const value of [
        found,
        input,
        classify(input, { source: 'scanner' }),
        'paycode' in found ? found.paycode : input,
      ]) {
        for (const shown of everyPrint(value)) expect(leaks(shown, text), shown).toBe(false);
      }
    }
  });

  it('shows of a code its first two and last four digits, of a CPM code its summary', () => {
    const shown = (text: string) => {
      const found = scan(text);
      return 'paycode' in found ? [String(found.paycode), JSON.stringify(found.paycode), inspect(found.paycode)] : [];
    };
    const masked = '13************1492';
    expect(shown(WX)).toEqual([masked, `"${masked}"`, masked]);
    expect(shown(CPM)[0]).toBe(`EMV A000000333010102 626360******3672 ${CPM.length} chars`);
  });

  function everyPrint(value: SecretText | Classification): string[] {
    const lines: string[] = [];
    const log = pino({ base: null }, { write: (line: string) => lines.push(line) });
    log.info({ value }, 'scanned');
    log.error(new Error(`failed for ${inspect(value)}`));
    log.info(value);
    return [
      ...lines,
      value instanceof SecretText ? String(value) : inspect(Object.entries(value)),
      JSON.stringify({ value }),
      inspect(value, { depth: 9, showHidden: true }),
      inspect([value]),
    ];
  }

  /** Any seven characters in a row of the secret: the mask shows at most the last six (masked card number). */
  function leaks(shown: string, secret: string): boolean {
    return Array.from({ length: secret.length - 6 }, (_, at) => secret.slice(at, at + 7)).some((part) =>
      shown.includes(part),
    );
  }
});
