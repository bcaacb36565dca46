import { yuan } from './amount.ts';
import { say } from './language.ts';
import { CHANNEL_NAMES } from './steps.ts';
import { state } from './till.ts';
import type { LateMoney } from './types.ts';

/** Money that nobody expected, by the number to look it up with: never that of the order's good payment. */
export function lateLine({ amountFen, channel, transactionId, key, attemptId }: LateMoney): string {
  const number = transactionId ?? key?.receipt ?? attemptId;
  return [`¥${yuan(amountFen)}`, channel && say(CHANNEL_NAMES[channel]), number].filter(Boolean).join(' · ');
}

/** What to do about it, as the agent says it. */
export function lateTodo(orderId: string) {
  return state.value?.blocked.find((order) => order.orderId === orderId)?.todo;
}
