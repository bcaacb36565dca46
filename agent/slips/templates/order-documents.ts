import type { Block, Document } from '../../../protocols/document/document.ts';
import { type Locale, say, word } from '../words.ts';
import { amount, COPY, field, head, note, tail } from './blocks.ts';

// Papers that ask for money (payment.md 3.2): the exact amount in figures and capitals, one code for one payment, until when,
// whom to call. A personal or static collection code is never printed.

/** The QR of one intent, for a customer at the counter. */
export function intentDocument(locale: Locale): Document {
  return {
    v: 1,
    blocks: [
      ...head(locale, '扫码付款', 'Scan to pay', COPY),
      { type: 'text', when: 'title', text: '{{title}}', align: 'center' },
      ...amount(locale, 'amount', 'amount'),
      field(locale, 'capitals'),
      field(locale, 'orderId'),
      ...paymentCode(locale),
      ...tail(locale),
    ],
  };
}

/** 送货单: goods, total, capitals, payment code, and room for the recipient's signature. */
export function deliveryDocument(locale: Locale): Document {
  return {
    v: 1,
    blocks: [
      ...head(locale, '送货单', 'Delivery note', COPY),
      { type: 'rule' },
      field(locale, 'orderId'),
      field(locale, 'createdAt'),
      field(locale, 'recipient'),
      field(locale, 'address'),
      { type: 'rule' },
      {
        type: 'table',
        each: 'lines',
        columns: [
          { title: word(locale, 'item'), text: '{{name}}', share: 1, above: true },
          { title: word(locale, 'quantity'), text: '{{quantity}}', align: 'right' },
          { title: word(locale, 'price'), text: '{{price}}', align: 'right' },
          { title: word(locale, 'sum'), text: '{{amount}}', align: 'right' },
        ],
      },
      { type: 'rule', when: 'discount' },
      field(locale, 'discount'),
      ...amount(locale, 'total', 'amount'),
      field(locale, 'capitals'),
      ...paymentCode(locale),
      { type: 'spacer' },
      { type: 'text', text: say(locale, '收货人签字', 'Received by') },
      { type: 'signature', name: 'signature', lines: 3 },
      ...tail(locale),
    ],
  };
}

function paymentCode(locale: Locale): Block[] {
  return [
    { type: 'qr', when: 'code', text: '{{code}}', mm: 30 },
    note(say(locale, '付款前请核对商品与金额', 'Check goods and amount first'), 'code'),
    note(say(locale, '本码仅供本单一次使用', 'For this order only, once'), 'code'),
    note(say(locale, '有效期至 {{expiresAt}}', 'Valid until {{expiresAt}}'), 'expiresAt'),
    { type: 'spacer' },
  ];
}
