import { BACKGROUND_REVERSE_MS } from '../../agent/payment/policy.ts';

export const TILL = { tenant: 'street', store: 'corner', agent: 'till-1' };

/**
 * After the last fault every attempt is final within this: the background reversal comes round once, its answer and the
 * channel's deadline included, behind the longest wait for the broker.
 */
export const FINAL_WITHIN_MS = BACKGROUND_REVERSE_MS + 180_000;
