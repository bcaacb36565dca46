import type { Attempt } from '../payment/attempt.ts';
import type { Intent } from '../payment/intent.ts';
import type { Resolution } from '../refunds/resolution.ts';
import type { TillRecord } from './records.ts';

// How a payment in doubt is listed once a person has said what became of it.

/** Beside a row in doubt: what it is, and how it ended if no money of it is found. */
export interface Doubt {
  readonly attemptId: string;
  /** of the terminal's command; '': a wallet's attempt or a code */
  readonly kind: string;
  readonly state: string;
  readonly category: string;
}

/** No money of it was found, and it had no end of its own. */
const NOT_PAID = 'UNPAID';

export function doubtOf({ attemptId, state, category, late, card }: Attempt): Doubt | undefined {
  if (!late && state !== 'NEEDS_MANUAL_CHECK') return undefined;
  const kind = card?.command.kind ?? '';
  return late ? { attemptId, kind, state, category } : { attemptId, kind, state: 'FAILED', category: NOT_PAID };
}

/** A code that was paid twice is paid without its second payment. */
export function intentDoubt({ intentId, state, secondPayment }: Intent): Doubt | undefined {
  if (state !== 'DISPUTED') return undefined;
  const own = secondPayment ? { state: 'PAID', category: 'PAID' } : { state: 'CLOSED', category: NOT_PAID };
  return { attemptId: intentId, kind: '', ...own };
}

export function endOfDoubt(
  { attemptId, kind, state, category }: Doubt,
  { outcome, hold, charge }: Pick<Resolution, 'outcome' | 'hold' | 'charge'>,
): [state: string, category: string] {
  const own: [string, string] = [state, category];
  switch (kind) {
    case 'preAuth':
      return hold === 'stands' ? ['REVERSED', 'HELD'] : own;
    case 'cancelPreAuth':
      return hold === 'gone' ? ['REVERSED', 'RELEASED'] : own;
    case 'refund':
    case 'void':
      // the terminal's last word of it: carried out
      return ['REVERSED', 'REVERSED'];
    default:
      if (charge?.attemptId === attemptId) return ['PAID', 'PAID'];
      return outcome === 'refunded' ? ['REVERSED', 'REVERSED'] : own;
  }
}

/** It repeats evidence of which a person has said what it is: the row says that already. */
export function isSettled(record: TillRecord): boolean {
  if (record.type !== 'ATTEMPT') return false;
  const { attemptId, late } = record.record.attempt;
  return late !== undefined && record.order.settled?.includes(attemptId) === true;
}
