import type { Order } from '../journal/records.ts';
import { lateOnes, orderDisputed } from '../payment/order-dispute.ts';
import { type OrderEvent, orderAfter } from '../payment/order-states.ts';
import type { Charge } from './charge.ts';
import type { Refund } from './refund.ts';
import { gaveBackFen } from './remaining.ts';
import type { Resolution } from './resolution.ts';

// What an order becomes when money has gone back, or when a person has said what became of it (order-states.json).

/** `charge`: what the order is paid with. `refunds`: all of the till, the one that has just ended among them. */
export function orderRefunded(
  order: Order,
  charge: Pick<Charge, 'attemptId' | 'amountFen'>,
  refunds: Iterable<Refund>,
): Order {
  const back = gaveBackFen(charge, refunds);
  if (back === 0) return order;
  const event: OrderEvent =
    back < charge.amountFen ? 'refundPart' : order.state === 'PAID' ? 'refundAll' : 'refundRest';
  return { ...order, state: orderAfter(order.state, event) ?? order.state };
}

const EVENTS = {
  paid: 'resolvedPaid',
  refunded: 'resolvedRefunded',
  unpaid: 'resolvedUnpaid',
} as const satisfies Record<Resolution['outcome'], OrderEvent>;

/** The doubt is over: what was late is settled with it, and a late word about the same attempts disputes nothing again. */
export function orderResolved(order: Order, { outcome, about }: Resolution): Order {
  const { lateSuccess: _settled, alsoLate: _also, ...rest } = order;
  const state = orderAfter(order.state, EVENTS[outcome]);
  if (!state) return order;
  const settled: Order = { ...rest, state, settled: [...new Set([...(order.settled ?? []), ...about])] };
  // what turned up while the person was deciding is none that was decided about
  return lateOnes(order).reduce(orderDisputed, settled);
}
