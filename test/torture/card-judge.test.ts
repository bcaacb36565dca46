import { expect, it } from 'vitest';
import { Ledger } from '../../simulator/acquirer/ledger.ts';
import { CardJudge } from './card-judge.ts';
import { Witness, Written, type WrittenAttempt } from './witness.ts';

const SALE: WrittenAttempt = {
  attemptId: 'A1',
  orderId: 'ORDER-1',
  amountFen: 1_200,
  channel: 'CARD',
  state: 'SUBMITTED',
  reverses: 0,
  doing: { kind: 'paying' },
  card: { command: { kind: 'sale', amount: 1_200, reference: 'S1' }, canAsk: false },
};

function counter() {
  const witness = new Witness();
  const found: string[] = [];
  const judge = new CardJudge({
    witness,
    ledger: new Ledger(),
    isUnexpected: () => false,
    find: (invariant, detail) => found.push(`${invariant}: ${detail}`),
    allowed: () => new Map(),
    found: () => new Written(),
  });
  const write = (attempt: WrittenAttempt) => witness.durable.fold({ type: 'ATTEMPT', data: { record: { attempt } } });
  return { judge, write, found };
}

it('a command that was still on its way when the next process gave its attempt to a person was written down before', () => {
  const { judge, write, found } = counter();
  write(SALE);
  const begun = judge.begins();
  write({ ...SALE, state: 'NEEDS_MANUAL_CHECK', doing: { kind: 'done' } });
  expect(judge.commanded('money', begun)).toBe('A1');
  expect(found).toEqual([]);
});

it.each<[string, (write: (attempt: WrittenAttempt) => void) => void]>([
  ['nothing', () => undefined],
  ['what is over', (write) => write({ ...SALE, state: 'NEEDS_MANUAL_CHECK', doing: { kind: 'done' } })],
])(
  'one that begins with %s on disk is found, although its attempt is there when the terminal has heard it',
  (_, before) => {
    const { judge, write, found } = counter();
    before(write);
    const begun = judge.begins();
    write(SALE);
    judge.commanded('money', begun);
    expect(found).toEqual(['spoke-before-writing: the terminal is asked for money, and no attempt is on disk']);
  },
);
