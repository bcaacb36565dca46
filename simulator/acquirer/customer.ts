import type { AnsweredReply } from '../../protocols/backend/replies.ts';
import type { ChannelOp } from '../../protocols/backend/topics.ts';
import type { RefundCourse } from './refunds.ts';

/** What the person with the phone does, as data. Times are milliseconds after the pay reached the channel. */
export type CustomerBehaviour =
  /** small amount, no password */
  | { readonly kind: 'pays' }
  /** the phone asks for the password; `never`: it goes back into the pocket */
  | { readonly kind: 'enters-password'; readonly afterMs: number | 'never' }
  /** the phone asks, the customer cancels or gives a wrong password (WeChat cannot tell them apart) */
  | { readonly kind: 'cancels'; readonly afterMs: number }
  /** the channel says no at once, with this code */
  | { readonly kind: 'refuses'; readonly code: string; readonly message?: string }
  /** the channel answers with this unclear code; the money moves later, or never */
  | { readonly kind: 'unclear'; readonly code: string; readonly paysAfterMs: number | 'never' };

/** What becomes of an answer on its way back. The channel has done its part in every case. */
export type AnswerFate =
  | { readonly kind: 'deliver' }
  | { readonly kind: 'lose' }
  | { readonly kind: 'delay'; readonly ms: number };

/** The channel is in trouble: it answers this and does nothing. */
export interface Trouble {
  readonly code: string;
  readonly message?: string;
  /** Alipay retry_flag */
  readonly retry?: boolean;
}

/** One customer's visit. Lists are used up from the front; after the last one all is well. */
export interface CustomerPlan {
  readonly behaviour: CustomerBehaviour;
  readonly answers?: Partial<Record<ChannelOp, readonly AnswerFate[]>>;
  readonly trouble?: Partial<Record<ChannelOp, readonly Trouble[]>>;
  /** the backend's fingerprint of this customer, 16 to 64 hex digits; none: it tells none */
  readonly payer?: string;
  /** chosen in the wallet; the shop has the whole amount all the same */
  readonly instalments?: AnsweredReply['instalments'];
  /** what the wallet warns its customer of while it asks */
  readonly riskNotice?: AnsweredReply['riskNotice'];
  /** what becomes of refunds of this payment; at once when nothing is said */
  readonly refunds?: RefundCourse;
}

export const PAYS: CustomerPlan = { behaviour: { kind: 'pays' } };
