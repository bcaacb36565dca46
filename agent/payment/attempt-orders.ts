import type { Order } from '../journal/records.ts';
import type { Attempt } from './attempt.ts';
import { isOfOrder } from './card.ts';
import { type OrderEvent, type OrderState, orderAfter } from './order-states.ts';

/** The order while it is paid by this attempt, whatever was to pay it before. Begun with a named member, as in attempt.ts. */
export function orderPaying(order: Order, state: OrderState, attemptId: string): Order {
  const { intentId: _before, ...rest } = order;
  return Object.assign({ orderId: order.orderId }, rest, { state, attemptId });
}

/** What an order becomes when its attempt changes (order-states.json). */
export function orderWith(order: Order, attempt: Attempt): Order {
  // what gives money back is the refund's business
  const event = attempt.card && !isOfOrder(attempt.card) ? undefined : endOf(attempt);
  if (!event) return order;
  const state = orderAfter(order.state, event) ?? order.state;
  return { ...order, ...charged(attempt), state: order.lateSuccess === undefined ? state : 'DISPUTED' };
}

/** What is charged of a hold is what the order comes to. */
function charged({ state, amountFen, card }: Attempt): Pick<Order, 'amountFen'> | undefined {
  return state === 'PAID' && card?.holdId !== undefined ? { amountFen } : undefined;
}

function endOf({ state }: Attempt): OrderEvent | undefined {
  switch (state) {
    case 'PAID':
      return 'attemptPaid';
    case 'FAILED':
      return 'attemptFailed';
    case 'REVERSED':
      return 'attemptReversed';
    case 'NEEDS_MANUAL_CHECK':
      return 'attemptManual';
    case 'CREATED':
    case 'SUBMITTED':
    case 'USER_PAYING':
    case 'UNKNOWN':
    case 'REVERSING':
      return undefined;
    default:
      return state satisfies never;
  }
}
