import type { RefundStateName } from '../../protocols/backend/refunds.ts';
import type { Advice } from '../errors.ts';
import type { RefundDoing } from './refund.ts';
import type { RefundFact } from './refund-machine.ts';

// Every (doing, fact) cell of the refund machine, decided or ignored for a reason, and what each state means at the counter.
// refund-machine.ts is the code, this is its contract: test/agent/refund-cells.test.ts walks the machine and holds the two
// together; docs/payment-states.md is made from it.

export type RefundDoingKind = RefundDoing['kind'];
export type RefundFactKind = RefundFact['kind'];
export type RefundCell =
  | { readonly next: readonly RefundDoingKind[]; readonly why: string }
  | { readonly ignored: string };

/** The key of a cell, for counting which ones a test run has met. */
export function refundCellOf(doing: RefundDoingKind, fact: RefundFactKind): string {
  return `refund ${doing} / ${fact}`;
}

const NOTHING_SENT = 'nothing was sent: nobody approved it yet';
const APPROVED = 'it is approved already; the first second person stands';
const GIVEN_UP = 'its time-out was used up';
const LATE_DONE =
  'the channel says that the money went back: that is certain whenever it is heard; anything else that comes late may be an older answer';
const NO_TIME_ASKED = 'an answer or its time-out comes first; no time was asked for';
const NOT_IN_DOUBT = 'the till is still finding out; a person decides only when it has given up';

export const REFUND_CELLS: { readonly [D in RefundDoingKind]: { readonly [F in RefundFactKind]: RefundCell } } = {
  awaiting: {
    approved: { next: ['asking'], why: 'a second person agrees: it is on disk, then the request leaves' },
    'refund-answered': { ignored: NOTHING_SENT },
    'refund-unanswered': { ignored: NOTHING_SENT },
    'refund-not-sent': { ignored: NOTHING_SENT },
    'query-answered': { ignored: NOTHING_SENT },
    'query-unanswered': { ignored: NOTHING_SENT },
    woken: {
      next: ['done'],
      why: 'nobody approved it within a day: it lapses, nothing was sent; too early changes nothing',
    },
    restarted: { next: ['awaiting'], why: 'it still waits for its second person' },
    resolved: { ignored: NOT_IN_DOUBT },
  },
  asking: {
    approved: { ignored: APPROVED },
    'refund-answered': {
      next: ['done', 'resting'],
      why: 'back, or certainly refused: the end; accepted or unclear: asked after; a no behind an unanswered request is asked after too',
    },
    'refund-unanswered': {
      next: ['resting', 'done'],
      why: 'silence is not failure: ask; behind seven days a person asks',
    },
    'refund-not-sent': {
      next: ['resting', 'done'],
      why: 'proof that no byte left: the same request leaves later; behind seven days a person looks',
    },
    'query-answered': { next: ['done'], why: LATE_DONE },
    'query-unanswered': { ignored: GIVEN_UP },
    woken: { ignored: NO_TIME_ASKED },
    restarted: { next: ['querying'], why: 'the request may have left: a new process asks first' },
    resolved: { ignored: NOT_IN_DOUBT },
  },
  resting: {
    approved: { ignored: APPROVED },
    'refund-answered': { next: ['done'], why: LATE_DONE },
    'refund-unanswered': { ignored: GIVEN_UP },
    'refund-not-sent': { ignored: GIVEN_UP },
    'query-answered': { next: ['done'], why: LATE_DONE },
    'query-unanswered': { ignored: GIVEN_UP },
    woken: {
      next: ['querying', 'asking'],
      why: 'time to ask, or to send the same request again under the same refundId; too early changes nothing',
    },
    restarted: {
      next: ['querying', 'resting'],
      why: 'a query at once; a request that is due again waits for its time',
    },
    resolved: { ignored: NOT_IN_DOUBT },
  },
  querying: {
    approved: { ignored: APPROVED },
    'refund-answered': { next: ['done'], why: LATE_DONE },
    'refund-unanswered': { ignored: GIVEN_UP },
    'refund-not-sent': { ignored: GIVEN_UP },
    'query-answered': {
      next: ['done', 'resting'],
      why: 'back or refused: the end; no such refund: the same request again, or, behind a no and when nothing can arrive any more, the end',
    },
    'query-unanswered': {
      next: ['resting', 'done'],
      why: 'ask again, more and more rarely; behind seven days a person asks',
    },
    woken: { ignored: NO_TIME_ASKED },
    restarted: { next: ['querying'], why: 'what the dead process asked, nobody hears: ask again' },
    resolved: { ignored: NOT_IN_DOUBT },
  },
  done: {
    approved: { ignored: 'it is over' },
    'refund-answered': { next: ['done'], why: LATE_DONE },
    'refund-unanswered': { ignored: GIVEN_UP },
    'refund-not-sent': { ignored: GIVEN_UP },
    'query-answered': { next: ['done'], why: LATE_DONE },
    'query-unanswered': { ignored: GIVEN_UP },
    woken: { ignored: 'it is over; nothing more is asked' },
    restarted: { ignored: 'it is over' },
    resolved: {
      next: ['done'],
      why: 'a manager has found out what became of the money; only where the till could not',
    },
  },
};

