import { describe, expect, it } from 'vitest';
import { isIntentFinal } from '../../agent/payment/intent.ts';
import { INTENT_CELLS, type IntentFactKind, intentCellOf } from '../../agent/payment/intent-cells.ts';
import { type IntentPlace, intentPlace } from '../../agent/payment/intent-machine.ts';
import { EXPIRES_AT, exploreIntents, INTENT_FACTS } from './intent-explorer.ts';

const turns = exploreIntents();
const places = Object.keys(INTENT_CELLS) as IntentPlace[];
const facts = [...new Set(INTENT_FACTS.map(({ kind }) => kind))];

/** cell -> what may follow in it, as the machine does it */
const met = new Map<string, Set<IntentPlace>>();
for (const { before, fact, after } of turns) {
  const key = intentCellOf(intentPlace(before), fact.kind);
  const next = met.get(key) ?? new Set();
  met.set(key, next);
  if (after) next.add(intentPlace(after));
}

describe.each(places)('an intent that is %s', (place) => {
  it.each(facts)('%s: as the table says', (fact: IntentFactKind) => {
    const cell = INTENT_CELLS[place][fact];
    const next = met.get(intentCellOf(place, fact));
    expect(next, 'the walk never came here').toBeDefined();
    expect([...(next ?? [])].sort()).toEqual('next' in cell ? [...cell.next].sort() : []);
    expect(('next' in cell ? cell.why : cell.ignored).length).toBeGreaterThan(8);
  });
});

describe('in every corner of the machine', () => {
  const changed = turns.flatMap(({ after, ...turn }) => (after ? [{ ...turn, after }] : []));

  it('the terms never change', () => {
    for (const { before, after } of changed)
      expect([after.intentId, after.orderId, after.amountFen]).toEqual([
        before.intentId,
        before.orderId,
        before.amountFen,
      ]);
  });

  it('create leaves once, from created only', () => {
    for (const { before, orders } of changed)
      if (orders.some(({ kind }) => kind === 'send-create')) expect(before.doing.kind).toBe('created');
  });

  it('PAID needs exactly the amount, and is never reached behind a certain close', () => {
    for (const { before, after } of changed) {
      if (after.state !== 'PAID') continue;
      expect(after.payment?.paidFen).toBe(3580);
      if (before.state !== 'PAID') expect([before.state, before.doing.kind]).not.toContain('confirming');
      expect(['WAITING', 'PAID']).toContain(before.state);
    }
  });

  it('PAID stays PAID, and what a person has stays with the person', () => {
    for (const { before, after } of changed) {
      if (before.state === 'PAID') expect(after.state).toBe('PAID');
      expect(['NEEDS_MANUAL_CHECK', 'DISPUTED']).not.toContain(before.state);
    }
  });

  it('how it ended without money stays how it ended, whatever a later look back brings; only money makes it another', () => {
    for (const { before, after } of changed)
      if (isIntentFinal(before)) expect([before.state, 'DISPUTED']).toContain(after.state);
  });

  it('the order gets free by the word CLOSED, or by proof that nothing left', () => {
    for (const { before, fact, after } of changed) {
      if (after.state !== 'EXPIRED' && after.state !== 'CLOSED') continue;
      const word = 'answer' in fact && fact.answer.state === 'CLOSED';
      const behind = before.doing.kind === 'confirming' || isIntentFinal(before);
      expect(word || behind || fact.kind === 'create-not-sent').toBe(true);
    }
  });

  it('it is confirming only after CLOSED, or because of a hint behind the end', () => {
    for (const { before, fact, after } of changed) {
      if (after.doing.kind !== 'confirming' || before.doing.kind === 'confirming') continue;
      expect(fact.kind === 'hinted' || ('answer' in fact && fact.answer.state === 'CLOSED')).toBe(true);
    }
  });

  it('nobody can pay what has no code for long: it waits only with one', () => {
    for (const { after } of changed) if (after.doing.kind === 'waiting') expect(after.codeText).toBeDefined();
  });

  it('a close leaves behind a last query', () => {
    for (const { before, orders } of changed)
      if (orders.some(({ kind }) => kind === 'send-close'))
        expect(before.doing).toEqual({ kind: 'querying', last: true });
  });

  it('nothing is given up as expired before its time', () => {
    for (const { before, after, now } of changed)
      if (after.closeReason === 'EXPIRED' && before.closeReason === undefined) expect(now).toBe(EXPIRES_AT);
  });

  it('something is always coming: an answer, a time asked for, or the end', () => {
    for (const { before, after, orders } of changed) {
      const { doing } = after;
      if (JSON.stringify(doing) === JSON.stringify(before.doing) && orders.length === 0) continue;
      const wakes = orders.flatMap((order) => (order.kind === 'wake' ? [order.at] : []));
      const sends = orders.filter(({ kind }) => kind.startsWith('send-')).length;
      if ('until' in doing) expect([wakes, sends]).toEqual([[doing.until], 0]);
      else if (doing.kind === 'done') expect([wakes, sends]).toEqual([[], 0]);
      else
        expect([wakes.length, sends]).toEqual([
          0,
          doing.kind === 'creating' && before.doing.kind === 'creating' ? 0 : 1,
        ]);
    }
  });
});
