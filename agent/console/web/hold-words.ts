import { filled } from './language.ts';

// The words of settling by hand and of holds (预授权), fetched with their dialogs.

const WORDS = {
  // --- settled by hand
  resolveTitle: ['人工核对结果', 'Settle by hand'],
  resolveNote: [
    '只有在客服或支付机构的账单上查清之后才填写。会记下是谁、为什么。',
    'Only after support or a statement has made it clear. Who says so, and why, is kept.',
  ],
  resolveHoldNote: [
    '先在终端或银行查清这笔预授权，再填写。会记下是谁、为什么。',
    'Only after the terminal or the bank has made clear what became of the hold. Who says so, and why, is kept.',
  ],
  resolvePaidBefore: [
    '这单还有另一笔款。只退了意外到账的那笔，请选“已收到钱”；所有款都退了，才选“钱已退给顾客”。',
    'This order has another payment. If only the late money went back, choose “The money is in”; “The money went back” is for all of it.',
  ],
  resolveOutcome: ['查清的结果', 'What was found out'],
  outcomeCharged: ['预授权已完成，已收款', 'The hold was charged'],
  resolveHold: ['顾客卡上的预授权', "The hold on the customer's card"],
  holdStands: ['仍然有效', 'It stands'],
  holdGone: ['已不存在', 'It is gone'],
  resolveReason: ['依据（例如客服姓名、账单号）', 'How it is known (name at support, statement number)'],
  resolveSend: ['确认结果', 'Settle it'],
  approveResolve: ['核对单号 {0}：{1}', 'Order {0}: {1}'],
  approveHold: ['{0}；预授权{1}', '{0}. The hold: {1}'],
  // --- asked for, charged, given up
  holdTitle: ['预授权', 'Hold on a card'],
  holdNote: [
    '只在顾客的卡上冻结，不收款；结账时完成预授权才收款。',
    'The amount is held on the card. Nothing is charged until the hold is completed at check-out.',
  ],
  holdSend: ['预授权，冻结 ¥{0}', 'Hold ¥{0}'],
  completeAmount: ['收款金额', 'Amount to charge'],
  completeNote: ['已冻结 ¥{0}，多余的部分自动解冻', '¥{0} is held; what is not charged is free again'],
  completeOver: ['超过已冻结的 ¥{0}', 'More than the ¥{0} that is held'],
  completeMost: ['已冻结 ¥{0}，最多可收 ¥{1}', '¥{0} is held; at most ¥{1} can be charged'],
  completeSend: ['完成预授权，收款 ¥{0}', 'Charge ¥{0}'],
  cancelNote: [
    '撤销后 ¥{0} 全部解冻，这笔预授权不能再收款。',
    'All ¥{0} is free again, and nothing can be charged of this hold any more.',
  ],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type HoldWord = keyof typeof WORDS;

export function h(name: HoldWord, ...values: readonly (string | number)[]): string {
  return filled(WORDS[name], values);
}
