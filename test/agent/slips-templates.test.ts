import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CardSlip, cardSlip } from '../../agent/slips/card-slip.ts';
import { type DeliverySlip, deliverySlip, intentSlip } from '../../agent/slips/order-slips.ts';
import type { Laid } from '../../agent/slips/print-form.ts';
import { paymentTemplate, reversalSlip, type SaleSlip, saleSlip } from '../../agent/slips/sale-slip.ts';
import { deliveryDocument, intentDocument } from '../../agent/slips/templates/order-documents.ts';
import { diagnosisDocument, pairingDocument, reportDocument } from '../../agent/slips/templates/till-documents.ts';
import { diagnosisSlip, pairingSlip, reportSlip } from '../../agent/slips/till-slips.ts';
import type { Locale } from '../../agent/slips/words.ts';
import { DocumentSchema } from '../../protocols/backend/document.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import { newBitmap, setDot } from '../../protocols/escpos/image.ts';
import { genericProfile, type Paper } from '../../protocols/escpos/profile.ts';
import { slipText, summarise } from '../../protocols/escpos/summary.ts';
import { columnsOf } from '../../protocols/escpos/text.ts';
import { renderStream } from '../../simulator/render/stream.ts';
import { needs } from '../needs.ts';

const AT = Date.UTC(2026, 10, 22, 5, 5, 9);
const MERCHANT = {
  merchantName: '上海示例便利店（人民路店）',
  merchantNo: '898310054110001',
  terminalNo: '31000001',
  operatorNo: '01',
  servicePhone: '400-820-8820',
};
const WALLET: SaleSlip = {
  ...MERCHANT,
  channel: 'WECHAT',
  maskedPaycode: '13************1492',
  orderId: 'ORD-20261122-0001',
  attemptId: '01KAMZ3N5R8Q2W4E6T7Y9V1X3C',
  transactionId: '4200002123202611221234567890',
  paidAt: AT,
  amountFen: 1250,
  slipId: '000123',
};
const CARD: CardSlip = {
  ...MERCHANT,
  kind: 'sale',
  copy: 'merchant',
  maskedCardNo: '622588******1234',
  entryMode: 'I',
  expiry: '2029/08',
  issuer: '招商银行',
  acquirer: '银联商务',
  batchNo: '000012',
  voucherNo: '000345',
  authNo: 'A12B34',
  referenceNo: '013123456789',
  paidAt: AT,
  amountFen: 8800,
  chip: { application: 'PBOC DEBIT', aid: 'A000000333010101', certificate: '3D2A4F0C9E1B7785' },
  featureCode: '227466B8',
};
const DELIVERY: DeliverySlip = {
  merchantName: MERCHANT.merchantName,
  orderId: 'ORD-7',
  createdAt: AT,
  recipient: '李女士',
  address: '人民路 100 号 3 幢 502 室',
  lines: [
    { name: '东北大米 长粒香 5kg', quantity: '1', priceFen: 6990, amountFen: 6990 },
    { name: '金龙鱼花生油 5L 压榨一级', quantity: '2', priceFen: 12_990, amountFen: 25_980 },
  ],
  discountFen: 500,
  amountFen: 32_470,
  codeText: 'https://pay.example.cn/p/9f86d081884c7d659a2feaa0c55ad015',
  expiresAt: AT + 86_400_000,
  servicePhone: MERCHANT.servicePhone,
};
const signature = newBitmap(200, 60);
for (let x = 10; x < 190; x++) setDot(signature, x, 30 + Math.round(20 * Math.sin(x / 12)));

type Made = (paper: Paper, locale: Locale) => Laid;
const REPORT = {
  ...MERCHANT,
  from: AT - 28_800_000,
  until: AT,
  rows: [
    { kind: '微信支付 消费', count: 132, amountFen: 456_780 },
    { kind: '微信支付 退货', count: 2, amountFen: -3500 },
  ],
  salesFen: 456_780,
  refundsFen: 3500,
  reversed: 4,
  open: 0,
  journalHash: '9f86d081884c7d65',
};

