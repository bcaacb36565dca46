import { expect, it } from 'vitest';
import type { Attempt } from '../../agent/payment/attempt.ts';
import { newCardAttempt } from '../../agent/payment/card.ts';
import { terminalResult } from '../../agent/payment/terminal-result.ts';

// What whoever asked for something at the card terminal is told: ok is said of money that is here, or of a hold that is as it was
// to be.

function told(kind: 'sale' | 'completePreAuth' | 'preAuth' | 'cancelPreAuth', state: Attempt['state']) {
  const command = { reference: 'R', amount: 1_200 } as const;
  const original = { receipt: '12' };
  const said =
    kind === 'sale' || kind === 'preAuth' ? ({ ...command, kind } as const) : ({ ...command, kind, original } as const);
  const attempt = newCardAttempt(
    { attemptId: 'A', orderId: 'O', amountFen: 1_200 },
    { protocol: 'zvt', command: said, canAsk: true },
  );
  return terminalResult({ ...attempt, state, category: state === 'PAID' ? 'PAID' : 'REVERSED' }).status;
}

it('a charge that was taken back is no payment', () => {
  expect([told('sale', 'PAID'), told('completePreAuth', 'PAID')]).toEqual(['ok', 'ok']);
  expect([told('sale', 'REVERSED'), told('completePreAuth', 'REVERSED')]).toEqual(['declined', 'declined']);
});

it('a hold that stands, or was given up, is what was asked for', () => {
  expect([told('preAuth', 'REVERSED'), told('cancelPreAuth', 'REVERSED')]).toEqual(['ok', 'ok']);
});
