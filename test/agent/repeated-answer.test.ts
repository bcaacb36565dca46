import { describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../../agent/journal/records.ts';
import { newCardAttempt } from '../../agent/payment/card.ts';
import { isAnothersAnswer } from '../../agent/payment/repeated-answer.ts';
import type { TerminalResult, TransactionKey } from '../../protocols/terminal/messages.ts';

// An answer that names a transaction which the journal has already is said again. What says too little names none.

const resultOf = (reference: string, key: TransactionKey, amount?: number): TerminalResult => ({
  command: 'sale',
  reference,
  outcome: 'approved',
  key,
  evidence: { by: 'answer' },
  ...(amount === undefined ? {} : { amount }),
});

const attemptOf = (attemptId: string, amountFen: number) =>
  newCardAttempt(
    { attemptId, orderId: attemptId, amountFen },
    { protocol: 'nccc', command: { kind: 'sale', reference: attemptId, amount: amountFen }, canAsk: false },
  );

/** Whether the answer `now` is taken for that of a sale of 12.00 whose answer was `before`. */
function isRepeat(before: TransactionKey, now: TransactionKey, amountFen = 1_200): boolean {
  const known = attemptOf('A', 1_200);
  const card = known.card && { ...known.card, result: resultOf('A', before, 1_200) };
  const record: AttemptRecord = { attempt: { ...known, ...(card && { card }) }, startedAt: 0 };
  const attempts = new Map([['A', record]]);
  const result = resultOf('B', now, amountFen);
  return isAnothersAnswer({ attempts }, { correlation: 'none' }, attemptOf('B', amountFen), result);
}

const FULL = { receipt: '000007', terminalId: 'T1', date: '1122', time: '101500', batch: '000001' };

describe('said again', () => {
  it.each<[what: string, key: TransactionKey]>([
    ['receipt and time', FULL],
    ['trace and date', { trace: '000007', date: '1122' }],
  ])('%s are the same, and the amount', (_what, key) => {
    expect(isRepeat(key, key)).toBe(true);
    expect(isRepeat(key, key, 900), 'another amount').toBe(false);
  });
});

describe('another sale', () => {
  it.each<[what: string, key: TransactionKey]>([
    ['a receipt alone, that came round', { receipt: '000007' }],
    ['a trace alone', { trace: '000007', terminalId: 'T1' }],
    ['a receipt and the day', { receipt: '000007', date: '1122' }],
    ['when, and no number', { date: '1122', time: '101500' }],
  ])('%s names none', (_what, key) => {
    expect(isRepeat(key, key)).toBe(false);
  });

  it('the time is another, or only one of the two says it', () => {
    expect(isRepeat(FULL, { ...FULL, time: '101501' })).toBe(false);
    expect(isRepeat({ receipt: '000007' }, FULL)).toBe(false);
    expect(isRepeat(FULL, { receipt: '000007' })).toBe(false);
  });
});
