import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINAL_STATES, isFinal } from '../../agent/payment/attempt.ts';
import { CELLS, cellOf, type DoingKind, type FactKind } from '../../agent/payment/cells.ts';
import { HOLD_CELLS, HOLD_STATES } from '../../agent/payment/hold-states.ts';
import { INTENT_CELLS } from '../../agent/payment/intent-cells.ts';
import { INTENT_STATE_TABLE } from '../../agent/payment/intent-states.ts';
import { POLICIES } from '../../agent/payment/policy.ts';
import { ATTEMPT_STATE_TABLE, TRANSITIONS } from '../../agent/payment/states.ts';
import { REFUND_CELLS, REFUND_STATE_TABLE, REFUND_TRANSITIONS } from '../../agent/refunds/refund-cells.ts';
import { ATTEMPT_STATES } from '../../protocols/backend/attempt-events.ts';
import { explore, FACTS, type Turn } from './machine-explorer.ts';

const walks = [POLICIES.WECHAT, POLICIES.ALIPAY, POLICIES.UNIONPAY].flatMap((policy) =>
  policy ? [{ policy, turns: explore(policy) }] : [],
);
const turns: readonly Turn[] = walks.flatMap((walk) => walk.turns);
const kinds = Object.keys(CELLS) as DoingKind[];
const facts = [...new Set(FACTS.map(({ kind }) => kind))];

/** cell -> what may follow in it, as the machine does it */
const met = new Map<string, { next: Set<DoingKind>; ignored: boolean }>();
for (const { before, fact, after } of turns) {
  const key = cellOf(before.doing.kind, fact.kind);
  const cell = met.get(key) ?? { next: new Set(), ignored: false };
  met.set(key, cell);
  if (after) cell.next.add(after.doing.kind);
  else cell.ignored = true;
}

describe.each(kinds)('an attempt that is %s', (doing) => {
  it.each(facts)('%s: as the table says', (fact: FactKind) => {
    const cell = CELLS[doing][fact];
    const done = met.get(cellOf(doing, fact));
    expect(done, 'the walk never came here').toBeDefined();
    expect([...(done?.next ?? [])].sort()).toEqual('next' in cell ? [...cell.next].sort() : []);
    expect(('next' in cell ? cell.why : cell.ignored).length).toBeGreaterThan(10);
  });
});

it('the states go where the transition table says, and nowhere else', () => {
  const walked = new Set<string>();
  for (const { before, fact, after } of turns)
    if (after && after.state !== before.state) walked.add(`${before.state} ${fact.kind} ${after.state}`);
  const listed = TRANSITIONS.flatMap(({ from, on, to }) => on.map((fact) => `${from} ${fact} ${to}`));
  expect([...walked].sort()).toEqual(listed.sort());
});

it('every state is explained, and final is final', () => {
  expect(Object.keys(ATTEMPT_STATE_TABLE)).toEqual([...ATTEMPT_STATES]);
  const final = ATTEMPT_STATES.filter((state) => ATTEMPT_STATE_TABLE[state].final);
  expect(new Set(final)).toEqual(FINAL_STATES);
  for (const { before, after } of turns) if (isFinal(before)) expect(after).toBeUndefined();
});

describe('in every corner of the machine', () => {
  const changed = turns.flatMap(({ after, ...turn }) => (after ? [{ ...turn, after }] : []));

  it('pay leaves once, from created only', () => {
    for (const { before, orders } of changed)
      if (orders.some(({ kind }) => kind === 'send-pay')) expect(before.doing.kind).toBe('created');
  });

  it('PAID is never reached after a reverse left, and never with another amount', () => {
    for (const { before, after } of changed) {
      if (after.state !== 'PAID') continue;
      expect(before.reverses).toBe(0);
      expect(after.paidFen).toBe(1250);
    }
  });

  it('FAILED needs a definite no, REVERSED a certain answer', () => {
    for (const { fact, after } of changed) {
      if (after.state === 'FAILED' && fact.kind !== 'pay-not-sent')
        expect('outcome' in fact && fact.outcome.effect).toBe('FAILED_FINAL');
      if (after.state === 'REVERSED')
        expect('outcome' in fact && ['REVERSED_FINAL', 'FAILED_FINAL'].includes(fact.outcome.effect)).toBe(true);
    }
  });

  it('after a SUCCESS behind a reverse only a reverse sent later than it is believed', () => {
    for (const { before, fact, after } of changed) {
      if (after.state !== 'REVERSED' || before.successAfterReverse === undefined) continue;
      if (fact.kind === 'reverse-answered') expect(before.reverses).toBeGreaterThan(before.successAfterReverse);
    }
  });

  it('behind the reverse window no reverse leaves', () => {
    for (const { windowClosed, orders } of changed)
      if (windowClosed) expect(orders.some(({ kind }) => kind === 'send-reverse')).toBe(false);
  });

  it('the first reverse does not leave before the channel takes one', () => {
    for (const { policy, turns: walked } of walks)
      for (const { t, orders } of walked)
        if (orders.some((order) => order.kind === 'send-reverse' && order.n === 1))
          expect(t).toBeGreaterThanOrEqual(policy.reverseMinAgeMs);
  });

  it('something is always coming: an answer, a time asked for, or the end', () => {
    // a hundred thousand turns: one expectation for all of them, not one each
    const stuck = changed.filter(({ before, after: { doing }, orders }) => {
      if (JSON.stringify(doing) === JSON.stringify(before.doing)) return false;
      const wakes = orders.flatMap((order) => (order.kind === 'wake' ? [order.at] : []));
      const sends = orders.filter(({ kind }) => kind.startsWith('send-')).length;
      if ('until' in doing) return wakes.length !== 1 || wakes[0] !== doing.until || sends !== 0;
      return wakes.length !== 0 || sends > (doing.kind === 'done' ? 0 : 1);
    });
    expect(stuck).toEqual([]);
  });
});

it('docs/payment-states.md is made from these tables (node scripts/make-payment-states.mjs)', async () => {
  const script = new URL('../../scripts/make-payment-states.mjs', import.meta.url).href;
  const { paymentStates } = (await import(script)) as { paymentStates: (tables: object) => string };
  const document = readFileSync(new URL('../../docs/payment-states.md', import.meta.url), 'utf8');
  const intents = { INTENT_CELLS, INTENT_STATE_TABLE };
  const refunds = { REFUND_CELLS, REFUND_STATE_TABLE, REFUND_TRANSITIONS };
  expect(document).toBe(
    paymentStates({ CELLS, ATTEMPT_STATE_TABLE, TRANSITIONS, ...intents, ...refunds, HOLD_STATES, HOLD_CELLS }),
  );
});