const MADE: readonly (readonly [name: string, made: Made])[] = [
  ['wallet sale', (paper, locale) => saleSlip({ ...WALLET, locale }, paper)],
  [
    'wallet sale, discount',
    (paper, locale) => saleSlip({ ...WALLET, locale, orderFen: 1500, copy: 'customer' }, paper),
  ],
  ['reprint', (paper, locale) => saleSlip({ ...WALLET, locale, duplicate: true, copy: 'merchant' }, paper)],
  ['training', (paper, locale) => saleSlip({ ...WALLET, locale, training: true }, paper)],
  ['card, merchant', (paper, locale) => cardSlip({ ...CARD, locale }, paper)],
  ['card, signed', (paper, locale) => cardSlip({ ...CARD, locale, signature }, paper)],
  ['card, customer', (paper, locale) => cardSlip({ ...CARD, locale, copy: 'customer' }, paper)],
  ['card, no signature', (paper, locale) => cardSlip({ ...CARD, locale, exempt: true }, paper)],
  [
    'card void',
    (paper, locale) =>
      cardSlip({ ...CARD, locale, kind: 'void', originalVoucherNo: '000344', originalPaidAt: AT }, paper),
  ],
  [
    'wallet refund',
    (paper, locale) =>
      reversalSlip(
        { ...WALLET, locale },
        { kind: 'refund', refundId: 'R1', originalSlipId: '000123', approvedBy: '02' },
        paper,
      ),
  ],
  [
    'intent',
    (paper, locale) =>
      intentSlip(
        { ...MERCHANT, locale, orderId: 'A1', amountFen: 1250, codeText: 'https://qr.example.cn/x', expiresAt: AT },
        paper,
      ),
  ],
  ['delivery', (paper, locale) => deliverySlip({ ...DELIVERY, locale }, paper)],
  ['shift report', (paper, locale) => reportSlip({ ...REPORT, kind: 'shift', shiftNo: '20261122-1', locale }, paper)],
  ['day report', (paper, locale) => reportSlip({ ...REPORT, kind: 'day', locale }, paper)],
  [
    'diagnosis',
    (paper, locale) =>
      diagnosisSlip(
        {
          merchantName: MERCHANT.merchantName,
          till: 'till-03',
          version: '0.1.0',
          time: AT,
          locale,
          checks: [
            { title: '打印机', status: 'ok' },
            { title: '磁盘空间与日志写入权限检查', status: 'fail', remedy: '清理磁盘' },
          ],
        },
        paper,
      ),
  ],
  [
    'pairing',
    (paper, locale) =>
      pairingSlip(
        { ...MERCHANT, till: 'till-03', version: '0.1.0', time: AT, code: '7KQM-3XPD', expiresAt: AT, locale },
        paper,
      ),
  ],
];

const VARIANTS = MADE.flatMap(([name, made]) =>
  ([58, 80] as const).flatMap((paper) =>
    (['zh-CN', 'en'] as const).map((locale) => ({ name, paper, locale, laid: made(paper, locale) })),
  ),
);

function read({ bytes }: Laid, paper: Paper) {
  const decoded = decodeEscpos(bytes, genericProfile(paper));
  const text = decoded.slips.map((slip) => slipText(slip, genericProfile(paper).dots)).join('');
  return { ...summarise(decoded), text };
}

