import type { TerminalResult } from '../../protocols/terminal/messages.ts';
import type { Advice } from '../errors.ts';
import type { Attempt } from './attempt.ts';
import { CATEGORIES, type Category } from './categories.ts';
import { holdClerk } from './hold-words.ts';

// What a card terminal's no means for the clerk. Host codes are ISO 8583 field 39 as most protocols pass it on; what a make
// uses otherwise is only shown. Nothing here decides about money: the outcome does.

const HOST_CODES: Readonly<Record<string, Category>> = {
  '51': 'INSUFFICIENT_FUNDS',
  '61': 'BUYER_LIMIT',
  '65': 'BUYER_LIMIT',
  '34': 'RISK_REJECTED',
  '59': 'RISK_REJECTED',
};

/** The nearest category of a sale without money; the words come from {@link cardClerk}. */
export function cardCategory({ outcome, evidence }: TerminalResult): Category {
  if (outcome === 'cancelled') return 'CUSTOMER_CANCELLED';
  const { by, code = '' } = evidence;
  if (by !== 'answer' && by !== 'query') return 'ORDER_CLOSED';
  return (Object.hasOwn(HOST_CODES, code) ? HOST_CODES[code] : undefined) ?? 'METHOD_NOT_SUPPORTED';
}

/** What the person at the counter is told of a card: what happened, and what to do now. */
export interface CardWords extends Advice {
  readonly todo: Advice;
}

const WORDS = {
  working: {
    zh: '请顾客在终端上刷卡、插卡或挥卡',
    en: 'The customer uses the card at the terminal',
    todo: { zh: '按终端提示操作；要取消请在终端上按取消键', en: 'Follow the terminal; to stop, press cancel there' },
  },
  charging: {
    zh: '付款码已交给终端，等待结果',
    en: 'The terminal charges the code',
    todo: { zh: '请等待，结果会自动显示', en: 'Wait: the result appears here by itself' },
  },
  stopping: {
    zh: '正在取消，以终端结果为准',
    en: 'It is being stopped; the terminal decides',
    todo: { zh: '请在终端上按取消键，等待结果', en: 'Press cancel at the terminal and wait for the result' },
  },
  unknown: {
    zh: '刷卡结果不明，正在向终端查询，请勿再次收款',
    en: 'Nobody knows yet: the terminal is being asked. Do not charge again',
    todo: { zh: '检查终端电源和连接线，结果会自动显示', en: 'Check its power and cable: the result appears by itself' },
  },
  declined: {
    zh: '刷卡未成功，未收款',
    en: 'The card was refused, no money was taken',
    todo: { zh: '请顾客换一张卡，或改用扫码', en: 'Ask for another card, or scan a code' },
  },
  never: {
    zh: '终端没有这笔交易，未收款',
    en: 'The terminal did not do it, no money was taken',
    todo: { zh: '可以重新刷卡或扫码', en: 'Try the card again, or scan a code' },
  },
  cancelled: {
    zh: '已在终端上取消，未收款',
    en: 'Cancelled at the terminal, no money was taken',
    todo: { zh: '可以重新刷卡或扫码', en: 'Try the card again, or scan a code' },
  },
  person: {
    zh: '刷卡结果无法确认，请主管查看终端交易记录后处理',
    en: 'Nobody can tell what became of it: a manager looks at the records of the terminal',
    todo: {
      zh: '不要交货也不要再次收款；在终端上查最近一笔交易，由主管登记结果',
      en: 'No goods and no second charge: look up its last transaction, then a manager says what became of it',
    },
  },
} as const satisfies Record<string, CardWords>;

/** `undefined`: a wallet's attempt, or a card that is paid: the category's own words are right. */
export function cardClerk(attempt: Attempt): CardWords | undefined {
  const { card, state, category } = attempt;
  const ofHold = holdClerk(attempt);
  if (ofHold) return ofHold;
  if (!card || state === 'PAID') return undefined;
  switch (state) {
    case 'UNKNOWN':
      return WORDS.unknown;
    case 'NEEDS_MANUAL_CHECK':
      return WORDS.person;
    case 'FAILED':
      return failedWords(category);
    default:
      if (card.cancelAsked) return WORDS.stopping;
      return attempt.channel === 'CARD' ? WORDS.working : WORDS.charging;
  }
}

function failedWords(category: Category): CardWords {
  if (category === 'CUSTOMER_CANCELLED') return WORDS.cancelled;
  if (category === 'ORDER_CLOSED' || category === 'CHANNEL_UNAVAILABLE') return WORDS.never;
  if (category === 'METHOD_NOT_SUPPORTED') return WORDS.declined;
  const { zh, en } = CATEGORIES[category];
  return { zh, en, todo: WORDS.declined.todo };
}
