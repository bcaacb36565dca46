import { BACKGROUND_REVERSE_MS } from '../../agent/payment/policy.ts';

export const TILL = { tenant: 'street', store: 'corner', agent: 'till-1' };

/**
 * After the last fault every attempt is final within this: the background reversal comes round once, its answer and the
 * channel's deadline included, behind the longest wait for the broker.
 */
export const FINAL_WITHIN_MS = BACKGROUND_REVERSE_MS + 180_000;
/**
 * The same where there is a card terminal, which does one thing after another: behind a command that it never ends (T4 of ZVT,
 * 180 s) another one waits until it is tried again, five minutes later.
 */
export const CARD_FINAL_WITHIN_MS = FINAL_WITHIN_MS + 600_000;
