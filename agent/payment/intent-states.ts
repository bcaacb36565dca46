import type { IntentStateName } from '../../protocols/backend/intents.ts';
import type { Advice } from '../errors.ts';

// The six states of an intent as a shop owner meets them; docs/payment-states.md is made from this table.

export interface IntentStateRow {
  readonly final: boolean;
  readonly name: Advice;
  /** what it means for the shop, and what the person at the counter does */
  readonly meaning: Advice;
}

export const INTENT_STATE_TABLE: { readonly [S in IntentStateName]: IntentStateRow } = {
  WAITING: {
    final: false,
    name: { zh: '等待付款', en: 'waiting' },
    meaning: {
      zh: '收款码已出示，等待顾客付款；以本机结果为准，勿凭顾客手机放货。这笔订单不能再扫码或刷卡，直到收款码确定关闭。',
      en: 'The code can be paid. Trust the till only; do not hand over goods on the strength of the customer’s phone. The order takes no scan, card or second QR until the code is certainly closed.',
    },
  },
  PAID: {
    final: true,
    name: { zh: '已收款', en: 'paid' },
    meaning: {
      zh: '在收款码确定关闭之前收到了这笔钱，金额一致。打印签购单，可以交货。',
      en: 'The money came before the close was certain, and the amount is the one asked for. The slip is printed; hand over the goods.',
    },
  },
  EXPIRED: {
    final: true,
    name: { zh: '已过期', en: 'expired' },
    meaning: {
      zh: '到期未付，收款码已确定关闭，没有收款。订单可以重新收款。',
      en: 'Not paid in time and certainly closed: no money. The order may be collected again.',
    },
  },
  CLOSED: {
    final: true,
    name: { zh: '已关闭', en: 'closed' },
    meaning: {
      zh: '已取消或未能建立，收款码已确定关闭，没有收款。订单可以重新收款。',
      en: 'Cancelled, or never made, and certainly closed: no money. The order may be collected again.',
    },
  },
  NEEDS_MANUAL_CHECK: {
    final: true,
    name: { zh: '待人工核对', en: 'needs a person' },
    meaning: {
      zh: '收到的金额与应收不符。请勿交货；由店长核对：退款，或补足后确认。',
      en: 'The money that came is not the amount asked for. Do not hand over goods; the manager refunds it, or accepts it.',
    },
  },
  DISPUTED: {
    final: true,
    name: { zh: '关闭后到账', en: 'paid after the close' },
    meaning: {
      zh: '收款码关闭以后才到账，不算收款。由店长决定：原路退款，或确认为这笔订单的付款。',
      en: 'The money came after the code was closed and does not count as payment. The manager refunds it, or accepts it as this order’s payment.',
    },
  },
};
