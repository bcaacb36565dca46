import type { DocumentData } from '../../protocols/document/document.ts';
import type { Bitmap } from '../../protocols/escpos/image.ts';
import type { Paper, PrinterProfile } from '../../protocols/escpos/profile.ts';
import { type Laid, printForm } from './print-form.ts';
import { paymentTemplate, type SaleSlip } from './sale-slip.ts';
import { dateTime, limited, yuan } from './slip-texts.ts';
import type { CardSlipKind } from './templates/payment-slip.ts';
import { type Locale, say } from './words.ts';

/** A card payment as the terminal answered it (receipts.md 5.2); what it did not say is not printed. */
export interface CardSlip
  extends Pick<
    SaleSlip,
    | 'merchantName'
    | 'merchantNo'
    | 'terminalNo'
    | 'operatorNo'
    | 'paidAt'
    | 'amountFen'
    | 'duplicate'
    | 'training'
    | 'servicePhone'
    | 'locale'
  > {
  readonly kind: CardSlipKind;
  readonly orderId?: string | undefined;
  /** first 8 digits of the hash of the journal entry that says PAID */
  readonly anchor?: string | undefined;
  readonly copy: 'merchant' | 'customer';
  /** first six and last four digits, the rest stars: a slip never shows more */
  readonly maskedCardNo: string;
  /** how the card was read: S swiped, I inserted, C contactless */
  readonly entryMode?: string | undefined;
  /** YYYY/MM */
  readonly expiry?: string | undefined;
  readonly issuer?: string | undefined;
  readonly acquirer?: string | undefined;
  readonly batchNo: string;
  readonly voucherNo: string;
  readonly authNo?: string | undefined;
  readonly referenceNo: string;
  readonly tipFen?: number | undefined;
  readonly chip?: {
    readonly application?: string | undefined;
    readonly aid?: string | undefined;
    readonly certificate?: string | undefined;
    /** TVR, TSI, ATC as one line */
    readonly verification?: string | undefined;
  };
  readonly originalVoucherNo?: string | undefined;
  readonly originalReferenceNo?: string | undefined;
  /** 预授权码 of the hold that this charges or gives up */
  readonly preAuthNo?: string | undefined;
  /** Unix milliseconds */
  readonly originalPaidAt?: number | undefined;
  /** 交易特征码 of the captured signature */
  readonly featureCode?: string | undefined;
  readonly signature?: Bitmap | undefined;
  /** 免密免签: below the limit neither PIN nor signature was asked for */
  readonly exempt?: boolean | undefined;
  /** a code on the holder's phone, confirmed there: nobody signs for it */
  readonly byCode?: boolean | undefined;
}

const TYPES = {
  sale: ['消费', 'Sale'],
  refund: ['退货', 'Refund'],
  void: ['消费撤销', 'Void'],
  preAuth: ['预授权', 'Pre-authorisation'],
  completePreAuth: ['预授权完成', 'Pre-auth. completion'],
  cancelPreAuth: ['预授权撤销', 'Pre-auth. cancellation'],
} as const satisfies Record<CardSlipKind, readonly [string, string]>;

/** The slip of a card payment. Only the merchant's copy carries the signature and its feature code. */
export function cardSlip(slip: CardSlip, paper: Paper | PrinterProfile): Laid {
  const locale = slip.locale ?? 'zh-CN';
  const pictures = slip.signature && slip.copy === 'merchant' ? { signature: slip.signature } : {};
  return printForm(paymentTemplate(slip.kind, locale), cardData(slip, locale), paper, pictures);
}

function cardData(slip: CardSlip, locale: Locale): DocumentData {
  const { kind, copy, exempt = false, originalPaidAt, tipFen = 0 } = slip;
  const { merchantNo = '', terminalNo = '', operatorNo = '', servicePhone = '' } = slip;
  const [zh, en] = TYPES[kind];
  return {
    merchantName: limited(slip.merchantName),
    merchantNo: limited(merchantNo),
    terminalNo: limited(terminalNo),
    operatorNo: limited(operatorNo),
    servicePhone: limited(servicePhone),
    time: dateTime(slip.paidAt),
    amount: yuan(slip.amountFen),
    holdNote: kind === 'preAuth' ? say(locale, '仅冻结，未扣款 NOT CHARGED', 'Held only, not charged') : '',
    merchantCopy: copy === 'merchant',
    customerCopy: copy === 'customer',
    keep: copy === 'customer',
    duplicate: slip.duplicate === true,
    training: slip.training === true,
    transactionType: say(locale, zh, en),
    orderId: slip.orderId === undefined ? undefined : limited(slip.orderId),
    journal: slip.anchor,
    card: cardFields(slip),
    tip: tipFen > 0 ? yuan(tipFen) : undefined,
    original: {
      slip: slip.originalVoucherNo,
      reference: slip.originalReferenceNo,
      date: originalPaidAt === undefined ? undefined : dateTime(originalPaidAt),
      preAuthNo: slip.preAuthNo,
    },
    signed: copy === 'merchant' && !exempt && slip.byCode !== true,
    exemption: exempt ? say(locale, '免密免签：未输密码，无需签名', 'No PIN and no signature required') : '',
  };
}

function cardFields(slip: CardSlip): DocumentData {
  const { issuer, acquirer, expiry, batchNo, voucherNo, authNo, referenceNo, chip = {}, copy, featureCode } = slip;
  return {
    issuer,
    acquirer,
    number: grouped(slip.maskedCardNo) + (slip.entryMode === undefined ? '' : ` ${slip.entryMode}`),
    expiry,
    batchNo: limited(batchNo),
    voucherNo: limited(voucherNo),
    authNo,
    referenceNo: limited(referenceNo),
    ...chip,
    featureCode: copy === 'merchant' ? featureCode : undefined,
  };
}

/** Digits in fours. A number that is not masked is a bug of the caller: it must never be printed. */
function grouped(masked: string): string {
  if (/\d{7}/.test(masked)) throw new RangeError('a card number goes on a slip masked only');
  return (limited(masked).match(/.{1,4}/gu) ?? []).join(' ');
}
