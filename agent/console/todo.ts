import type { Advice } from '../errors.ts';
import type { Attempt } from '../payment/attempt.ts';
import { cardClerk } from '../payment/card-codes.ts';
import { CATEGORIES, type Category, type NextStep } from '../payment/categories.ts';
import { HOLD_TODO } from '../payment/hold-words.ts';

/** What the person at the counter does now, as a sentence, for each step of the category table. */
const TODO: Readonly<Record<NextStep, Advice>> = {
  DONE: { zh: '交货并给小票', en: 'Hand over the goods and the slip' },
  POLL: { zh: '请等待，结果会自动显示', en: 'Wait: the result appears here by itself' },
  POLL_THEN_REVERSE: {
    zh: '请等待；到时仍无结果会自动撤销，先不要交货',
    en: 'Wait: without a result it is reversed by itself. Do not hand over goods yet',
  },
  NEW_CODE_NEW_ATTEMPT: {
    zh: '请顾客刷新付款码，再扫一次',
    en: 'Ask the customer to refresh the code, then scan again',
  },
  OTHER_METHOD: { zh: '请顾客换一种付款方式，再扫一次', en: 'Ask for another wallet or card, then scan again' },
  QUERY_ORIGINAL: { zh: '请等待核对原订单，不要再次收款', en: 'Wait for the check. Do not charge again' },
  CONTACT_SUPPORT: { zh: '记下单号，联系客服', en: 'Note the order number and call support' },
  FIX_CONFIG: { zh: '更正后重试，或联系装机人员', en: 'Correct it and try again, or call the technician' },
  LOWER_AMOUNT: { zh: '更正金额，或换其他付款方式', en: 'Correct the amount, or use another method' },
  WAIT_RETRY_REVERSE: {
    zh: '不要交货；系统自动重试撤销，可先接待下一位顾客',
    en: 'Do not hand over goods. It is retried by itself; serve the next customer meanwhile',
  },
  RETRY_LATER: {
    zh: '检查网络，恢复后重新扫码；可先收现金',
    en: 'Check the network and scan again later, or take cash',
  },
};

/**
 * Of money that nobody expected: a manager looks first, then says what the order is now. "refunded" ends it: said while another
 * payment stays, that payment could not be given back any more.
 */
export const LATE_TODO: Advice = {
  zh: '请主管凭交易号在渠道后台或终端上核实这笔款，再登记：这单只要还留有任何一笔款，登记“已收到钱”；所有款都退了，才登记“钱已退给顾客”',
  en: 'A manager looks this money up by its number, at the channel or on the terminal, then registers: paid, while the shop keeps any payment of this order; refunded, only when all of its money went back',
};

/** What is told at the counter for a category: what happened, what to do now, and how it sounds. */
export function clerkOf(category: Category) {
  const { zh, en, next, sound } = CATEGORIES[category];
  return { zh, en, action: next, todo: TODO[next], sound };
}

/** The same of an attempt: one on the card terminal has words of its own, and so has a wallet that warns its customer. */
export function attemptClerk(attempt: Attempt) {
  return { ...clerkOf(attempt.category), ...warned(attempt), ...cardClerk(attempt) };
}

function warned({ state, riskNotice }: Attempt): Partial<Advice> {
  return state === 'USER_PAYING' && riskNotice ? riskNotice.clerk : {};
}

/** What to do now, for the words of a command's result. Of a hold its code says more than its step. */
export function todoOf(action: string, code: string): Advice | undefined {
  const known: Readonly<Record<string, Advice>> = { ...TODO, ...HOLD_TODO };
  const name = Object.hasOwn(HOLD_TODO, code) ? code : action;
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
