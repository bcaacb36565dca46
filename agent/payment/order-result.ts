import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { ResultBody } from '../backend/command-results.ts';
import type { TillBook } from '../journal/book.ts';
import type { Order } from '../journal/records.ts';
import { type Attempt, isFinal } from './attempt.ts';
import { cardClerk } from './card-codes.ts';
import { CATEGORIES } from './categories.ts';
import { paymentResult } from './intent-results.ts';

export const CANCELLED: ResultBody = { status: 'cancelled', code: 'CANCELLED' };
const PAID_ALTHOUGH_CANCELLED = 'paid before the cancellation: offer a refund';

/** What the command that collects the order is told of it. */
export function orderResult(book: Pick<TillBook, 'intents'>, order: Order, attempt: Attempt | undefined): ResultBody {
  const intent = order.intentId === undefined ? undefined : book.intents.get(order.intentId);
  if (intent && order.state !== 'CANCELLED') return paymentResult(intent, order);
  if (!attempt) return CANCELLED;
  const category = order.state === 'DISPUTED' ? 'NEEDS_MANUAL_CHECK' : attempt.category;
  const { next } = CATEGORIES[category];
  const { zh, en } = cardClerk(attempt) ?? CATEGORIES[category];
  const message =
    attempt.state === 'PAID' && attempt.reason === 'CLERK_CANCEL' ? { message: PAID_ALTHOUGH_CANCELLED } : {};
  const clerk = { zh, en, action: next };
  return { status: statusOf(order, attempt), code: category, clerk, attempt: attempt.attemptId, ...message };
}

function statusOf(order: Order, attempt: Attempt): CommandResult['status'] {
  if (order.state === 'DISPUTED') return 'unknown';
  return attempt.state === 'PAID' ? 'ok' : isFinal(attempt) ? 'declined' : 'unknown';
}
