import { hash } from 'node:crypto';
import type { AnsweredReply, Reply } from '../../protocols/backend/replies.ts';
import { payloadHash } from '../../protocols/backend/requests.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';

// One payment of a till of the fleet: what to say next, and what an answer means. It is as careful as an agent and less
// clever: what is not clearly paid or refused is asked after, then reversed until that is certain.

export interface PaymentTerms {
  readonly attemptId: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly channel: Channel;
  /** monotonic ms */
  readonly startedAt: number;
}

export type PaymentEnd = 'paid' | 'declined' | 'reversed';

/** What to do after something happened: ask so, now or after a while, or it is over. */
export type NextStep =
  | { readonly kind: 'ask'; readonly op: 'query' | 'reverse'; readonly afterMs: number }
  | { readonly kind: 'end'; readonly end: PaymentEnd; readonly reply: AnsweredReply };

/** The waits of docs/payment-states.md: an answer, a look, and how long the customer has. */
export const ANSWER_MS = 10_000;
const LOOK_MS = 5_000;
const CUSTOMER_MS = 45_000;

/** The channel said no and took nothing: words of every channel that the simulated ones use too. Any other word is unclear. */
const REFUSED: ReadonlySet<string> = new Set([
  'AUTH_CODE_ERROR',
  'AUTH_CODE_EXPIRE',
  'AUTH_CODE_INVALID',
  'NOTENOUGH',
  'TRADE_ERROR',
  'ACQ.PAYMENT_AUTH_CODE_INVALID',
  'ACQ.BUYER_BALANCE_NOT_ENOUGH',
  'ACQ.PAYMENT_FAIL',
]);

/** Everything of a request but its id, its times and the paycode. */
export function requestOf(terms: PaymentTerms, op: 'pay' | 'query' | 'reverse') {
  const { attemptId, orderId, amountFen, channel } = terms;
  const common = { amountFen, currency: 'CNY', channel } as const;
  const args =
    op === 'pay'
      ? ({ ...common, source: 'scanner' } as const)
      : op === 'reverse'
        ? ({ ...common, reason: 'DEADLINE' } as const)
        : common;
  const payload = payloadHash({ attemptId, orderId, op, args }, sha256);
  return { attemptId, orderId, op, args, payloadHash: payload };
}

const sha256 = (text: string) => hash('sha256', text);

/** No answer came, or one that says nothing. `now`: monotonic ms. */
export function afterUnclear({ startedAt }: PaymentTerms, asked: 'pay' | 'query' | 'reverse', now: number): NextStep {
  if (asked === 'pay') return { kind: 'ask', op: 'query', afterMs: 0 };
  const isOver = asked === 'reverse' || now - startedAt > CUSTOMER_MS;
  return { kind: 'ask', op: isOver ? 'reverse' : 'query', afterMs: LOOK_MS };
}

export function afterReply(terms: PaymentTerms, reply: Reply, now: number): NextStep {
  const asked = reply.op === 'pay' || reply.op === 'reverse' ? reply.op : 'query';
  if (reply.status !== 'answered') return afterUnclear(terms, asked, now);
  const isPaid = asked !== 'reverse' && reply.paidFen === terms.amountFen && reply.transactionId !== undefined;
  if (isPaid) return { kind: 'end', end: 'paid', reply };
  if (asked === 'pay' && REFUSED.has(reply.code)) return { kind: 'end', end: 'declined', reply };
  if (asked === 'pay') return { kind: 'ask', op: 'query', afterMs: LOOK_MS };
  const isReversed = asked === 'reverse' && ['SUCCESS', '10000', '00'].includes(reply.code) && reply.retry !== true;
  return isReversed ? { kind: 'end', end: 'reversed', reply } : afterUnclear(terms, asked, now);
}
