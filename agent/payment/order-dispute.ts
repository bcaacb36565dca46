import type { Order } from '../journal/records.ts';
import { type OrderState, orderAfter } from './order-states.ts';

// Money that nobody expects, and what it makes of an order (order-states.json): a person looks, and nothing is paid for it
// until then. Both functions are folded over the log, so that no record written beside the dispute can undo it.

/** With the first one, the order's attempt and its intent, what a resolution may be about (protocols/backend/refunds.ts). */
const ALSO_LATE = 5;

/**
 * The order when money turned up for an attempt or intent of it that had none. While a payment of it runs it stays IN_PAYMENT and
 * ends disputed when that one ends; what a person has settled is not disputed again. A second surprise while nobody has looked at
 * the first is noted beside it: the person is asked about both.
 */
export function orderDisputed(order: Order, by: string): Order {
  const { lateSuccess, alsoLate = [] } = order;
  if (isNoted(order, by)) return order;
  if (lateSuccess !== undefined) return alsoLate.length < ALSO_LATE ? { ...order, alsoLate: [...alsoLate, by] } : order;
  return { ...order, state: withLateMoney(order.state), lateSuccess: by };
}

/** A person knows of this money already, or is to be asked about it. */
export function isNoted(order: Order, by: string): boolean {
  return lateOnes(order).includes(by) || order.settled?.includes(by) === true;
}

/** Whose money nobody expected, the first surprise first. */
export function lateOnes({ lateSuccess, alsoLate = [] }: Order): readonly string[] {
  return lateSuccess === undefined ? [] : [lateSuccess, ...alsoLate];
}

/**
 * The order as a record brings it, made before its writer could know of the dispute: only a person ends one. Programs of before
 * left an order that was refunded already as it was.
 */
export function stillDisputed(known: Order | undefined, next: Order): Order {
  const order = known?.lateSuccess === undefined ? next : lateOnes(known).reduce(orderDisputed, next);
  return order.lateSuccess === undefined ? order : { ...order, state: withLateMoney(order.state) };
}

/** An order that is over is taken up again: also where all of its first money has gone back. */
function withLateMoney(state: OrderState): OrderState {
  return orderAfter(state, 'lateAttemptPaid') ?? orderAfter(state, 'lateSecondAttemptPaid') ?? state;
}
