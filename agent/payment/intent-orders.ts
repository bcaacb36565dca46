import type { Order } from '../journal/records.ts';
import { type Intent, isIntentFinal } from './intent.ts';
import { orderDisputed } from './order-dispute.ts';
import { type OrderEvent, orderAfter } from './order-states.ts';

// An open intent counts as its order's attempt (order-states.json, last invariant): the order's table knows no intents,
// and needs none.

/** The order while this intent is the one to be paid. `undefined`: it takes none now. */
export function orderWithIntent(order: Order, intentId: string): Order | undefined {
  const state = orderAfter(order.state, 'scan/attempt');
  const { attemptId: _before, ...rest } = order;
  return state && { ...rest, state, intentId };
}

/** What the order becomes when its intent changes. */
export function orderBehind(order: Order, before: Intent, after: Intent): Order {
  const { intentId } = after;
  if (order.settled?.includes(intentId)) return order;
  if (isUnexpectedMoney(before, after)) return orderDisputed(order, intentId);
  const event = isIntentFinal(before) ? undefined : END[after.state];
  if (!event || order.intentId !== intentId) return order;
  const state = orderAfter(order.state, event) ?? order.state;
  return { ...order, state: order.lateSuccess === undefined ? state : 'DISPUTED' };
}

/** Money turned up for an intent that had ended without any, or once more for one that was paid. */
export function isUnexpectedMoney(before: Intent, after: Intent): boolean {
  if (after.secondPayment && !before.secondPayment) return true;
  return after.state === 'DISPUTED' && isIntentFinal(before);
}

const END: { readonly [S in Intent['state']]: OrderEvent | undefined } = {
  WAITING: undefined,
  PAID: 'attemptPaid',
  EXPIRED: 'attemptReversed',
  CLOSED: 'attemptReversed',
  NEEDS_MANUAL_CHECK: 'attemptManual',
  DISPUTED: 'attemptManual',
};
