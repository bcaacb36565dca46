import { type Laid, SlipWriter } from '../../protocols/escpos/layout.ts';
import type { Paper } from '../../protocols/escpos/profile.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';

/** What a wallet payment's slip (签购单) says. Field list: JR/T 0001-2001 §8 and wallet practice, receipts.md 5.2. */
export interface SaleSlip {
  readonly merchantName: string;
  readonly merchantNo?: string | undefined;
  readonly terminalNo?: string | undefined;
  readonly operatorNo?: string | undefined;
  readonly channel: Channel;
  /** already masked: the paycode itself never comes here */
  readonly maskedPaycode: string;
  readonly orderId: string;
  /** 商户订单号 (out_trade_no): what a clerk scans to refund */
  readonly attemptId: string;
  readonly transactionId?: string | undefined;
  /** Unix milliseconds */
  readonly paidAt: number;
  readonly amountFen: number;
  readonly slipId: string;
  /** first 8 digits of the hash of the journal entry that says PAID */
  readonly anchor?: string | undefined;
  readonly copy?: 'merchant' | 'customer' | undefined;
  /** a reprint carries its mark (重打印) */
  readonly duplicate?: boolean | undefined;
  readonly servicePhone?: string | undefined;
}

const CHANNELS: Readonly<Record<Channel, string>> = {
  WECHAT: '微信支付',
  ALIPAY: '支付宝',
  UNIONPAY: '云闪付',
  ECNY: '数字人民币',
  BESTPAY: '翼支付',
  SUNING: '苏宁支付',
  QQ: 'QQ钱包',
  JD_LEGACY: '京东支付',
  EMV: '银联二维码',
};

const COPIES = {
  merchant: ['商户存根', 'MERCHANT COPY'],
  customer: ['顾客存根', 'CUSTOMER COPY'],
} as const;

/** Longest merchant name printed (JR/T 0001-2001: 40 characters); other texts are ids. */
const MAX_TEXT = 64;

/** The slip of a wallet payment for 58 mm (32 columns) or 80 mm (48 columns) paper. */
export function saleSlip(slip: SaleSlip, paper: Paper): Laid {
  const writer = new SlipWriter(paper);
  head(writer, slip);
  for (const [label, caption, value] of rows(slip))
    if (value !== undefined && value !== '') writer.row(label, limited(value), paper === 80 ? { caption } : {});
  amount(writer, slip.amountFen, paper);
  tail(writer, slip);
  return writer.cut(paper === 58 ? 4 : 3).done();
}

function head(writer: SlipWriter, { merchantName, copy, duplicate }: SaleSlip): void {
  writer.text('签购单', { align: 'center', width: 2, height: 2, bold: true });
  writer.text('SALES SLIP', { align: 'center', font: 'B' }).feed();
  writer.text(limited(merchantName), { align: 'center', bold: true });
  if (copy) writer.text(COPIES[copy].join('  '), { align: 'center' });
  if (duplicate) writer.text('重打印 DUPLICATED', { align: 'center', reverse: true, bold: true });
  writer.rule();
}

type LabelledValue = readonly [label: string, caption: string, value: string | undefined];

function rows(slip: SaleSlip): LabelledValue[] {
  return [
    ['商户编号', 'MERCHANT NO', slip.merchantNo],
    ['终端编号', 'TERMINAL NO', slip.terminalNo],
    ['操作员号', 'OPERATOR NO', slip.operatorNo],
    ['交易类型', 'TXN TYPE', '扫码消费'],
    ['支付方式', 'PAID BY', CHANNELS[slip.channel]],
    ['付款码', 'PAYCODE', slip.maskedPaycode],
    ['凭证号', 'SLIP NO', slip.slipId],
    ['订单号', 'ORDER NO', slip.orderId],
    ['商户订单号', 'ATTEMPT NO', slip.attemptId],
    ['交易单号', 'TRANSACTION', slip.transactionId],
    ['记录校验', 'JOURNAL', slip.anchor],
    ['交易时间', 'DATE/TIME', shanghaiTime(slip.paidAt)],
  ];
}

function amount(writer: SlipWriter, fen: number, paper: Paper): void {
  writer.rule();
  writer.row('金额', '', paper === 80 ? { caption: 'AMOUNT' } : {});
  writer.text(`RMB ${yuan(fen)}`, { align: 'right', width: 2, height: 2, bold: true });
  writer.rule();
}

function tail(writer: SlipWriter, { attemptId, servicePhone }: SaleSlip): void {
  writer.qr(limited(attemptId), { module: 5 });
  writer.text('退款请扫此码', { align: 'center' });
  writer.text('SCAN TO REFUND', { align: 'center', font: 'B' }).feed();
  if (servicePhone) writer.text(`客服热线 ${limited(servicePhone)}`, { align: 'center' });
  writer.text('请妥善保管此凭证', { align: 'center' });
}

function limited(text: string): string {
  return [...text].slice(0, MAX_TEXT).join('');
}

/** Fen as yuan with two decimals; slips say "RMB", never a sign that a printer may not have. */
function yuan(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new RangeError(`${fen} is not an amount in fen`);
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

const SHANGHAI_MS = 8 * 3600 * 1000;

/** China has one time, UTC+8, and no summer time since 1991. */
function shanghaiTime(unixMs: number): string {
  return new Date(unixMs + SHANGHAI_MS).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}
