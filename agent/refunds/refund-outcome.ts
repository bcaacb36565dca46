import type { AnsweredReply, RefusedReply, Reply } from '../../protocols/backend/replies.ts';
import type { Category } from '../payment/categories.ts';
import type { Refund } from './refund.ts';
import { REFUND_CODES, type RefundEffect, type RefundOp } from './refund-codes.ts';

/** What an answer means for the refund, in the machine's words. */
export interface RefundOutcome {
  readonly effect: RefundEffect;
  readonly category: Category;
  readonly code: string;
  readonly channelRefundId?: string;
  /** what the channel says goes back; anything but what was asked for needs a person */
  readonly refundFen?: number;
  /** backend time of the answer, Unix ms */
  readonly answeredAt: number;
}

export type RefundReply = Reply & { readonly op: RefundOp };

export function isAboutRefund(reply: Reply): reply is RefundReply {
  return reply.op === 'refund' || reply.op === 'refund-query';
}

const OPEN = { effect: 'PROCESSING', category: 'REFUND_PROCESSING' } as const;
const PERSON = { effect: 'ESCALATE', category: 'NEEDS_MANUAL_CHECK' } as const;

/** A reply as an outcome for this refund. What another channel or another refund is told says nothing about it. */
export function refundOutcome(reply: RefundReply, refund: Refund): RefundOutcome {
  if (reply.status === 'refused') return { ...refused(reply), code: reply.refusal, answeredAt: reply.ts };
  const { refundId, channel, code, ts: answeredAt } = reply;
  if (channel !== refund.channel || (refundId ?? refund.refundId) !== refund.refundId)
    return { ...OPEN, code, answeredAt };
  return { ...meaning(reply), code, answeredAt, ...proofOf(reply) };
}

function meaning({ channel, op, code, fundChange }: AnsweredReply): Pick<RefundOutcome, 'effect' | 'category'> {
  const row = REFUND_CODES[channel]?.[op === 'refund' ? 'refund' : 'refund-query'].find(([known]) => known === code);
  if (!row) return OPEN;
  const [, category, effect] = row;
  // Alipay: 10000 with fund_change=N moved nothing in this call, so the query tells what did
  return effect === 'REFUNDED' && op === 'refund' && fundChange === false ? OPEN : { effect, category };
}

function proofOf({ channelRefundId, refundFen }: AnsweredReply): Pick<RefundOutcome, 'channelRefundId' | 'refundFen'> {
  return {
    ...(channelRefundId === undefined ? {} : { channelRefundId }),
    ...(refundFen === undefined ? {} : { refundFen }),
  };
}

/** The backend itself said no, and asked nobody. For a query that proves nothing. */
function refused({ op, refusal }: RefusedReply): Pick<RefundOutcome, 'effect' | 'category'> {
  if (op === 'refund-query') return OPEN;
  switch (refusal) {
    case 'EXPIRED':
      return { effect: 'NOT_FOUND', category: 'REFUND_PROCESSING' };
    case 'BAD_REQUEST':
    case 'UNSUPPORTED_VERSION':
    case 'UNSUPPORTED_CHANNEL':
    case 'RETAINED_REJECTED':
      return { effect: 'REJECTED', category: 'CONFIG_ERROR' };
    case 'DUPLICATE_ORDER':
    case 'ATTEMPT_CLOSED':
      return PERSON;
    default:
      return refusal satisfies never;
  }
}
