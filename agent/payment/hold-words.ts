import type { Attempt } from './attempt.ts';
import type { KeptCommand } from './card.ts';
import type { CardWords } from './card-codes.ts';

// What the person at the counter is told of a hold (预授权), its charge and its cancellation.

export type HoldCommandKind = Extract<KeptCommand['kind'], 'preAuth' | 'completePreAuth' | 'cancelPreAuth'>;

interface HoldCommandWords {
  readonly working: CardWords;
  readonly done: CardWords;
  /** certainly not carried out */
  readonly not: CardWords;
}

const WAIT = { zh: '请等待，结果会自动显示', en: 'Wait: the result appears here by itself' };
const STANDS = { zh: '预授权仍然有效，可再试或撤销', en: 'The hold stands as before: try again, or cancel it' };

const WORDS: { readonly [K in HoldCommandKind]: HoldCommandWords } = {
  preAuth: {
    working: {
      zh: '预授权：请顾客在终端上刷卡、插卡或挥卡',
      en: 'Pre-authorisation: the customer uses the card at the terminal',
      todo: { zh: '按终端提示操作；只冻结，不扣款', en: 'Follow the terminal; the amount is held, not charged' },
    },
    done: {
      zh: '预授权成功：资金已冻结，尚未收款',
      en: 'Pre-authorised: the amount is held, nothing was charged yet',
      todo: { zh: '结账时做预授权完成；不消费请撤销', en: 'Complete it at check-out, or cancel it' },
    },
    not: {
      zh: '预授权未成功，没有冻结资金',
      en: 'The pre-authorisation was refused: nothing is held',
      todo: { zh: '请顾客换一张卡，或改用其他方式', en: 'Ask for another card, or another way' },
    },
  },
  completePreAuth: {
    working: { zh: '正在完成预授权（扣款）', en: 'The hold is being charged', todo: WAIT },
    done: {
      zh: '预授权完成，已收款',
      en: 'The hold was charged: the order is paid',
      todo: { zh: '打印签购单', en: 'The slip is printed' },
    },
    not: { zh: '预授权完成未成功，未收款', en: 'The hold was not charged', todo: STANDS },
  },
  cancelPreAuth: {
    working: { zh: '正在撤销预授权', en: 'The hold is being cancelled', todo: WAIT },
    done: {
      zh: '预授权已撤销，资金解冻',
      en: 'The hold was cancelled: the customer has the money free again',
      todo: { zh: '解冻到账时间以发卡行为准', en: 'The bank says when it shows on the card' },
    },
    not: { zh: '预授权撤销未成功', en: 'The hold was not cancelled', todo: STANDS },
  },
};

/** What to do behind the end of a wish: a hold is nothing to hand goods over for. */
export const HOLD_TODO = {
  HELD: WORDS.preAuth.done.todo,
  RELEASED: WORDS.cancelPreAuth.done.todo,
} as const satisfies Record<string, CardWords['todo']>;

const UNKNOWN: CardWords = {
  zh: '终端结果不明，正在查询，请勿重复操作',
  en: 'Nobody knows yet: the terminal is being asked. Do not do it again',
  todo: { zh: '检查终端电源和连接线，结果会自动显示', en: 'Check its power and cable: the result appears by itself' },
};
const PERSON: CardWords = {
  zh: '预授权结果无法确认，请主管查看终端交易记录后处理',
  en: 'Nobody can tell what became of the hold: a manager looks at the records of the terminal',
  todo: {
    zh: '不要再次刷卡；在终端上查最近一笔交易，由主管登记预授权是否有效',
    en: 'No second try: look up its last transaction, then a manager says whether the hold stands',
  },
};

/** `undefined`: the attempt is not about a hold. */
export function holdClerk({ card, state }: Attempt): CardWords | undefined {
  const kind = card?.command.kind;
  if (kind !== 'preAuth' && kind !== 'completePreAuth' && kind !== 'cancelPreAuth') return undefined;
  switch (state) {
    case 'PAID':
    case 'REVERSED':
      return WORDS[kind].done;
    case 'FAILED':
      return WORDS[kind].not;
    case 'UNKNOWN':
      return UNKNOWN;
    case 'NEEDS_MANUAL_CHECK':
      return PERSON;
    default:
      return WORDS[kind].working;
  }
}
