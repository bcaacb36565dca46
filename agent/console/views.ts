import type { JSONValue } from 'hono/utils/types';
import type { Entry } from '../journal/entry.ts';
import type { AttemptRecord, Order, Slip } from '../journal/records.ts';
import type { Attempt } from '../payment/attempt.ts';
import type { BlockedOrder } from '../payment/blocked-orders.ts';
import type { Refund } from '../refunds/refund.ts';
import { lateTodo } from './late-todo.ts';
import { attemptClerk, clerkOf } from './todo.ts';

// What programs and people see of the till's own records: plain values, no secrets (attempts never held one), and always
// what to do now.

export function orderView({ orderId, amountFen, title, state, attemptId, intentId }: Order) {
  return {
    orderId,
    amountFen,
    ...(title === undefined ? {} : { title }),
    state,
    ...(attemptId === undefined ? {} : { attemptId }),
    ...(intentId === undefined ? {} : { intentId }),
  };
}

export function blockedView({ orderId, amountFen, why, late }: BlockedOrder) {
  return { orderId, amountFen, why, ...(late.length === 0 ? {} : { late: [...late], todo: { ...lateTodo(late) } }) };
}

export function attemptView({ attempt, startedAt, source }: AttemptRecord) {
  const { attemptId, orderId, amountFen, channel, maskedPaycode, state, category, code, transactionId, paidAt } =
    attempt;
  const { instalments, riskNotice } = attempt;
  return {
    attemptId,
    orderId,
    amountFen,
    channel,
    maskedPaycode,
    state,
    category,
    clerk: attemptClerk(attempt),
    ...(code === undefined ? {} : { code }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(paidAt === undefined ? {} : { paidAt }),
    ...(instalments === undefined ? {} : { instalments }),
    ...(riskNotice === undefined ? {} : { riskNotice }),
    startedAt: Math.max(0, Math.round(startedAt)),
    ...cardView(attempt),
    ...(source === undefined ? {} : { source }),
  };
}

/** What the terminal said of its transaction: what stands on a slip, and how it is known. */
function cardView({ card }: Attempt) {
  if (!card) return {};
  const { protocol, result } = card;
  return {
    card: {
      protocol,
      ...(result === undefined ? {} : { outcome: result.outcome, by: result.evidence.by, key: { ...result.key } }),
      ...(result?.evidence.text === undefined ? {} : { text: result.evidence.text }),
    },
  };
}

export function refundView(refund: Refund) {
  const { refundId, orderId, attemptId, channel, amountFen, refundFen, reason, requestedBy, requestedAt } = refund;
  const { state, category, approvedBy, code, channelRefundId, settledAt, resolvedBy } = refund;
  return {
    refundId,
    orderId,
    attemptId,
    channel,
    amountFen,
    refundFen,
    reason,
    state,
    clerk: state === 'REQUESTED' ? AWAITS : clerkOf(category),
    requestedBy,
    requestedAt,
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(code === undefined ? {} : { code }),
    ...(channelRefundId === undefined ? {} : { channelRefundId }),
    ...(settledAt === undefined ? {} : { settledAt }),
    ...(resolvedBy === undefined ? {} : { resolvedBy }),
  };
}

const AWAITS = { zh: '等待另一人批准', en: 'Waits for a second person to approve it', action: 'APPROVE' };

export function slipView({ slipId, attemptId, state, duplicate, proof }: Slip) {
  return { slipId, attemptId, state, duplicate, ...(proof === undefined ? {} : { proof }) };
}

export function entryView({ seq, ts, type, data, hash }: Entry) {
  return { seq, ts, type, data: data as { [name: string]: JSONValue }, hash };
}
