import { describe, expect, it } from 'vitest';
import type { Refund } from '../../agent/refunds/refund.ts';
import {
  REFUND_CELLS,
  REFUND_STATE_TABLE,
  REFUND_TRANSITIONS,
  type RefundDoingKind,
  type RefundFactKind,
  refundCellOf,
} from '../../agent/refunds/refund-cells.ts';
import { newRefund, type RefundFact, type RefundOrder, refundStep } from '../../agent/refunds/refund-machine.ts';
import type { RefundOutcome } from '../../agent/refunds/refund-outcome.ts';
import { PASSED_ON_MS, REFUND_LIFE_MS } from '../../agent/refunds/refund-policy.ts';
import { REFUND_STATES } from '../../protocols/backend/refunds.ts';

const TERMS = {
  refundId: 'F1',
  orderId: 'O1',
  attemptId: 'A1',
  channel: 'WECHAT',
  amountFen: 1250,
  refundFen: 500,
  reason: 'goods returned',
  requestedBy: 'clerk.7',
  requestedAt: 1_000_000,
} as const;

/** One outcome for each thing an answer can mean, early and late on the backend's clock, and one with another amount. */
function outcomes(now: number): RefundOutcome[] {
  const answer = (effect: RefundOutcome['effect'], more: Partial<RefundOutcome> = {}): RefundOutcome => ({
    effect,
    category: effect === 'REFUNDED' ? 'REFUND_OK' : effect === 'REJECTED' ? 'REFUND_WINDOW' : 'REFUND_PROCESSING',
    code: 'X',
    answeredAt: now,
    ...more,
  });
  return [
    answer('REFUNDED', { refundFen: 500, channelRefundId: 'C1' }),
    answer('REFUNDED', { refundFen: 1 }),
    answer('PROCESSING'),
    answer('NOT_FOUND'),
    answer('NOT_FOUND', { answeredAt: 2 ** 52 }),
    answer('REJECTED'),
    answer('ESCALATE'),
  ];
}

function factsAt(now: number): RefundFact[] {
  return [
    { kind: 'approved', by: 'manager.2' },
    ...outcomes(now).flatMap((outcome): RefundFact[] => [
      { kind: 'refund-answered', outcome },
      { kind: 'refund-answered', outcome, late: true },
      { kind: 'query-answered', outcome },
      { kind: 'query-answered', outcome, late: true },
    ]),
    { kind: 'refund-unanswered' },
    { kind: 'refund-not-sent' },
    { kind: 'query-unanswered' },
    { kind: 'woken' },
    { kind: 'restarted' },
    { kind: 'resolved', by: 'manager.2', outcome: 'refunded' },
    { kind: 'resolved', by: 'manager.2', outcome: 'unpaid' },
  ];
}

interface Turn {
  readonly before: Refund;
  readonly fact: RefundFact;
  readonly now: number;
  readonly after: Refund | undefined;
  readonly orders: readonly RefundOrder[];
}

/** Every turn that can come to be: from every refund the machine can make, every fact at every time that matters. */
function explore(): Turn[] {
  const first = newRefund(TERMS).refund;
  const turns: Turn[] = [];
  const waiting = [first];
  const seen = new Set([kindOf(first)]);
  for (let before = waiting.shift(); before; before = waiting.shift()) {
    const { doing, requestedAt } = before;
    const waits = 'until' in doing ? [doing.until - 1, doing.until] : [];
    for (const now of [requestedAt, ...waits, requestedAt + 2 * REFUND_LIFE_MS]) {
      for (const fact of factsAt(now)) {
        const next = refundStep(before, fact, now);
        turns.push({ before, fact, now, after: next?.refund, orders: next?.orders ?? [] });
        if (!next || seen.has(kindOf(next.refund))) continue;
        seen.add(kindOf(next.refund));
        waiting.push(next.refund);
      }
    }
  }
  return turns;
}

/** Refunds that the machine treats alike, up to counts. */
function kindOf({ state, doing, sends, queries, openUntil, rejection, requestedAt }: Refund): string {
  const next = doing.kind === 'resting' ? doing.next : '';
  const old = 'until' in doing && doing.until > requestedAt + REFUND_LIFE_MS;
  return [
    state,
    doing.kind,
    next,
    old,
    Math.min(sends, 2),
    Math.min(queries, 1),
    openUntil === undefined,
    !rejection,
  ].join(' ');
}