export interface RefundStateRow {
  readonly final: boolean;
  readonly name: Advice;
  readonly meaning: Advice;
}

export const REFUND_STATE_TABLE: { readonly [S in RefundStateName]: RefundStateRow } = {
  REQUESTED: {
    final: false,
    name: { zh: '待批准', en: 'waits for approval' },
    meaning: {
      zh: '已记录，还没有发出。需要另一个人批准；24 小时无人批准即作废，钱没有动。',
      en: 'Written down, nothing sent. A second person must approve it; after 24 hours it lapses and no money moved.',
    },
  },
  PROCESSING: {
    final: false,
    name: { zh: '退款处理中', en: 'in progress' },
    meaning: {
      zh: '已批准，请求已发出或正在发出，结果还不确定。系统自动查询，必要时用同一退款单号重发；请勿另开一笔退款，也不要退现金。',
      en: 'Approved; the request has left or is leaving, and its result is not certain. The till asks by itself and repeats the same refund number where needed. Do not begin another refund, and do not give cash.',
    },
  },
  REFUNDED: {
    final: true,
    name: { zh: '已退款', en: 'refunded' },
    meaning: {
      zh: '支付机构确认钱已原路退回。打印退货单。',
      en: 'The channel confirmed that the money went back the way it came. The refund slip is printed.',
    },
  },
  REJECTED: {
    final: true,
    name: { zh: '未退款', en: 'refused' },
    meaning: {
      zh: '已确认没有退款：支付机构拒绝，或无人批准。看原因；要再退请用新的退款单号。',
      en: 'Certainly nothing went back: the channel refused, or nobody approved. See the reason; another try is a new refund number.',
    },
  },
  NEEDS_MANUAL_CHECK: {
    final: true,
    name: { zh: '待人工核对', en: 'needs a person' },
    meaning: {
      zh: '本机无法弄清是否已退：支付机构要求人工、金额不符，或七天仍无结果。这笔钱在核对前不能再退。经理查清后登记结果。',
      en: 'The till cannot find out whether the money went back. Until a manager has found out and said so, it cannot be given back again.',
    },
  },
};

export interface RefundTransitionRow {
  readonly from: RefundStateName;
  readonly to: RefundStateName;
  readonly on: readonly RefundFactKind[];
  readonly label: Advice;
}

const ANSWERED = ['refund-answered', 'query-answered'] as const satisfies readonly RefundFactKind[];
const LATE = { zh: '迟到的确认：已退', en: 'late: it went back after all' };
const OTHER_AMOUNT = { zh: '迟到的应答金额不符', en: 'late: another amount went back' };

export const REFUND_TRANSITIONS: readonly RefundTransitionRow[] = [
  { from: 'REQUESTED', to: 'PROCESSING', on: ['approved'], label: { zh: '第二人批准', en: 'a second person agrees' } },
  { from: 'REQUESTED', to: 'REJECTED', on: ['woken'], label: { zh: '无人批准', en: 'nobody approved' } },
  { from: 'PROCESSING', to: 'REFUNDED', on: ANSWERED, label: { zh: '确认已退', en: 'it went back' } },
  { from: 'PROCESSING', to: 'REJECTED', on: ANSWERED, label: { zh: '确认未退', en: 'certainly refused' } },
  {
    from: 'PROCESSING',
    to: 'NEEDS_MANUAL_CHECK',
    on: [...ANSWERED, 'refund-unanswered', 'refund-not-sent', 'query-unanswered'],
    label: { zh: '要求人工、金额不符或七天未结', en: 'needs a person, or open for seven days' },
  },
  { from: 'REJECTED', to: 'REFUNDED', on: ANSWERED, label: LATE },
  { from: 'REJECTED', to: 'NEEDS_MANUAL_CHECK', on: ANSWERED, label: OTHER_AMOUNT },
  {
    from: 'NEEDS_MANUAL_CHECK',
    to: 'REFUNDED',
    on: [...ANSWERED, 'resolved'],
    label: { zh: '查清：已退', en: 'it went back' },
  },
  {
    from: 'NEEDS_MANUAL_CHECK',
    to: 'REJECTED',
    on: ['resolved'],
    label: { zh: '查清：未退', en: 'nothing went back' },
  },
];
