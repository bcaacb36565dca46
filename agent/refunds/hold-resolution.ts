import type { ResolveArgs } from '../../protocols/backend/verbs.ts';
import type { CommandRefusal } from '../backend/verb-desk.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import { isCharge } from '../payment/card.ts';
import { lateOnes } from '../payment/order-dispute.ts';

// What a person may say of an order that has, or may have, a hold on the customer's card.

/** Whose money nobody could account for: the one that surprised, then the one that is the order's. */
export function inDoubt(order: Order): string[] {
  const { attemptId, intentId } = order;
  return [...new Set([...lateOnes(order), attemptId, intentId].filter((id) => id !== undefined))];
}

/** The issuer gave it up, or it was cancelled at the terminal itself: nothing else of the order changes. */
export function isHoldGivenUp({ state }: Order, { outcome, hold }: ResolveArgs): boolean {
  return state === 'OPEN' && outcome === 'unpaid' && hold === 'gone';
}

/** Why this cannot be said; `undefined`: its hold does not stand in the way. */
export function refuseOfHold(
  book: Pick<TillBook, 'standingHold' | 'attempts'>,
  order: Order,
  { outcome, hold: found }: ResolveArgs,
): CommandRefusal | undefined {
  const hold = book.standingHold(order.orderId);
  if (!hold) return found === undefined ? undefined : { code: 'NO_HOLD', message: 'hold: this order has none' };
  if (outcome !== 'paid' && found === undefined)
    return { code: 'BAD_REQUEST', message: 'hold: say whether the hold stands or is gone' };
  if (outcome === 'unpaid') return undefined;
  const [first = ''] = inDoubt(order);
  const card = book.attempts.get(first)?.attempt.card;
  return card && !isCharge(card) ? { code: 'BAD_REQUEST', message: 'outcome: a hold is no payment' } : undefined;
}
