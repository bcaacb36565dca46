import type { PayChannel } from '../../protocols/backend/fields.ts';
import type { RefundStateName } from '../../protocols/backend/refunds.ts';
import type { Category } from '../payment/categories.ts';

/** What a refund is busy with. Times are backend time, Unix ms: a refund may take days and outlives many processes. */
export type RefundDoing =
  /** waits for a second person; lapses at `until` */
  | { readonly kind: 'awaiting'; readonly until: number }
  /** the request is out; the backend refuses it after `exp` */
  | { readonly kind: 'asking'; readonly exp: number }
  /** between two messages: at `until` the same request leaves again, or a query */
  | { readonly kind: 'resting'; readonly until: number; readonly next: 'refund' | 'query' }
  /** a query is out */
  | { readonly kind: 'querying' }
  /** final */
  | { readonly kind: 'done' };

/** Money of one payment that is to go back. A value: every transition makes a new one, and the journal keeps each. */
export interface Refund {
  // Identity: on disk before the first byte, never changed, never used for anything else.
  readonly refundId: string;
  readonly orderId: string;
  /** the payment it belongs to: money goes back through its channel only */
  readonly attemptId: string;
  readonly channel: PayChannel;
  /** what was paid */
  readonly amountFen: number;
  /** what goes back */
  readonly refundFen: number;
  readonly transactionId?: string;
  readonly reason: string;
  readonly requestedBy: string;
  /** backend time, Unix ms */
  readonly requestedAt: number;

  /** the second person; without one nothing is sent */
  readonly approvedBy?: string;
  readonly approvedAt?: number;

  readonly state: RefundStateName;
  readonly category: Category;
  readonly doing: RefundDoing;
  /** requests sent, or about to be: counted on disk before each leaves, all with this very refundId */
  readonly sends: number;
  readonly queries: number;
  /** the channel's last code */
  readonly code?: string;
  readonly channelRefundId?: string;
  /** when the last request that nobody answered can no longer be carried out, by the backend's clock */
  readonly openUntil?: number;
  /** the channel said no, but an earlier request may still have been carried out */
  readonly rejection?: { readonly category: Category; readonly code: string };
  /** backend time (Unix ms) of the answer that settled it */
  readonly settledAt?: number;
  /** a person found out what the till could not */
  readonly resolvedBy?: string;
}

export function isOver({ doing }: Refund): boolean {
  return doing.kind === 'done';
}

/** Whether the money of this refund has gone back or may still do so: it cannot be given back a second time. */
export function holdsMoney({ state }: Refund): boolean {
  return state !== 'REJECTED';
}
