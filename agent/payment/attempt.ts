import type { AttemptStateName } from '../../protocols/backend/messages.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { Category } from './categories.ts';

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

export type ReverseReason = 'DEADLINE' | 'CLERK_CANCEL' | 'PAYERROR' | 'RESTART';

/** One try to be paid. A value: every transition makes a new one, and the journal keeps each. */
export interface Attempt {
  // Identity: on disk before the first byte, never changed, never reused.
  readonly attemptId: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly channel: Channel;
  /** first 2 + last 4; the paycode itself is never kept */
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
  readonly refunded?: boolean;
  /** what the channel says was paid; anything but `amountFen` needs a person */
  readonly paidFen?: number;
  /** backend time of the payment, Unix ms */
  readonly paidAt?: number;
  /** the channel said SUCCESS after a reverse was sent: money that must go back */
  readonly successAfterReverse?: boolean;
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

/** An attempt as it is first written down. */
export function newAttempt(
  identity: Pick<Attempt, 'attemptId' | 'orderId' | 'amountFen' | 'channel' | 'maskedPaycode'>,
): Attempt {
  return {
    ...identity,
    state: 'CREATED',
    category: 'RESULT_UNKNOWN',
    doing: { kind: 'created' },
    queries: 0,
    reverses: 0,
  };
}
