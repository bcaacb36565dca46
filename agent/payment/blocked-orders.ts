import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import type { Attempt } from './attempt.ts';
import { type LateMoney, lateMoney } from './late-money.ts';

/** An order that takes no payment until somebody knows what became of its last one. */
export interface BlockedOrder {
  readonly orderId: string;
  readonly amountFen: number;
  readonly why: 'REVERSE_PENDING' | 'RESULT_UNKNOWN' | 'NEEDS_MANUAL_CHECK' | 'INTENT_OPEN';
  readonly attempt?: Attempt;
  /** money that nobody expected */
  readonly late: readonly LateMoney[];
}

/** Those that are not `atCounter` any more: still being reversed, or waiting for a person. Newest last. */
export function blockedOrders(
  { orders, attempts, intents }: Pick<TillBook, 'orders' | 'attempts' | 'intents'>,
  atCounter: string | undefined,
): readonly BlockedOrder[] {
  return [...orders.values()].flatMap((order) => {
    const attempt = attempts.get(order.attemptId ?? '')?.attempt;
    const why = whyBlocked(order, attempt, order.orderId === atCounter);
    if (!why) return [];
    const { orderId, amountFen } = order;
    const late = lateMoney(order, { attempts, intents });
    return [{ orderId, amountFen, why, late, ...(attempt === undefined ? {} : { attempt }) }];
  });
}

function whyBlocked(order: Order, attempt: Attempt | undefined, isAtCounter: boolean): BlockedOrder['why'] | undefined {
  if (order.state === 'DISPUTED') return 'NEEDS_MANUAL_CHECK';
  if (order.state !== 'IN_PAYMENT' || isAtCounter) return undefined;
  if (order.intentId !== undefined) return 'INTENT_OPEN';
  return attempt?.state === 'REVERSING' ? 'REVERSE_PENDING' : 'RESULT_UNKNOWN';
}
