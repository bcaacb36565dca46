import { createRequire } from 'node:module';
import type ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import iconv from 'iconv-lite';
import type * as thermal from 'node-thermal-printer';
import receiptline from 'receiptline';
import type { Block, Document, DocumentData } from '../../protocols/document/document.ts';
import { layout } from '../../protocols/document/layout.ts';
import { encodePage } from '../../protocols/escpos/encode-page.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';

// One Chinese slip of twenty lines and a QR code, made by this project and by its peers, each in its own words.

const load = createRequire(import.meta.url);
const { ThermalPrinter, PrinterTypes, CharacterSet } = load('node-thermal-printer') as typeof thermal;
const Encoder = load('@point-of-sale/receipt-printer-encoder') as typeof ReceiptPrinterEncoder;

export const COLUMNS = 32;
export const PROFILE = genericProfile(58);
const TITLE = '签购单';
const SHOP = '街角小店（演示）';
const GOODBYE = '请妥善保管此凭证';
export const QR = '01M80S6GPAV9P50232Q999F052';
const ROWS: readonly (readonly [label: string, value: string])[] = [
  ['商户编号', '898310054110001'],
  ['终端编号', 'T0000001'],
  ['操作员号', '01'],
  ['交易类型', '扫码消费'],
  ['支付方式', '微信支付'],
  ['付款码', '13************1492'],
  ['订单号', 'D-20261122-0001'],
  ['交易单号', '42000202611220000001'],
  ['交易时间', '2026/11/22 12:45:57'],
  ['批次号', '000012'],
  ['凭证号', '000345'],
  ['授权码', 'A1B2C3'],
  ['金额', 'RMB 12.50'],
  ['优惠', 'RMB 0.50'],
];

/** What must stand on the paper, in order: whatever is left out or said otherwise, the slip is wrong. */
export const WORDS: readonly string[] = [TITLE, SHOP, ...ROWS.map(([label, value]) => `${label} ${value}`), GOODBYE];

/** Everything the slip says, for measuring the character set alone. */
export const TEXTS: readonly string[] = [TITLE, SHOP, ...ROWS.flat(), GOODBYE];

const columns = (text: string) => [...text].reduce((sum, char) => sum + (char < '\x80' ? 1 : 2), 0);
/** Label and value laid out by hand, for peers whose own columns do not know that a hanzi has two. */
const byHand = ([label, value]: readonly [string, string]) =>
  label + ' '.repeat(COLUMNS - columns(label) - columns(value)) + value;

/** The slip `copies` times over, as a longer document. */
export function ourDocument(copies = 1): { readonly document: Document; readonly data: DocumentData } {
  const body: Block[] = [
    { type: 'text', text: TITLE, align: 'center', size: 'large' },
    { type: 'text', text: '{{shop}}', align: 'center' },
    { type: 'rule' },
    ...ROWS.map(([label], k) => ({
      type: 'columns' as const,
      cells: [{ text: label }, { text: `{{value${k}}}` }],
    })),
    { type: 'rule' },
    { type: 'qr', text: '{{qr}}' },
    { type: 'text', text: GOODBYE, align: 'center' },
  ];
  const blocks: Block[] = [...Array.from({ length: copies }, () => body).flat(), { type: 'cut' }];
  const values = Object.fromEntries(ROWS.map(([, value], k) => [`value${k}`, value]));
  return { document: { v: 1, blocks }, data: { shop: SHOP, qr: QR, ...values } };
}

/** Document and data to bytes: placeholders, checks, layout and all. */
export function ours(): Uint8Array {
  const { document, data } = OURS;
  return encodePage(layout(document, data, PROFILE), PROFILE);
}
const OURS = ourDocument();

function withReceiptline(command: 'escpos' | 'generic'): Uint8Array {
  return Buffer.from(receiptline.transform(RECEIPTLINE, { cpl: COLUMNS, encoding: 'gb18030', command }), 'latin1');
}
const escaped = (text: string) => text.replaceAll(/[\\|{}~_"`^]/g, String.raw`\$&`);
const RECEIPTLINE = [
  `^^^${TITLE}`,
  SHOP,
  '-',
  '{w:*,20}',
  ...ROWS.map(([label, value]) => `${escaped(label)} |${escaped(value)}`),
  '{w:auto}',
  '-',
  `{code:${QR};option:qrcode,4,m}`,
  GOODBYE,
  '=',
  '',
].join('\n');

/** The encoder has no Chinese: its texts come as bytes, its columns laid out by hand. */
function withRawBytes(): Uint8Array {
  const encoder = new Encoder({ columns: COLUMNS, language: 'esc-pos' });
  const line = (text: string) => encoder.raw([...iconv.encode(text, 'gb18030')]).newline();
  encoder.initialize().raw([0x1c, 0x26]).raw([0x1b, 0x61, 1]).raw([0x1d, 0x21, 0x11]);
  line(TITLE);
  encoder.raw([0x1d, 0x21, 0]);
  line(SHOP);
  encoder.raw([0x1b, 0x61, 0]);
  line('-'.repeat(COLUMNS));
  for (const row of ROWS) line(byHand(row));
  line('-'.repeat(COLUMNS));
  encoder.align('center').qrcode(QR);
  line(GOODBYE);
  return encoder.cut('partial').encode();
}

function withEncoderText(): Uint8Array {
  const encoder = new Encoder({ columns: COLUMNS, language: 'esc-pos' });
  encoder.initialize().align('center').line(TITLE).line(SHOP).align('left').rule();
  encoder.table(
    [
      { width: 12, align: 'left' },
      { width: 20, align: 'right' },
    ],
    ROWS.map((row) => [...row]),
  );
  return encoder.rule().align('center').qrcode(QR).line(GOODBYE).cut('partial').encode();
}

function withThermalPrinter(row: (printer: thermal.ThermalPrinter, row: readonly [string, string]) => void) {
  const printer = new ThermalPrinter({
    type: PrinterTypes.EPSON,
    width: COLUMNS,
    characterSet: CharacterSet.CHINA,
    interface: 'tcp://127.0.0.1:9',
  });
  printer.alignCenter();
  printer.setTextQuadArea();
  printer.println(TITLE);
  printer.setTextNormal();
  printer.println(SHOP);
  printer.alignLeft();
  printer.drawLine();
  for (const one of ROWS) row(printer, one);
  printer.drawLine();
  printer.alignCenter();
  printer.printQR(QR, { cellSize: 4, correction: 'M', model: 2 });
  printer.println(GOODBYE);
  printer.partialCut();
  return printer.getBuffer();
}

export const PEERS: Readonly<Record<string, () => Uint8Array>> = {
  'receiptline, escpos': () => withReceiptline('escpos'),
  'receiptline, generic': () => withReceiptline('generic'),
  'receipt-printer-encoder, raw bytes laid out by hand': withRawBytes,
  'receipt-printer-encoder, text and table': withEncoderText,
  'node-thermal-printer, lines laid out by hand': () =>
    withThermalPrinter((printer, row) => printer.println(byHand(row))),
  'node-thermal-printer, leftRight': () =>
    withThermalPrinter((printer, [label, value]) => printer.leftRight(label, value)),
};
