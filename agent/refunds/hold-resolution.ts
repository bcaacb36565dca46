import type { ResolveArgs } from '../../protocols/backend/verbs.ts';
import type { CommandRefusal } from '../backend/verb-desk.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import { isCharge } from '../payment/card.ts';
import { lateOnes } from '../payment/order-dispute.ts';

// What a person may say of an order that has, or may have, a hold on the customer's card.

/**
 * Whose money nobody could account for: the one that surprised, then the one that is the order's. One that ended for certain is
 * not asked about: should the channel say yes to it later, that is news.
 */
export function inDoubt(book: Pick<TillBook, 'attempts' | 'intents'>, order: Order): string[] {
  const { attemptId, intentId } = order;
  const own = [attemptId, intentId].filter((id) => id !== undefined);
  return [...new Set([...lateOnes(order), ...own.filter((id) => !isCertain(book, id))])];
}

function isCertain({ attempts, intents }: Pick<TillBook, 'attempts' | 'intents'>, id: string): boolean {
  const state = attempts.get(id)?.attempt.state ?? intents.get(id)?.state;
  return state !== undefined && state !== 'NEEDS_MANUAL_CHECK' && state !== 'DISPUTED';
}

type HoldBook = Pick<TillBook, 'standingHold' | 'attempts' | 'intents' | 'charge'>;

/**
 * Only its hold is spoken of: the issuer gave it up, it was cancelled at the terminal itself, or nobody knew what became of its
 * cancellation. Nothing else of the order changes, paid another way or not.
 */
export function isOfHoldAlone(
  book: HoldBook,
  { orderId, state }: Order,
  { outcome, hold: found }: ResolveArgs,
): boolean {
  const hold = book.standingHold(orderId);
  if (!hold || found === undefined || state === 'IN_PAYMENT' || state === 'DISPUTED') return false;
  if (outcome !== 'unpaid' && !(outcome === 'paid' && book.charge(orderId))) return false;
  return hold.state === 'UNCLEAR' || (hold.state === 'HELD' && found === 'gone');
}

/** Why this cannot be said; `undefined`: its hold does not stand in the way. */
export function refuseOfHold(
  book: HoldBook,
  order: Order,
  { outcome, hold: found }: ResolveArgs,
): CommandRefusal | undefined {
  const hold = book.standingHold(order.orderId);
  if (!hold) return found === undefined ? undefined : { code: 'NO_HOLD', message: 'hold: this order has none' };
  const isPaidAlready = book.charge(order.orderId) !== undefined;
  const [first = ''] = inDoubt(book, order);
  // the charge that was seen says itself what became of the hold; and one of which nobody doubts stands on beside other money
  const isKnown = hold.state === 'HELD' || (!isPaidAlready && first === hold.runs);
  if (found === undefined && !(outcome === 'paid' && isKnown))
    return { code: 'BAD_REQUEST', message: 'hold: say whether the hold stands or is gone' };
  if (outcome === 'unpaid' || isPaidAlready) return undefined;
  const card = book.attempts.get(first)?.attempt.card;
  return card && !isCharge(card) ? { code: 'BAD_REQUEST', message: 'outcome: a hold is no payment' } : undefined;
}
