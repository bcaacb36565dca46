import type { Order } from '../journal/records.ts';
import { orderAfter } from './order-states.ts';

// Money that nobody expects, and what it makes of an order (order-states.json): a person looks, and nothing is paid for it
// until then. Both functions are folded over the log, so that no record written beside the dispute can undo it.

/**
 * The order when money turned up for an attempt or intent of it that had none. While a payment of it runs it stays IN_PAYMENT and
 * ends disputed when that one ends; what a person has settled is not disputed again.
 */
export function orderDisputed(order: Order, by: string): Order {
  if (order.lateSuccess !== undefined || order.settled?.includes(by)) return order;
  const event = order.state === 'PAID' ? 'lateSecondAttemptPaid' : 'lateAttemptPaid';
  return { ...order, state: orderAfter(order.state, event) ?? order.state, lateSuccess: by };
}

/** The order as a record brings it, made before its writer could know of the dispute: only a person ends one. */
export function stillDisputed(known: Order | undefined, next: Order): Order {
  return known?.lateSuccess === undefined ? next : orderDisputed(next, known.lateSuccess);
}
