import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { TransactionKey } from '../../protocols/terminal/messages.ts';
import type { Order } from '../journal/records.ts';
import type { Attempt } from './attempt.ts';
import { type CardFacts, isCharge, isOfOrder, type LateWord } from './card.ts';
import type { Intent } from './intent.ts';
import { lateOnes } from './order-dispute.ts';
import type { Outcome } from './outcome.ts';

// Money that nobody expected, as the person needs it who finds out about it.

/** What was said of an attempt that had ended without money. Evidence: the attempt's own end stays. */
export interface LateYes {
  /** the channel's code, or the terminal's */
  readonly code: string;
  /** backend time, Unix ms */
  readonly heardAt: number;
  readonly paidFen?: number;
  readonly transactionId?: string;
  /** backend time, Unix ms */
  readonly paidAt?: number;
  /** how a card terminal names it */
  readonly key?: TransactionKey;
}

export function lateYes({ code, paidFen, transactionId, paidAt }: Outcome, heardAt: number): LateYes {
  return {
    code,
    heardAt,
    ...(paidFen === undefined ? {} : { paidFen }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(paidAt === undefined ? {} : { paidAt }),
  };
}

export function lateYesOfCard({ outcome, amount, key, evidence }: LateWord, heardAt: number): LateYes {
  const { code = outcome } = evidence;
  return { code, heardAt, ...(amount === undefined ? {} : { paidFen: Math.abs(amount) }), key };
}

/** What a surprise is about that is no payment. */
export const LATE_WHAT = ['refund', 'hold'] as const;
export type LateWhat = (typeof LATE_WHAT)[number];

/** One sum of money in doubt. */
export interface LateMoney {
  /** attempt or intent: the channel's number of the shop's order */
  readonly attemptId: string;
  /** no payment: money of one that went back, or that a card only holds or no longer holds */
  readonly what?: LateWhat;
  readonly channel?: PayChannel;
  readonly amountFen: number;
  readonly transactionId?: string;
  readonly key?: TransactionKey;
  readonly paidAt?: number;
}

interface LateBook {
  readonly attempts: ReadonlyMap<string, { readonly attempt: Attempt }>;
  readonly intents: ReadonlyMap<string, Intent>;
}

/** All of an order's, the first surprise first. */
export function lateMoney(order: Order, { attempts, intents }: LateBook): readonly LateMoney[] {
  return lateOnes(order).flatMap((id) => {
    const attempt = attempts.get(id)?.attempt;
    const intent = intents.get(id);
    return attempt ? [ofAttempt(attempt)] : intent ? [ofIntent(intent)] : [];
  });
}

function ofAttempt({ attemptId, channel, amountFen, late, ...ended }: Attempt): LateMoney {
  const transactionId = late?.transactionId ?? ended.transactionId;
  const what = ended.card && whatOf(ended.card);
  return {
    attemptId,
    ...(what === undefined ? {} : { what }),
    channel,
    amountFen: late?.paidFen ?? amountFen,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(late?.key === undefined ? {} : { key: { ...late.key } }),
    ...(late?.paidAt === undefined ? {} : { paidAt: late.paidAt }),
  };
}

function whatOf(card: CardFacts): LateWhat | undefined {
  if (isCharge(card)) return undefined;
  return isOfOrder(card) ? 'hold' : 'refund';
}

/** Paid twice: the second payment is the surprise. */
function ofIntent({ intentId, amountFen, payment, secondPayment, ...asked }: Intent): LateMoney {
  const found = secondPayment ?? payment;
  const channel = found?.channel ?? asked.channel;
  return {
    attemptId: intentId,
    ...(channel === undefined ? {} : { channel }),
    amountFen: found?.paidFen ?? amountFen,
    ...(found?.transactionId === undefined ? {} : { transactionId: found.transactionId }),
    ...(found?.paidAt === undefined ? {} : { paidAt: found.paidAt }),
  };
}
