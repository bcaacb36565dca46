import type { Classification, CodeKind } from './classify.ts';

export interface Sentence {
  readonly zh: string;
  readonly en: string;
}

/** The kinds that start an attempt; every other kind has a sentence. */
export type PayableKind = Extract<CodeKind, 'PAYMENT_CODE' | 'EMV_CPM'>;
export type RefusedKind = Exclude<CodeKind, PayableKind>;

const UNSUPPORTED: Sentence = {
  zh: '不支持的二维码，请顾客打开“付款码”',
  en: 'Unsupported code. Ask the customer to open “Pay / 收付款”',
};

/** What the clerk reads when the wrong thing was scanned (payment.md 1.3). `{n}` is the number of digits. */
export const CODE_SENTENCES: Readonly<Record<RefusedKind, Sentence>> = {
  MERCHANT_QR: {
    zh: '这是收款码，请顾客打开“付款码”（微信：我→服务→收付款；支付宝：首页→收付款）',
    en: 'That is a collection QR. Ask the customer to open “Pay / 收付款”',
  },
  EMV_MPM: {
    zh: '这是收款码，请顾客打开“付款码”',
    en: 'That is a collection QR. Ask the customer to open “Pay / 收付款”',
  },
  PRODUCT_BARCODE: { zh: '这是商品条码，不是付款码', en: 'That is a product bar code' },
  ID_CARD: { zh: '这是证件号码，已忽略，不会保存', en: 'That looks like an ID number; ignored and not stored' },
  BANK_CARD: {
    zh: '这是银行卡号，请用刷卡功能，已忽略',
    en: 'That is a card number; ignored. Use the card function',
  },
  GS1_LOGISTICS: { zh: '这是物流标签', en: 'That is a logistics label' },
  LENGTH_MISMATCH: {
    zh: '扫码不完整（{n} 位），请再扫一次；多次出现请联系装机人员',
    en: 'Incomplete read ({n} digits). Scan again; if it repeats call the technician',
  },
  GARBLED: {
    zh: '扫码枪输出异常（输入法/大写锁定），请联系装机人员',
    en: 'Scanner output is garbled (IME/CapsLock). Call the technician',
  },
  MULTIPLE_CODES: {
    zh: '一次读到两个码，请只扫顾客付款码',
    en: "Two codes in one read. Scan only the customer's code",
  },
  FACE_TOKEN: UNSUPPORTED,
  URL: UNSUPPORTED,
  UNKNOWN: UNSUPPORTED,
  EMPTY: { zh: '没有读到内容，请再扫一次', en: 'Nothing was read. Scan again' },
  TOO_LONG: UNSUPPORTED,
};

/** An ID number that could as well be a payment code: a refreshed code will not look like one again. */
const ID_OR_CODE: Sentence = {
  zh: '这像证件号码，已忽略，不会保存；如果是付款码，请顾客刷新后再扫',
  en: 'That looks like an ID number; ignored and not stored. If it was a payment code, refresh it and scan again',
};

/** The sentence for what was scanned; `undefined` when it is payable. */
export function codeSentence(found: Classification): Sentence | undefined {
  if (found.kind === 'PAYMENT_CODE' || found.kind === 'EMV_CPM') return undefined;
  if (found.kind === 'ID_CARD' && found.collidesWith) return ID_OR_CODE;
  const { zh, en } = CODE_SENTENCES[found.kind];
  if (found.kind !== 'LENGTH_MISMATCH') return { zh, en };
  return { zh: zh.replace('{n}', String(found.length)), en: en.replace('{n}', String(found.length)) };
}
