import type { AttemptStateName } from '../../protocols/backend/attempt-events.ts';
import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { RiskNotice } from '../../protocols/backend/intents.ts';
import type { Instalments } from '../../protocols/backend/replies.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { CardFacts } from './card.ts';
import type { Category } from './categories.ts';
import { type Exchanges, NO_EXCHANGES } from './exchanges.ts';
import type { LateYes } from './late-money.ts';

/** What an attempt is busy with. Times `t` are milliseconds on the attempt's own axis, 0 = its pay request left. */
export type Doing =
  /** on disk, nothing sent */
  | { readonly kind: 'created' }
  /** the pay request left, no answer yet */
  | { readonly kind: 'paying' }
  /** between two queries */
  | { readonly kind: 'resting'; readonly until: number }
  /** a query is out; `last`: whatever it says short of a result, the reversal follows at once */
  | { readonly kind: 'querying'; readonly last: boolean }
  /** reversal decided, but the channel does not accept it before `until` */
  | { readonly kind: 'aging'; readonly until: number }
  /** a reverse is out */
  | { readonly kind: 'reversing' }
  /** the last reverse gave no certainty; the next leaves at `until` */
  | { readonly kind: 'retrying'; readonly until: number }
  /** final */
  | { readonly kind: 'done' };

/** RESTART: a new process cannot know how old the attempt is. */
export type ReverseReason = 'DEADLINE' | 'CLERK_CANCEL' | 'PAYERROR' | 'EXPIRED' | 'RESTART';

/** One try to be paid. A value: every transition makes a new one, and the journal keeps each. */
export interface Attempt {
  // Identity: on disk before the first byte, never changed, never reused.
  readonly attemptId: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly channel: PayChannel;
  /** first 2 + last 4; the paycode itself is never kept. Of a card: as the terminal masked it, empty before it has said it */
  readonly maskedPaycode: string;

  readonly state: AttemptStateName;
  /** what the clerk is told */
  readonly category: Category;
  readonly doing: Doing;
  readonly queries: number;
  /** reverses sent, or about to be: counted on disk before each leaves. Above 0 the attempt can never become PAID */
  readonly reverses: number;
  readonly reason?: ReverseReason;
  /** the channel's last code */
  readonly code?: string;
  readonly transactionId?: string;
  /** the backend's fingerprint of who paid: the same one again can be seen, who it is cannot */
  readonly payer?: string;
  /** the customer pays the channel by instalments; the shop has the whole amount */
  readonly instalments?: Instalments;
  /** what the wallet warns of, and what the clerk says to it */
  readonly riskNotice?: RiskNotice;
  readonly refunded?: boolean;
  /** what the channel says was paid; anything but `amountFen` needs a person */
  readonly paidFen?: number;
  /** backend time of the payment, Unix ms */
  readonly paidAt?: number;
  /** backend time (Unix ms) of the answer that settled the attempt */
  readonly settledAt?: number;
  /** `t` of the first reverse: since then it is unsure whether the money is back */
  readonly unsureSince?: number;
  /**
   * The channel said SUCCESS when this many reverses had been sent: money that must go back. Only a reverse sent after
   * that can be believed to have taken it back.
   */
  readonly successAfterReverse?: number;
  /** backend time (Unix ms) after which the channel takes no reverse; unknown while nobody has told the time */
  readonly reverseBefore?: number;
  /** the channel's window was shut when a reverse was due */
  readonly windowClosed?: true;
  /** what a person needs who has to find out: what was asked, what was answered, when */
  readonly exchanges: Exchanges;
  /** behind its end the channel or the terminal said yes after all: money that a person looks for */
  readonly late?: LateYes;
  /** it is made on the card terminal (card-machine.ts), not through the backend */
  readonly card?: CardFacts;
}

export const FINAL_STATES: ReadonlySet<AttemptStateName> = new Set([
  'PAID',
  'FAILED',
  'REVERSED',
  'NEEDS_MANUAL_CHECK',
]);

export function isFinal(attempt: Attempt): boolean {
  return FINAL_STATES.has(attempt.state);
}

/** The wallet that the backend is asked for. An attempt on the terminal has none, and never comes where this is called. */
export function walletOf({ attemptId, channel }: Pick<Attempt, 'attemptId' | 'channel'>): Channel {
  if (channel === 'CARD') throw new Error(`attempt ${attemptId} is a card's: the backend is asked nothing about it`);
  return channel;
}

/** An attempt as it is first written down. */
export function newAttempt({
  attemptId,
  orderId,
  amountFen,
  channel,
  maskedPaycode,
}: Pick<Attempt, 'attemptId' | 'orderId' | 'amountFen' | 'channel' | 'maskedPaycode'>): Attempt {
  // one literal: V8 takes fifty times as long to add members to a copy
  return {
    attemptId,
    orderId,
    amountFen,
    channel,
    maskedPaycode,
    state: 'CREATED',
    category: 'RESULT_UNKNOWN',
    doing: { kind: 'created' },
    queries: 0,
    reverses: 0,
    exchanges: NO_EXCHANGES,
  };
}

/**
 * The attempt with a change. Its members are named as in {@link newAttempt}: to a plain copy (`{ ...attempt }`) V8 adds members
 * fifty times slower, and each copy has a form of its own then, which every reader of it pays for.
 */
export function altered(attempt: Attempt, change: Partial<Attempt>): Attempt {
  const { attemptId, orderId, amountFen, channel, maskedPaycode, state, category } = attempt;
  const { doing, queries, reverses, exchanges } = attempt;
  const facts: Partial<Attempt> = attempt;
  return {
    attemptId,
    orderId,
    amountFen,
    channel,
    maskedPaycode,
    state,
    category,
    doing,
    queries,
    reverses,
    exchanges,
    ...facts,
    ...change,
  };
}
