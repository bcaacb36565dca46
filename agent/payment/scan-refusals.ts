import type { Advice } from '../errors.ts';
import { CATEGORIES } from './categories.ts';

/** Why a scan starts no payment: nothing was sent, nothing of it is kept. */
export const SCAN_REFUSALS = {
  NO_OPEN_ORDER: { zh: '请先输入金额再扫码', en: 'There is nothing to pay. Enter the amount first' },
  SAME_CODE_AGAIN: { zh: '正在处理这个付款码，请勿重复扫码', en: 'This code is being processed. Do not scan again' },
  ATTEMPT_OPEN: {
    zh: '上一笔还没有结果，请先等待或取消',
    en: 'The last payment has no result yet. Wait or cancel it first',
  },
  WRONG_CODE_KIND: CATEGORIES.WRONG_CODE_KIND,
  CODE_USED: CATEGORIES.CODE_USED,
  CODE_EXPIRED: CATEGORIES.CODE_EXPIRED,
  METHOD_NOT_SUPPORTED: CATEGORIES.METHOD_NOT_SUPPORTED,
  AMOUNT_OVER_LIMIT: CATEGORIES.AMOUNT_OVER_LIMIT,
  NETWORK_DOWN: CATEGORIES.NETWORK_DOWN,
} as const satisfies Record<string, Advice>;

export type ScanRefusal = keyof typeof SCAN_REFUSALS;
