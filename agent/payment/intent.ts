import type {
  IntentForm,
  IntentLine,
  IntentRequestArgs,
  IntentStateName,
  RiskNotice,
} from '../../protocols/backend/intents.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import { type Exchanges, NO_EXCHANGES } from './exchanges.ts';

/** What an intent is busy with. Times `t` are milliseconds since this process looks after it. */
export type IntentDoing =
  /** on disk, nothing sent */
  | { readonly kind: 'created' }
  /** the create request left, no answer yet */
  | { readonly kind: 'creating' }
  /** can be paid; asked after at `until` */
  | { readonly kind: 'waiting'; readonly until: number }
  /** a query is out; `last`: whatever it says short of a result, the close follows at once */
  | { readonly kind: 'querying'; readonly last: boolean }
  /** a close is out */
  | { readonly kind: 'closing' }
  /** the last close gave no certainty; query and close again at `until` */
  | { readonly kind: 'retrying'; readonly until: number }
  /** closed for certain; one more query looks whether money came in between */
  | { readonly kind: 'confirming' }
  /** nothing is asked any more */
  | { readonly kind: 'done' };

/** Why it is being closed. NOT_CREATED: nobody knows whether the backend ever made it. */
export type CloseReason = Extract<IntentRequestArgs, { action: 'close' }>['reason'];

export type IntentOp = 'create' | 'query' | 'close' | 'notify' | 'restart';

/** Money that came in for an intent, in the backend's words. */
export interface Payment {
  readonly paidFen: number;
  /** backend time, Unix ms */
  readonly paidAt: number;
  readonly channel: Channel;
  readonly transactionId?: string | undefined;
}

/** What is asked for. Never changes. */
export interface IntentTerms {
  /** on disk before the first byte; the channel's out_trade_no */
  readonly intentId: string;
  readonly orderId: string;
  readonly amountFen: number;
  /** the command that asked for it */
  readonly commandId: string;
  readonly title?: string | undefined;
  readonly lines?: readonly IntentLine[] | undefined;
  readonly discountFen?: number | undefined;
  readonly deliveryId?: string | undefined;
  /** the wallet the customer chose: a hint */
  readonly channel?: Channel | undefined;
  readonly forms: readonly IntentForm[];
  readonly ttlMs: number;
  /** backend time as well as it was known, Unix ms */
  readonly createdAt: number;
}

/** One merchant-presented payment. A value: every transition makes a new one, and the journal keeps each. */
export interface Intent extends IntentTerms {
  readonly state: IntentStateName;
  readonly doing: IntentDoing;
  /** what the QR holds; made by the backend, never here */
  readonly codeText?: string;
  readonly shareUrl?: string;
  /** backend time, Unix ms */
  readonly expiresAt?: number;
  readonly riskNotice?: RiskNotice;
  /** `t` since when it can be paid: the polls get rarer with time */
  readonly waitingSince?: number;
  readonly closeReason?: CloseReason;
  /** why a person is needed */
  readonly reason?: 'AMOUNT_MISMATCH' | 'PAID_AFTER_CLOSE' | 'PAID_TWICE';
  readonly queries: number;
  /** closes sent, or about to be: counted on disk before each leaves */
  readonly closes: number;
  /** the payment: what made it PAID, or what a person has to look at */
  readonly payment?: Payment;
  /** a second payment after it was PAID */
  readonly secondPayment?: Payment;
  /** the shop has money that is not the order's without a person's word */
  readonly task?: 'REFUND_OR_ACCEPT';
  /** what a person needs who has to find out */
  readonly exchanges: Exchanges<IntentOp>;
}

/** Its order is free again, or paid, or a person's business. */
const INTENT_FINALS: ReadonlySet<IntentStateName> = new Set([
  'PAID',
  'EXPIRED',
  'CLOSED',
  'NEEDS_MANUAL_CHECK',
  'DISPUTED',
]);

export function isIntentFinal({ state }: Pick<Intent, 'state'>): boolean {
  return INTENT_FINALS.has(state);
}

/** Something is still asked about it: before its end, or because somebody said that it was paid after all. */
export function isIntentOpen({ doing }: Pick<Intent, 'doing'>): boolean {
  return doing.kind !== 'done';
}

/** An intent as it is first written down. */
export function newIntent(terms: IntentTerms): Intent {
  return {
    ...terms,
    state: 'WAITING',
    doing: { kind: 'created' },
    queries: 0,
    closes: 0,
    exchanges: NO_EXCHANGES,
  };
}
