import type { AttemptStateName } from '../../protocols/backend/attempt-events.ts';
import type { Advice } from '../errors.ts';
import type { FactKind } from './cells.ts';

// The nine states of an attempt as a shop owner meets them, and every way from one to another. docs/payment-states.md is
// made from this table; test/agent/cells.test.ts walks the machine and holds the transitions to it.

export interface StateRow {
  /** order-states.json, word for word */
  readonly brief: string;
  readonly final: boolean;
  readonly name: Advice;
  /** what it means for the shop, and what the person at the counter does */
  readonly meaning: Advice;
}

export const ATTEMPT_STATE_TABLE: { readonly [S in AttemptStateName]: StateRow } = {
  CREATED: {
    brief: 'journal record fsynced, nothing sent',
    final: false,
    name: { zh: '已记录', en: 'written down' },
    meaning: {
      zh: '付款码已读到，这次收款已写入磁盘，还没有发出。通常不到百分之一秒。',
      en: 'The code was read and the attempt is on disk; nothing was sent yet. Lasts less than a hundredth of a second.',
    },
  },
  SUBMITTED: {
    brief: 'pay sent',
    final: false,
    name: { zh: '已发出', en: 'sent' },
    meaning: {
      zh: '付款请求已发给后台，等待第一个应答，最多 10 秒。请稍候。',
      en: 'The request is with the backend; the first answer takes at most 10 seconds. Wait.',
    },
  },
  USER_PAYING: {
    brief: 'wallet asks the customer',
    final: false,
    name: { zh: '顾客确认中', en: 'customer confirms' },
    meaning: {
      zh: '顾客的手机要求输入密码或确认，这很正常。请顾客看手机，不要重复扫码。',
      en: 'The wallet asks the customer for the password. This is normal. Let the customer look at the phone; do not scan again.',
    },
  },
  UNKNOWN: {
    brief: 'no or unclear answer',
    final: false,
    name: { zh: '结果未知', en: 'unknown' },
    meaning: {
      zh: '没有应答或应答不明确：钱可能已付，也可能没付。系统自动查询，以本机结果为准；请勿交货，也不要让顾客再付一次。',
      en: 'No answer, or an unclear one: the money may have moved or not. The till keeps asking. Trust the till only: do not hand over goods and do not charge again.',
    },
  },
  REVERSING: {
    brief: 'reverse sent or waiting to be sent again',
    final: false,
    name: { zh: '撤销中', en: 'being reversed' },
    meaning: {
      zh: '到时仍没有结果，正在撤销：没付的关闭，已付的原路退回。请勿交货。60 秒后柜台可以接待下一位顾客，这笔订单继续自动撤销并列在“未结”中。',
      en: 'No result in time, so the attempt is taken back: closed if unpaid, refunded if paid. Do not hand over goods. After 60 seconds the counter serves the next customer; this order stays blocked and listed, and the reversal goes on by itself.',
    },
  },
  PAID: {
    brief: 'final',
    final: true,
    name: { zh: '已收款', en: 'paid' },
    meaning: {
      zh: '支付机构确认收到这笔钱，金额一致。打印签购单，可以交货。要退钱请走退款。',
      en: 'The channel confirmed the money, and the amount is the one asked for. The slip is printed; hand over the goods. Money goes back by a refund only.',
    },
  },
  FAILED: {
    brief: 'final, channel said no',
    final: true,
    name: { zh: '未收款', en: 'refused' },
    meaning: {
      zh: '支付机构明确拒绝，没有收款。请按屏幕提示换码或换一种付款方式，用同一订单重新收款。',
      en: 'The channel said no, and no money moved. Do what the screen says: a fresh code or another method, for the same order.',
    },
  },
  REVERSED: {
    brief: 'final, closed or refunded',
    final: true,
    name: { zh: '已撤销', en: 'reversed' },
    meaning: {
      zh: '已确认撤销，没有收款；顾客如已扣款会原路退回。可用同一订单、新的付款码再收一次。',
      en: 'Certainly taken back: the shop has no money, and what the customer paid returns. The same order may be paid with a fresh code.',
    },
  },
  NEEDS_MANUAL_CHECK: {
    brief: 'final for the terminal; open for the back office',
    final: true,
    name: { zh: '待人工核对', en: 'needs a person' },
    meaning: {
      zh: '本机无法再弄清：不允许撤销、已过撤销期限，或金额不符。订单锁定；记下单号联系客服。问过什么、答了什么、几点，都已记录并上报。',
      en: 'The till cannot find out more: reversing was not allowed, its window has passed, or the amount was another. The order is locked: note its number and call support. What was asked and answered, and when, is recorded and reported.',
    },
  },
};

