import { describe, expect, it } from 'vitest';
import { type Attempt, isFinal } from '../../agent/payment/attempt.ts';
import { newCardAttempt } from '../../agent/payment/card.ts';
import { CARD_CELLS, type CardDoing, type CardFactKind } from '../../agent/payment/card-cells.ts';
import { ASK_FOR_MS, type CardFact, type CardOrder, cardStep } from '../../agent/payment/card-machine.ts';
import type { EvidenceBy, TerminalOutcome, TerminalResult } from '../../protocols/terminal/messages.ts';

const AMOUNT = 1_250;

function result(outcome: TerminalOutcome, by: EvidenceBy, more: Partial<TerminalResult> = {}): CardFact {
  const about = { command: 'sale', reference: 'R', key: {}, standing: 'final' } as const;
  return { kind: 'result', result: { ...about, outcome, evidence: { by }, ...more } };
}

const FACTS: readonly CardFact[] = [
  { kind: 'submitted' },
  result('approved', 'answer', { amount: AMOUNT }),
  result('approved', 'answer', { amount: AMOUNT, standing: 'provisional' }),
  result('declined', 'answer'),
  result('cancelled', 'answer'),
  result('unknown', 'no-answer'),
  result('unknown', 'cannot-tell'),
  result('unknown', 'other-amount', { amount: 900 }),
  { kind: 'refused', why: 'busy' },
  { kind: 'ended' },
  { kind: 'ready' },
  { kind: 'woken' },
  { kind: 'clerk-cancelled' },
  { kind: 'restarted' },
];

interface Turn {
  readonly before: Attempt;
  readonly fact: CardFact;
  readonly after: Attempt | undefined;
  readonly orders: readonly CardOrder[];
}

/** Every state that facts lead to from a fresh attempt, at an early, a later and a very late time. */
function explore(): Turn[] {
  const turns: Turn[] = [];
  const seen = new Set<string>();
  const waiting: { attempt: Attempt; t: number }[] = [true, false].map((canAsk) => ({ attempt: fresh(canAsk), t: 0 }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { attempt: before, t: now } = next;
    for (const fact of FACTS)
      for (const t of [now, now + 2_500, now + ASK_FOR_MS + 60_000]) {
        const step = cardStep(before, fact, t);
        turns.push({ before, fact, after: step?.attempt, orders: step?.orders ?? [] });
        if (!step || step.attempt.queries > 4) continue;
        const key = essence(step.attempt, t);
        if (!seen.has(key)) waiting.push({ attempt: step.attempt, t });
        seen.add(key);
      }
  }
  return turns;
}

function fresh(canAsk: boolean): Attempt {
  const card = {
    commandId: 'C',
    protocol: 'zvt',
    command: { kind: 'sale', reference: 'R', amount: AMOUNT },
    canAsk,
  } as const;
  return newCardAttempt({ attemptId: 'A', orderId: 'O', amountFen: AMOUNT }, card);
}

function essence({ exchanges: _e, ...attempt }: Attempt, t: number): string {
  const { unsureSince } = attempt;
  const isLate = unsureSince !== undefined && t - unsureSince >= ASK_FOR_MS;
  const doing = attempt.doing.kind === 'resting' ? { kind: 'resting', due: t >= attempt.doing.until } : attempt.doing;
  return JSON.stringify([{ ...attempt, unsureSince: isLate, doing }]);
}

const turns = explore();
const met = new Map<string, Set<string>>();
for (const { before, fact, after } of turns) {
  const key = `${before.doing.kind} / ${fact.kind}`;
  const next = met.get(key) ?? new Set();
  met.set(key, next);
  if (after) next.add(after.doing.kind);
}

describe.each(Object.keys(CARD_CELLS) as CardDoing[])('an attempt that is %s', (doing) => {
  it.each(Object.keys(CARD_CELLS[doing]) as CardFactKind[])('%s: as the table says', (fact) => {
    const cell = CARD_CELLS[doing][fact];
    const next = met.get(`${doing} / ${fact}`);
    expect(next, 'the walk never came here').toBeDefined();
    expect([...(next ?? [])].sort()).toEqual('next' in cell ? [...cell.next].sort() : []);
    expect(('next' in cell ? cell.why : cell.ignored).length).toBeGreaterThan(8);
  });
});

describe('in every corner of the machine', () => {
  const changed = turns.flatMap(({ after, ...turn }) => (after ? [{ ...turn, after }] : []));

  it('the command is said once, from created only', () => {
    for (const { before, orders } of changed)
      if (orders.some(({ kind }) => kind === 'send')) expect(before.doing.kind).toBe('created');
  });

  it('only a final yes about this command pays', () => {
    for (const { fact, after } of changed) {
      if (after.state !== 'PAID') continue;
      expect(fact).toMatchObject({ kind: 'result', result: { outcome: 'approved', standing: 'final' } });
    }
  });

  it('without a result it never fails once its command may have left, but by proof that it did not', () => {
    for (const { before, fact, after } of changed)
      if (after.state === 'FAILED' && fact.kind !== 'result') {
        const isNo = ['declined', 'cancelled'].includes(before.card?.result?.outcome ?? '');
        expect(fact.kind).toBe(isNo ? 'ended' : 'refused');
        if (!isNo) expect(before.card?.result).toBeUndefined();
      }
  });

  it('a terminal that cannot be asked is never asked', () => {
    for (const { before, orders } of changed)
      if (before.card?.canAsk === false) expect(orders.map(({ kind }) => kind)).not.toContain('ask');
  });

  it('what is final stays', () => {
    for (const { before } of changed) expect(isFinal(before)).toBe(false);
  });
});
