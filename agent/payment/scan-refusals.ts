import { type Advice, ERRORS } from '../errors.ts';
import { CATEGORIES } from './categories.ts';

interface Refusal extends Advice {
  /** how the gun or the page says it, in the words of the category table */
  readonly sound: string;
}

/** Why a scan starts no payment: nothing was sent, nothing of it is kept. */
export const SCAN_REFUSALS = {
  NO_OPEN_ORDER: {
    zh: '请先输入金额再扫码',
    en: 'There is nothing to pay. Enter the amount first',
    sound: 'fail-short',
  },
  SAME_CODE_AGAIN: {
    zh: '正在处理这个付款码，请勿重复扫码',
    en: 'This code is being processed. Do not scan again',
    // ignored, with a short low beep only: the clerk did nothing wrong (flow-scenarios.json, double-scan-in-flight)
    sound: 'low-short',
  },
  ATTEMPT_OPEN: {
    zh: '上一笔还没有结果，请先等待或取消',
    en: 'The last payment has no result yet. Wait or cancel it first',
    sound: 'fail-short',
  },
  /** its head may be lost, and an Alipay code without it still has a legal length (16 to 24 digits) */
  SCAN_MAYBE_CUT: {
    zh: '扫码枪刚连上，这一码可能不完整，请再扫一次',
    en: 'The gun has only just been connected and this code may be cut. Scan it again',
    sound: 'fail-short',
  },
  INTENT_OPEN: {
    zh: '这笔订单已出示收款码，请等待付款；要改用扫码，先取消收款码',
    en: 'A QR for this order is open. Wait for it, or cancel it before scanning',
    sound: 'fail-short',
  },
  HOLD_STANDS: {
    zh: '这笔订单有预授权未结，请先完成或撤销预授权',
    en: 'A hold on the customer’s card stands for this order. Complete or cancel it first',
    sound: 'fail-short',
  },
  WRONG_CODE_KIND: CATEGORIES.WRONG_CODE_KIND,
  CODE_USED: CATEGORIES.CODE_USED,
  CODE_EXPIRED: CATEGORIES.CODE_EXPIRED,
  RISK_REJECTED: CATEGORIES.RISK_REJECTED,
  METHOD_NOT_SUPPORTED: CATEGORIES.METHOD_NOT_SUPPORTED,
  /** the backend's own words of it take the place of these */
  CHANNEL_UNAVAILABLE: CATEGORIES.CHANNEL_UNAVAILABLE,
  AMOUNT_OVER_LIMIT: CATEGORIES.AMOUNT_OVER_LIMIT,
  /** the till's words of its limit take the place of these */
  LIMIT_REACHED: {
    zh: '本机收款限额已用完，请换其他方式或联系客服（不要拆分收款）',
    en: 'The limit of this till is used up. Use another method or call support (do not split)',
    sound: 'fail',
  },
  MERCHANT_SUSPENDED: CATEGORIES.MERCHANT_SUSPENDED,
  TERMINAL_UNREGISTERED: CATEGORIES.TERMINAL_UNREGISTERED,
  NETWORK_DOWN: CATEGORIES.NETWORK_DOWN,
  /** where the terminal charges scanned codes */
  TERMINAL_UNAVAILABLE: {
    zh: '收款终端没有应答或正在处理上一笔，请检查终端后再扫',
    en: 'The terminal does not answer or is at work. Look at it, then scan again',
    sound: 'fail',
  },
  /** what cannot be written down is not begun (product.md 2) */
  JOURNAL_UNAVAILABLE: { ...ERRORS.JOURNAL_UNAVAILABLE.remedy, sound: 'alarm' },
} as const satisfies Record<string, Refusal>;

export type ScanRefusal = keyof typeof SCAN_REFUSALS;