const turns = explore();
const changed = turns.flatMap(({ after, ...turn }) => (after ? [{ ...turn, after }] : []));
const met = new Map<string, Set<RefundDoingKind>>();
for (const { before, fact, after } of turns) {
  const key = refundCellOf(before.doing.kind, fact.kind);
  const cell = met.get(key) ?? new Set();
  met.set(key, cell);
  if (after) cell.add(after.doing.kind);
}

describe.each(Object.keys(REFUND_CELLS) as RefundDoingKind[])('a refund that is %s', (doing) => {
  it.each(Object.keys(REFUND_CELLS.done) as RefundFactKind[])('%s: as the table says', (fact) => {
    const cell = REFUND_CELLS[doing][fact];
    const done = met.get(refundCellOf(doing, fact));
    expect(done, 'the walk never came here').toBeDefined();
    expect([...(done ?? [])].sort()).toEqual('next' in cell ? [...cell.next].sort() : []);
  });
});

it('the states go where the transition table says, and nowhere else', () => {
  const walked = new Set<string>();
  for (const { before, fact, after } of changed)
    if (after.state !== before.state) walked.add(`${before.state} ${fact.kind} ${after.state}`);
  const listed = REFUND_TRANSITIONS.flatMap(({ from, on, to }) => on.map((fact) => `${from} ${fact} ${to}`));
  expect([...walked].sort()).toEqual([...new Set(listed)].sort());
});

it('every state is explained', () => {
  expect(Object.keys(REFUND_STATE_TABLE)).toEqual([...REFUND_STATES]);
});

describe('in every corner of the machine', () => {
  const leaves = (orders: readonly RefundOrder[], kind: RefundOrder['kind']) => orders.some((one) => one.kind === kind);

  it('its identity never changes: a retry is the same refund', () => {
    for (const { after } of changed) expect(after).toMatchObject(TERMS);
  });

  it('nothing leaves before a second person has approved it', () => {
    for (const { orders, after } of changed)
      if (leaves(orders, 'send-refund') || leaves(orders, 'send-query')) expect(after.approvedBy).toBe('manager.2');
  });

  it('every request that leaves is counted first, and no query is a request', () => {
    for (const { before, after, orders } of changed)
      expect(after.sends - before.sends).toBe(leaves(orders, 'send-refund') ? 1 : 0);
  });

  it('REFUNDED needs the word of the channel or of a person, and the very amount', () => {
    for (const { fact, after, before } of changed) {
      if (after.state !== 'REFUNDED' || before.state === 'REFUNDED') continue;
      if (fact.kind === 'resolved') expect([before.state, fact.outcome]).toEqual(['NEEDS_MANUAL_CHECK', 'refunded']);
      else expect('outcome' in fact && [fact.outcome.effect, fact.outcome.refundFen]).toEqual(['REFUNDED', 500]);
    }
  });

  it('REJECTED is certain: nothing that left can have been carried out', () => {
    for (const { fact, after, before, now } of changed) {
      if (after.state !== 'REJECTED' || before.state === 'REJECTED' || fact.kind === 'resolved') continue;
      if (fact.kind === 'woken') {
        expect(before.sends).toBe(0);
      } else if (fact.kind === 'refund-answered') {
        expect([fact.outcome.effect, before.openUntil]).toEqual(['REJECTED', undefined]);
      } else {
        const { effect, answeredAt } =
          fact.kind === 'query-answered' ? fact.outcome : { effect: fact.kind, answeredAt: now };
        const proved = effect === 'NOT_FOUND' && answeredAt > (before.openUntil ?? 0) + PASSED_ON_MS;
        expect(effect === 'REJECTED' || (proved && before.rejection !== undefined)).toBe(true);
      }
    }
  });

  it('something is always coming: an answer, a time asked for, or the end', () => {
    for (const { after, orders } of changed) {
      const { doing } = after;
      const kinds = orders.map(({ kind }) => kind);
      if (doing.kind === 'done') expect(kinds).toEqual([]);
      else if ('until' in doing) expect(kinds).toEqual(['wake']);
      else expect(kinds).toEqual([doing.kind === 'asking' ? 'send-refund' : 'send-query']);
    }
  });
});
