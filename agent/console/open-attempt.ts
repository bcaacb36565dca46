import type { Attempt } from '../payment/attempt.ts';
import { COUNTER_FREED_AFTER_MS, policyToFinish } from '../payment/policy.ts';
import { attemptClerk } from './todo.ts';

/** When the person at the counter is told that it takes long (ms since the pay request left). */
const WARN_AFTER_MS = [15_000, 30_000] as const;

/** Card, PIN and host take their time: what most terminals give a customer (ZVT T4). */
const CARD_PATIENCE_MS = 180_000;

/** A payment under way, for a countdown on whatever clock `nowMs` is of: it always ends. */
export function openAttemptView(attempt: Attempt, ageMs: number, nowMs: number, says?: string) {
  const { attemptId, orderId, amountFen, state, category, channel, card, unsureSince } = attempt;
  const startedMs = Math.round(nowMs - ageMs);
  const endsAfter =
    unsureSince === undefined
      ? (card && CARD_PATIENCE_MS) || policyToFinish(channel).deadlineMs
      : unsureSince + COUNTER_FREED_AFTER_MS;
  return {
    attemptId,
    orderId,
    amountFen,
    state,
    category,
    clerk: attemptClerk(attempt),
    isCard: card !== undefined,
    ...(says === undefined ? {} : { terminalSays: says }),
    nowMs,
    startedMs,
    deadlineMs: Math.round(startedMs + endsAfter),
    warnAtMs: WARN_AFTER_MS.map((ms) => startedMs + ms),
  };
}
