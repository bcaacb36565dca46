import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { Instalments } from '../../protocols/backend/replies.ts';
import type { Document, DocumentData } from '../../protocols/document/document.ts';
import type { Paper, PrinterProfile } from '../../protocols/escpos/profile.ts';
import { type Laid, printForm } from './print-form.ts';
import { channelName, dateTime, limited, yuan } from './slip-texts.ts';
import { type CardSlipKind, type PaymentSlipKind, paymentSlip } from './templates/payment-slip.ts';
import { type Locale, say } from './words.ts';

/** What a payment's slip (签购单) says. Field list: JR/T 0001-2001 §8 and wallet practice, receipts.md 5.2. */
export interface SaleSlip {
  readonly merchantName: string;
  readonly merchantNo?: string | undefined;
  readonly terminalNo?: string | undefined;
  readonly operatorNo?: string | undefined;
  readonly channel: PayChannel;
  /** already masked: the paycode itself never comes here. None: the customer scanned the shop's code */
  readonly maskedPaycode?: string | undefined;
  readonly orderId: string;
  /** 商户订单号 (out_trade_no): what a clerk scans to refund */
  readonly attemptId: string;
  readonly transactionId?: string | undefined;
  /** Unix milliseconds */
  readonly paidAt: number;
  readonly amountFen: number;
  /** what the order came to before the channel's discount */
  readonly orderFen?: number | undefined;
  /** the customer pays the channel so; the amount is whole */
  readonly instalments?: Instalments | undefined;
  /** who settles with the shop, as registered */
  readonly acquirer?: string | undefined;
  readonly slipId: string;
  /** first 8 digits of the hash of the journal entry that says PAID */
  readonly anchor?: string | undefined;
  readonly copy?: 'merchant' | 'customer' | undefined;
  /** a reprint carries its mark (重打印) */
  readonly duplicate?: boolean | undefined;
  /** no money moved: the slip says so at its top and bottom */
  readonly training?: boolean | undefined;
  readonly servicePhone?: string | undefined;
  readonly locale?: Locale | undefined;
}

/** What a refund or a void adds: the payment it belongs to, and who allowed it. */
export interface Reversal {
  readonly kind: 'refund' | 'void';
  readonly refundId: string;
  readonly originalSlipId?: string | undefined;
  /** Unix milliseconds */
  readonly originalPaidAt?: number | undefined;
  readonly approvedBy?: string | undefined;
}

const TYPES = {
  sale: ['扫码消费', 'Sale'],
  refund: ['扫码退货', 'Refund'],
  void: ['扫码撤销', 'Void'],
} as const satisfies Record<PaymentSlipKind, readonly [string, string]>;

const templates = new Map<string, Document>();

/** Templates are data that never changes: each is made once. */
export function paymentTemplate(kind: CardSlipKind, locale: Locale): Document {
  const key = `${kind} ${locale}`;
  const made = templates.get(key) ?? paymentSlip(kind, locale);
  templates.set(key, made);
  return made;
}

/** The slip of a wallet payment for 58 mm (32 columns) or 80 mm (48 columns) paper. */
export function saleSlip(slip: SaleSlip, paper: Paper | PrinterProfile): Laid {
  return printForm(paymentTemplate('sale', slip.locale ?? 'zh-CN'), walletData(slip, 'sale'), paper);
}

/** The slip of a wallet refund or void; `slip` carries the refunded amount and the time of the refund. */
export function reversalSlip(slip: SaleSlip, reversal: Reversal, paper: Paper | PrinterProfile): Laid {
  const { kind, refundId, originalSlipId, originalPaidAt, approvedBy } = reversal;
  const data = {
    ...walletData(slip, kind),
    refundCode: undefined,
    refundId: limited(refundId),
    approvedBy,
    original: { slip: originalSlipId, date: originalPaidAt === undefined ? undefined : dateTime(originalPaidAt) },
  };
  return printForm(paymentTemplate(kind, slip.locale ?? 'zh-CN'), data, paper);
}

/** One literal: a slip is made on the way from the payment to the customer. */
function walletData(slip: SaleSlip, kind: PaymentSlipKind): DocumentData {
  const { locale = 'zh-CN', merchantNo = '', terminalNo = '', operatorNo = '', servicePhone = '', orderFen } = slip;
  const discount = orderFen === undefined ? 0 : orderFen - slip.amountFen;
  const attemptId = limited(slip.attemptId);
  return {
    merchantName: limited(slip.merchantName),
    merchantNo: limited(merchantNo),
    terminalNo: limited(terminalNo),
    operatorNo: limited(operatorNo),
    servicePhone: limited(servicePhone),
    time: dateTime(slip.paidAt),
    amount: yuan(slip.amountFen),
    merchantCopy: slip.copy === 'merchant',
    customerCopy: slip.copy === 'customer',
    keep: slip.copy !== 'merchant',
    duplicate: slip.duplicate === true,
    training: slip.training === true,
    transactionType: say(locale, TYPES[kind][0], TYPES[kind][1]),
    channel: channelName(slip.channel, locale),
    paycode: slip.maskedPaycode === undefined ? undefined : limited(slip.maskedPaycode),
    instalments: slip.instalments && instalmentText(slip.instalments, locale),
    acquirer: slip.acquirer === undefined ? undefined : limited(slip.acquirer),
    slipId: limited(slip.slipId),
    orderId: limited(slip.orderId),
    attemptId,
    transactionId: slip.transactionId === undefined ? undefined : limited(slip.transactionId),
    journal: slip.anchor,
    orderAmount: discount > 0 && orderFen !== undefined ? yuan(orderFen) : undefined,
    discount: discount > 0 ? `-${yuan(discount)}` : undefined,
    refundCode: attemptId,
  };
}

/** `6 期，每期 2.09，手续费 0.00` */
function instalmentText({ count, eachFen, feeFen }: Instalments, locale: Locale): string {
  return [
    say(locale, `${count} 期`, `${count} times`),
    ...(eachFen === undefined ? [] : [say(locale, `每期 ${yuan(eachFen)}`, `${yuan(eachFen)} each`)]),
    ...(feeFen === undefined ? [] : [say(locale, `手续费 ${yuan(feeFen)}`, `fee ${yuan(feeFen)}`)]),
  ].join(say(locale, '，', ', '));
}
