import { type Attempt, newAttempt } from '../../agent/payment/attempt.ts';
import { type Fact, type Order, step } from '../../agent/payment/machine.ts';
import type { Outcome } from '../../agent/payment/outcome.ts';
import type { ChannelPolicy } from '../../agent/payment/policy.ts';

// Walks every corner of the payment machine: from every attempt that can come to be, every fact at every time that matters.

const BASE = { code: 'X' } as const;

/** One outcome for each thing an answer can mean, and the odd ones. */
export const OUTCOMES: readonly Outcome[] = [
  { ...BASE, effect: 'PAID', category: 'PAID', paidFen: 1250, transactionId: '42', answeredAt: 1 },
  { ...BASE, effect: 'PAID', category: 'PAID', paidFen: 1 },
  { ...BASE, effect: 'KEEP_POLLING', category: 'USER_PAYING' },
  { ...BASE, effect: 'KEEP_POLLING', category: 'RESULT_UNKNOWN', askAtOnce: true },
  { ...BASE, effect: 'KEEP_POLLING', category: 'RESULT_UNKNOWN' },
  { ...BASE, effect: 'QUERY_ORIGINAL', category: 'ALREADY_PAID' },
  { ...BASE, effect: 'REVERSE_NOW', category: 'CUSTOMER_CANCELLED' },
  { ...BASE, effect: 'FAILED_FINAL', category: 'CODE_EXPIRED' },
  { ...BASE, effect: 'REVERSED_FINAL', category: 'REVERSED', refunded: true },
  { ...BASE, effect: 'REVERSE_RETRY', category: 'REVERSE_PENDING' },
  { ...BASE, effect: 'ESCALATE', category: 'NEEDS_MANUAL_CHECK' },
  { ...BASE, effect: 'REFUNDED', category: 'REFUND_OK' },
  { ...BASE, effect: 'REFUND_REJECTED', category: 'REFUND_AMOUNT' },
];

export const FACTS: readonly Fact[] = [
  { kind: 'submitted' },
  ...OUTCOMES.map((outcome): Fact => ({ kind: 'pay-answered', outcome })),
  { kind: 'pay-unanswered' },
  { kind: 'pay-not-sent', category: 'NETWORK_DOWN' },
  ...OUTCOMES.map((outcome): Fact => ({ kind: 'query-answered', outcome })),
  { kind: 'query-unanswered' },
  ...OUTCOMES.map((outcome): Fact => ({ kind: 'reverse-answered', outcome })),
  { kind: 'reverse-unanswered' },
  ...OUTCOMES.flatMap((outcome): Fact[] => [
    { kind: 'query-answered', outcome, late: true },
    { kind: 'reverse-answered', outcome, late: true },
  ]),
  { kind: 'woken' },
  { kind: 'clerk-cancelled' },
  { kind: 'restarted' },
  { kind: 'restarted', ageUnknown: true },
];

/** One turn of the machine. `after` is undefined when the fact was ignored. */
export interface Turn {
  readonly before: Attempt;
  readonly fact: Fact;
  readonly t: number;
  readonly windowClosed: boolean;
  readonly after: Attempt | undefined;
  readonly orders: readonly Order[];
}

/** Every turn that can come to be under a policy. */
export function explore(policy: ChannelPolicy): Turn[] {
  const first = newAttempt({ attemptId: 'A', orderId: 'O', amountFen: 1250, channel: 'WECHAT', maskedPaycode: '' });
  const turns: Turn[] = [];
  const waiting: Attempt[] = [first];
  const seen = new Set([kindOf(first, policy)]);
  for (let before = waiting.shift(); before; before = waiting.shift()) {
    for (const t of timesFor(before, policy)) {
      for (const windowClosed of [false, true]) {
        for (const fact of FACTS) {
          const next = step(before, fact, t, policy, windowClosed);
          turns.push({ before, fact, t, windowClosed, after: next?.attempt, orders: next?.orders ?? [] });
          if (!next || seen.has(kindOf(next.attempt, policy))) continue;
          seen.add(kindOf(next.attempt, policy));
          waiting.push(next.attempt);
        }
      }
    }
  }
  return turns;
}

/** Young, old enough to be reversed, at the deadline, long after; and just what the attempt waits for, and just before. */
function timesFor({ doing }: Attempt, { reverseMinAgeMs, deadlineMs }: ChannelPolicy): number[] {
  const waits = 'until' in doing ? [doing.until - 1, doing.until] : [];
  return [...new Set([0, reverseMinAgeMs, deadlineMs, deadlineMs + 600_000, ...waits])].filter((t) => t >= 0);
}

/** Attempts that the machine treats alike, up to counts. */
function kindOf(attempt: Attempt, { repeatLast }: ChannelPolicy): string {
  const { state, category, doing, reason, reverses, successAfterReverse, queries } = attempt;
  const last = doing.kind === 'querying' ? doing.last : 'until' in doing ? doing.until <= 100_000 : '';
  const success = successAfterReverse === undefined ? '' : reverses - successAfterReverse > 0 ? 'before' : 'now';
  const counts = [Math.min(reverses, 2), Math.min(queries, repeatLast ? 1 : 6)];
  return [state, category, doing.kind, last, reason, success, ...counts].join(' ');
}
