import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attempt, FINAL_STATES, isFinal, newAttempt } from '../../agent/payment/attempt.ts';
import { type Fact, type Order, step } from '../../agent/payment/machine.ts';
import type { Outcome } from '../../agent/payment/outcome.ts';
import { type ChannelPolicy, POLICIES } from '../../agent/payment/policy.ts';

const outcomes: readonly Outcome[] = [
  { effect: 'PAID', category: 'PAID', code: 'SUCCESS', paidFen: 1250, transactionId: '42' },
  { effect: 'PAID', category: 'PAID', code: 'SUCCESS', paidFen: 1 },
  { effect: 'KEEP_POLLING', category: 'USER_PAYING', code: 'USERPAYING' },
  { effect: 'KEEP_POLLING', category: 'RESULT_UNKNOWN', code: 'BANKERROR', askAtOnce: true },
  { effect: 'KEEP_POLLING', category: 'RESULT_UNKNOWN', code: 'NEVER_HEARD_OF' },
  { effect: 'QUERY_ORIGINAL', category: 'ALREADY_PAID', code: 'ORDERPAID' },
  { effect: 'REVERSE_NOW', category: 'CUSTOMER_CANCELLED', code: 'PAYERROR' },
  { effect: 'FAILED_FINAL', category: 'CODE_EXPIRED', code: 'AUTHCODEEXPIRE' },
  { effect: 'REVERSED_FINAL', category: 'REVERSED', code: 'REVOKED', refunded: true },
  { effect: 'REVERSE_RETRY', category: 'REVERSE_PENDING', code: 'SYSTEMERROR' },
  { effect: 'ESCALATE', category: 'NEEDS_MANUAL_CHECK', code: 'TRADE_ERROR' },
];

const outcome = fc.constantFrom(...outcomes);
const fact: fc.Arbitrary<Fact> = fc.oneof(
  outcome.map((o): Fact => ({ kind: 'pay-answered', outcome: o })),
  outcome.map((o): Fact => ({ kind: 'query-answered', outcome: o })),
  outcome.map((o): Fact => ({ kind: 'reverse-answered', outcome: o })),
  fc.constantFrom<Fact>(
    { kind: 'submitted' },
    { kind: 'pay-unanswered' },
    { kind: 'pay-not-sent', category: 'NETWORK_DOWN' },
    { kind: 'query-unanswered' },
    { kind: 'reverse-unanswered' },
    { kind: 'woken' },
    { kind: 'clerk-cancelled' },
    { kind: 'restarted' },
  ),
);
const story = fc.array(fc.tuple(fact, fc.integer({ min: 0, max: 60_000 })), { maxLength: 60 });

function play(facts: readonly (readonly [Fact, number])[], policy: ChannelPolicy) {
  let attempt: Attempt = newAttempt({
    attemptId: 'A',
    orderId: 'O',
    amountFen: 1250,
    channel: 'WECHAT',
    maskedPaycode: '13**1492',
  });
  let t = 0;
  const history: { attempt: Attempt; orders: readonly Order[]; t: number }[] = [];
  for (const [happened, later] of facts) {
    t += later;
    const next = step(attempt, happened, t, policy);
    if (!next) continue;
    attempt = next.attempt;
    history.push({ ...next, t });
  }
  return history;
}

const policies = Object.entries(POLICIES);

describe.each(policies)('any order of facts, %s', (_name, policy) => {
  const check = (property: (history: ReturnType<typeof play>) => void) =>
    fc.assert(
      fc.property(story, (facts) => {
        property(play([[{ kind: 'submitted' }, 0], ...facts], policy));
      }),
      { numRuns: 2_000 },
    );

  it('sends pay at most once', () => {
    check((history) =>
      expect(history.flatMap(({ orders }) => orders).filter(({ kind }) => kind === 'send-pay').length).toBe(1),
    );
  });

  it('never becomes PAID once a reverse may have left, and never leaves a final state', () => {
    check((history) => {
      let reversed = false;
      let final = false;
      for (const { attempt, orders } of history) {
        expect(final).toBe(false);
        if (reversed) expect(attempt.state).not.toBe('PAID');
        reversed ||= orders.some(({ kind }) => kind === 'send-reverse');
        final = isFinal(attempt);
      }
    });
  });

  it('is PAID only with the amount asked for, FAILED only on a final failure, and its identity never changes', () => {
    check((history) => {
      for (const { attempt } of history) {
        expect(attempt).toMatchObject({ attemptId: 'A', orderId: 'O', amountFen: 1250 });
        if (attempt.state === 'PAID') expect(attempt.paidFen ?? 1250).toBe(1250);
        if (attempt.state === 'FAILED') expect(['CODE_EXPIRED', 'NETWORK_DOWN']).toContain(attempt.category);
      }
    });
  });

  it('always has something coming: an answer awaited, a time asked for, or the end', () => {
    check((history) => {
      for (const [index, { attempt, orders, t }] of history.entries()) {
        const { doing } = attempt;
        if (doing === history[index - 1]?.attempt.doing) continue;
        const wakes = orders.filter((order) => order.kind === 'wake').map(({ at }) => at);
        if (doing.kind === 'resting' || doing.kind === 'aging' || doing.kind === 'retrying') {
          expect(wakes).toEqual([doing.until]);
          expect(doing.until).toBeGreaterThanOrEqual(t);
        }
        expect(doing.kind === 'done').toBe(FINAL_STATES.has(attempt.state));
      }
    });
  });

  it('does not reverse before the channel accepts it', () => {
    check((history) => {
      for (const { orders, t } of history) {
        if (orders.some(({ kind }) => kind === 'send-reverse'))
          expect(t).toBeGreaterThanOrEqual(policy.reverseMinAgeMs);
      }
    });
  });
});

it('an attempt answered by nobody ends in reverses that go on for ever, five minutes apart', () => {
  const policy = POLICIES.WECHAT;
  if (!policy) throw new Error('WECHAT has a policy');
  let attempt: Attempt = newAttempt({
    attemptId: 'A',
    orderId: 'O',
    amountFen: 1,
    channel: 'WECHAT',
    maskedPaycode: '',
  });
  let t = 0;
  const reverses: number[] = [];
  const tell = (happened: Fact) => {
    const next = step(attempt, happened, t, policy);
    if (!next) throw new Error(`${happened.kind} was ignored in ${attempt.doing.kind}`);
    attempt = next.attempt;
    if (next.orders.some(({ kind }) => kind === 'send-reverse')) reverses.push(t);
  };
  tell({ kind: 'submitted' });
  while (reverses.length < 9) {
    const { doing } = attempt;
    if ('until' in doing) {
      t = doing.until;
      tell({ kind: 'woken' });
    } else if (doing.kind === 'paying') {
      t += policy.payTimeoutMs;
      tell({ kind: 'pay-unanswered' });
    } else if (doing.kind === 'querying') {
      t += policy.queryTimeoutMs;
      tell({ kind: 'query-unanswered' });
    } else {
      t += policy.reverseTimeoutMs;
      tell({ kind: 'reverse-unanswered' });
    }
  }
  expect(reverses).toEqual([50_000, 62_000, 76_000, 94_000, 120_000, 160_000, 230_000, 540_000, 850_000]);
});