export interface TransitionRow {
  readonly from: AttemptStateName;
  readonly to: AttemptStateName;
  readonly on: readonly FactKind[];
  readonly label: Advice;
}

const ANSWERED = ['pay-answered', 'query-answered'] as const satisfies readonly FactKind[];
const PAID = { zh: '确认已付', en: 'paid' };
const REFUSED = { zh: '明确拒绝', en: 'refused' };
const CLOSED = { zh: '渠道已关闭或退回', en: 'closed or given back at the channel' };
const PERSON = { zh: '金额不符或渠道要求人工', en: 'other amount, or the channel asks for a person' };
const GIVE_UP = { zh: '到时、店员取消或支付失败', en: 'deadline, clerk cancels, or payment failed' };

export const TRANSITIONS: readonly TransitionRow[] = [
  { from: 'CREATED', to: 'SUBMITTED', on: ['submitted'], label: { zh: '发出', en: 'sent' } },
  {
    from: 'CREATED',
    to: 'UNKNOWN',
    on: ['restarted'],
    label: { zh: '重启，是否发出不明', en: 'restart, perhaps sent' },
  },
  { from: 'SUBMITTED', to: 'PAID', on: ANSWERED, label: PAID },
  { from: 'SUBMITTED', to: 'USER_PAYING', on: ['pay-answered'], label: { zh: '要求顾客确认', en: 'wallet asks' } },
  {
    from: 'SUBMITTED',
    to: 'UNKNOWN',
    on: ['pay-answered', 'pay-unanswered', 'restarted'],
    label: { zh: '不明、超时或重启', en: 'unclear, time-out or restart' },
  },
  {
    from: 'SUBMITTED',
    to: 'FAILED',
    on: [...ANSWERED, 'pay-not-sent'],
    label: { zh: '明确拒绝或未发出', en: 'refused, or never left' },
  },
  { from: 'SUBMITTED', to: 'REVERSED', on: ANSWERED, label: CLOSED },
  { from: 'SUBMITTED', to: 'REVERSING', on: [...ANSWERED, 'query-unanswered'], label: GIVE_UP },
  { from: 'SUBMITTED', to: 'NEEDS_MANUAL_CHECK', on: ANSWERED, label: PERSON },
  { from: 'USER_PAYING', to: 'PAID', on: ANSWERED, label: PAID },
  { from: 'USER_PAYING', to: 'FAILED', on: ANSWERED, label: REFUSED },
  { from: 'USER_PAYING', to: 'REVERSED', on: ANSWERED, label: CLOSED },
  { from: 'USER_PAYING', to: 'REVERSING', on: ['query-answered', 'query-unanswered'], label: GIVE_UP },
  { from: 'USER_PAYING', to: 'NEEDS_MANUAL_CHECK', on: ANSWERED, label: PERSON },
  { from: 'UNKNOWN', to: 'USER_PAYING', on: ['query-answered'], label: { zh: '顾客确认中', en: 'customer confirms' } },
  { from: 'UNKNOWN', to: 'PAID', on: ANSWERED, label: PAID },
  { from: 'UNKNOWN', to: 'FAILED', on: ANSWERED, label: REFUSED },
  { from: 'UNKNOWN', to: 'REVERSED', on: ANSWERED, label: CLOSED },
  { from: 'UNKNOWN', to: 'REVERSING', on: ['query-answered', 'query-unanswered'], label: GIVE_UP },
  { from: 'UNKNOWN', to: 'NEEDS_MANUAL_CHECK', on: ANSWERED, label: PERSON },
  {
    from: 'REVERSING',
    to: 'REVERSED',
    on: [...ANSWERED, 'reverse-answered'],
    label: { zh: '撤销成功', en: 'reversal certain' },
  },
  {
    from: 'REVERSING',
    to: 'PAID',
    on: ANSWERED,
    label: { zh: '撤销发出前确认已付', en: 'paid, before any reverse was sent' },
  },
  {
    from: 'REVERSING',
    to: 'FAILED',
    on: ANSWERED,
    label: { zh: '撤销发出前明确拒绝', en: 'refused, before any reverse was sent' },
  },
  {
    from: 'REVERSING',
    to: 'NEEDS_MANUAL_CHECK',
    on: [...ANSWERED, 'reverse-answered'],
    label: { zh: '不允许撤销或已过期限', en: 'reversing not allowed, or too late' },
  },
];