describe('every slip', () => {
  it.each(VARIANTS)('[002-9] $name, $paper mm, $locale: one clean slip within the paper', ({ paper, laid }) => {
    const { slips, problems, text } = read(laid, paper);
    expect({ problems, warnings: laid.warnings, count: slips.length, cut: slips[0]?.cut }).toEqual({
      problems: [],
      warnings: [],
      count: 1,
      cut: 'partial',
    });
    const columns = paper === 58 ? 32 : 48;
    for (const line of text.split('\n'))
      if (!line.includes('[QR')) expect(columnsOf(line), line).toBeLessThanOrEqual(columns);
    // labels and values that a template forgot
    expect(text).not.toMatch(/undefined|null|NaN|\{\{/);
  });

  it('is a document that the schema takes', () => {
    for (const locale of ['zh-CN', 'en'] as const) {
      for (const document of [
        paymentTemplate('sale', locale),
        paymentTemplate('refund', locale),
        paymentTemplate('void', locale),
        intentDocument(locale),
        deliveryDocument(locale),
        reportDocument('shift', locale),
        reportDocument('day', locale),
        diagnosisDocument(locale),
        pairingDocument(locale),
      ])
        expect(DocumentSchema.safeParse(document).error).toBeUndefined();
    }
  });

  it('speaks one language in English', () => {
    for (const { name, locale, paper, laid } of VARIANTS) {
      if (locale !== 'en' || name === 'reprint') continue;
      const labels = read(laid, paper).text.replaceAll(
        /上海.*|招商.*|银联.*|[^\n]*(支付|大米|花生油|打印机|磁盘|李女士|人民路).*/g,
        '',
      );
      expect(labels.match(/[\u4e00-\u9fff]+/), `${name}: ${labels}`).toBeNull();
    }
  });
});

describe('the card slip', () => {
  const text = (slip: Partial<CardSlip>) => read(cardSlip({ ...CARD, ...slip }, 80), 80).text;

  it('has every field of JR/T 0001-2001 that the terminal answered', () => {
    const merchant = text({});
    for (const value of [
      '签购单',
      '商户存根',
      '上海示例便利店（人民路店）',
      '898310054110001',
      '31000001',
      '01',
      '招商银行',
      '银联商务',
      '6225 88** **** 1234 I',
      '2029/08',
      '消费',
      '000012',
      '000345',
      'A12B34',
      '2026/11/22 13:05:09',
      '013123456789',
      'RMB 88.00',
      'A000000333010101',
      '3D2A4F0C9E1B7785',
      '持卡人签名',
      '特征码 227466B8',
      '同意将其记入本卡账户',
    ])
      expect(merchant).toContain(value);
  });

  it('carries signature and feature code on the merchant’s copy alone', () => {
    expect(read(cardSlip({ ...CARD, signature }, 58), 58).slips[0]?.images).toEqual([{ width: 200, height: 60 }]);
    const customer = text({ copy: 'customer', signature });
    expect(customer).toContain('顾客存根');
    for (const absent of ['签名', '特征码', '227466B8', '[image']) expect(customer).not.toContain(absent);
  });

  it('says 免密免签 instead of a line to sign on', () => {
    const exempt = text({ exempt: true });
    expect(exempt).toContain('免密免签');
    expect(exempt).not.toContain('持卡人签名');
  });

  it('refuses a card number that is not masked', () => {
    expect(() => text({ maskedCardNo: '6225881234561234' })).toThrow('masked only');
  });
});

describe('papers that ask for money', () => {
  it('say the amount in figures and capitals, the code, until when, and whom to call', () => {
    const { text, slips } = read(deliverySlip(DELIVERY, 58), 58);
    for (const value of ['RMB 324.70', '人民币叁佰贰拾肆元柒角', '付款前请核对商品与金额', '本码仅供本单一次使用'])
      expect(text).toContain(value);
    for (const value of ['2026/11/23 13:05:09', '400-820-8820', '收货人签字']) expect(text).toContain(value);
    expect(slips[0]?.qr).toEqual([DELIVERY.codeText]);
  });

  it('refuse lines that do not come to the amount', () => {
    expect(() => deliverySlip({ ...DELIVERY, amountFen: 1 }, 58)).toThrow('the lines come to 32470 fen');
  });

  it('have no code when nothing is to be paid', () => {
    const { codeText: _, expiresAt: __, ...paid } = DELIVERY;
    expect(read(deliverySlip(paid, 58), 58).slips[0]?.qr).toEqual([]);
  });
});

describe('marks', () => {
  it('stand on a reprint once and on a training slip at top and bottom', () => {
    const count = (slip: Partial<SaleSlip>, mark: string) =>
      read(saleSlip({ ...WALLET, ...slip }, 58), 58).text.split(mark).length - 1;
    expect(count({ duplicate: true }, '重打印')).toBe(1);
    expect(count({}, '重打印')).toBe(0);
    expect(count({ training: true }, '此单无效')).toBe(2);
    expect(count({}, '此单无效')).toBe(0);
  });
});

needs('zbarimg')('an independent reader', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slips-'));

  it.each([58, 80] as const)(
    'reads the payment code of a delivery note on %d mm paper, 25 mm wide at least',
    (paper) => {
      const { bytes } = deliverySlip(DELIVERY, paper);
      const rendered = renderStream(bytes, genericProfile(paper));
      const symbol = rendered.decoded.slips[0]?.items.find((item) => item.kind === 'qr');
      expect(symbol && symbol.modules * symbol.module).toBeGreaterThanOrEqual(200);
      const path = join(folder, `delivery-${paper}.png`);
      writeFileSync(path, rendered.png());
      const output = execFileSync('zbarimg', ['--quiet', path], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(output.trim()).toBe(`QR-Code:${DELIVERY.codeText}`);
    },
  );
});
