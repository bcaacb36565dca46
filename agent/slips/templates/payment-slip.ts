import type { Block, Document } from '../../../protocols/document/document.ts';
import { type Locale, say, type WordName } from '../words.ts';
import { amount, field, head, note, tail } from './blocks.ts';

/** Sale, refund and void share their fields; which of them a slip shows is decided by what its data has. */
export type PaymentSlipKind = 'sale' | 'refund' | 'void';
/** 预授权, 预授权完成, 预授权撤销: of a card only */
export type CardSlipKind = PaymentSlipKind | 'preAuth' | 'completePreAuth' | 'cancelPreAuth';

const TITLES = {
  sale: ['签购单', 'Sales slip'],
  refund: ['退货单', 'Refund slip'],
  void: ['撤销单', 'Void slip'],
  preAuth: ['预授权单', 'Pre-authorisation slip'],
  completePreAuth: ['预授权完成单', 'Completion slip'],
  cancelPreAuth: ['预授权撤销单', 'Cancellation slip'],
} as const;

const AMOUNTS = {
  sale: 'amount',
  refund: 'refundAmount',
  void: 'voidAmount',
  preAuth: 'heldAmount',
  completePreAuth: 'amount',
  cancelPreAuth: 'releasedAmount',
} as const satisfies Record<CardSlipKind, WordName>;

/** 签购单 for a wallet or a card. Field list: JR/T 0001-2001 §8 and wallet practice (receipts.md 5.2). */
export function paymentSlip(kind: CardSlipKind, locale: Locale): Document {
  const [zh, en] = TITLES[kind];
  return {
    v: 1,
    blocks: [
      ...head(locale, zh, en),
      note(say(locale, '商户存根 MERCHANT COPY', 'Merchant copy'), 'merchantCopy'),
      note(say(locale, '顾客存根 CUSTOMER COPY', 'Customer copy'), 'customerCopy'),
      { type: 'rule' },
      ...parties(locale),
      ...card(locale),
      ...transaction(locale),
      ...sums(kind, locale),
      ...original(locale),
      ...chip(locale),
      ...signature(locale),
      ...refundCode(locale),
      { type: 'spacer' },
      note(say(locale, '请妥善保管此凭证', 'Please keep this slip'), 'keep'),
      ...tail(locale),
    ],
  };
}

function parties(locale: Locale): Block[] {
  return [
    field(locale, 'merchantNo'),
    field(locale, 'terminalNo'),
    field(locale, 'operatorNo'),
    field(locale, 'settledBy', 'acquirer'),
  ];
}

function card(locale: Locale): Block[] {
  return [
    field(locale, 'issuer', 'card.issuer'),
    field(locale, 'acquirer', 'card.acquirer'),
    field(locale, 'cardNo', 'card.number', 'tall'),
    field(locale, 'expiry', 'card.expiry'),
  ];
}

function transaction(locale: Locale): Block[] {
  return [
    field(locale, 'transactionType', 'transactionType', 'normal', true),
    field(locale, 'channel'),
    field(locale, 'paycode'),
    field(locale, 'instalments'),
    field(locale, 'batchNo', 'card.batchNo'),
    field(locale, 'voucherNo', 'card.voucherNo'),
    field(locale, 'authNo', 'card.authNo'),
    field(locale, 'referenceNo', 'card.referenceNo'),
    field(locale, 'slipId'),
    field(locale, 'orderId'),
    field(locale, 'attemptId'),
    field(locale, 'refundId'),
    field(locale, 'transactionId'),
    field(locale, 'journal'),
    field(locale, 'approvedBy'),
    field(locale, 'time'),
  ];
}

function sums(kind: CardSlipKind, locale: Locale): Block[] {
  return [
    field(locale, 'orderAmount'),
    field(locale, 'discount'),
    field(locale, 'tip'),
    ...amount(locale, AMOUNTS[kind], 'amount'),
    note('{{holdNote}}', 'holdNote'),
  ];
}

/** 备注: what a refund or void belongs to. */
function original(locale: Locale): Block[] {
  return [
    field(locale, 'originalSlip', 'original.slip'),
    field(locale, 'originalReference', 'original.reference'),
    field(locale, 'originalDate', 'original.date'),
    field(locale, 'preAuthNo', 'original.preAuthNo'),
  ];
}

/** What an EMV chip card adds. */
function chip(locale: Locale): Block[] {
  return [
    field(locale, 'application', 'card.application'),
    field(locale, 'aid', 'card.aid'),
    field(locale, 'certificate', 'card.certificate'),
    { type: 'text', when: 'card.verification', text: '{{card.verification}}', size: 'small' },
  ];
}

/** Only the merchant's copy is signed; a payment without signature says so instead. */
function signature(locale: Locale): Block[] {
  const code = say(locale, '特征码 {{card.featureCode}}', 'FEATURE CODE {{card.featureCode}}');
  return [
    { type: 'text', when: 'signed', text: say(locale, '持卡人签名', 'Cardholder signature') },
    { type: 'signature', when: 'signed', name: 'signature' },
    { type: 'text', when: 'card.featureCode', text: code, align: 'right' },
    {
      type: 'text',
      when: 'signed',
      text: say(
        locale,
        '本人确认以上交易，同意将其记入本卡账户',
        'I acknowledge satisfactory receipt of relative goods/services',
      ),
    },
    note('{{exemption}}', 'exemption'),
  ];
}

/** The clerk scans this to refund: the number the channel knows the payment by. */
function refundCode(locale: Locale): Block[] {
  return [
    { type: 'qr', when: 'refundCode', text: '{{refundCode}}', mm: 15 },
    note(say(locale, '退款请扫此码', 'Scan to refund'), 'refundCode'),
  ];
}
