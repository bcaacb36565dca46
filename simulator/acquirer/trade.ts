import type { ChannelRequest } from '../../protocols/backend/requests.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import type { Clock } from '../world/clock.ts';
import type { CustomerBehaviour } from './customer.ts';
import type { Ledger } from './ledger.ts';
import type { Refund } from './refunds.ts';

/**
 * `open`: the customer's phone is asking. `declined`: the phone's owner said no, or the channel refused at once.
 * `closed`: ended without money, for good. `refunded`: paid, then reversed.
 */
export type TradeState = 'open' | 'paid' | 'declined' | 'closed' | 'refunded';

/** What one request asks about, whichever operation it is. */
export interface TradeTerms {
  readonly attemptId: string;
  readonly orderId: string;
  readonly channel: Channel;
  readonly amountFen: number;
}

export function termsOf({ attemptId, orderId, args }: ChannelRequest): TradeTerms {
  return { attemptId, orderId, channel: args.channel, amountFen: args.amountFen };
}

/** One `out_trade_no` at the channel. Moves money in the ledger exactly when its state says so. */
export class Trade {
  readonly terms: TradeTerms;
  readonly transactionId: string;
  readonly openedAt: number;
  /** closed by a reverse before any pay was seen */
  readonly isTombstone: boolean;
  /** the code it was refused with, if it was refused at once */
  refusal: { readonly code: string; readonly message?: string } | undefined;
  paidAt: number | undefined;
  /** by refundId */
  readonly refunds = new Map<string, Refund>();
  #state: TradeState;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  #cancelNext: (() => void) | undefined;

  constructor(terms: TradeTerms, transactionId: string, state: 'open' | 'closed', ledger: Ledger, clock: Clock) {
    this.terms = terms;
    this.transactionId = transactionId;
    this.openedAt = clock.now();
    this.isTombstone = state === 'closed';
    this.#state = state;
    this.#ledger = ledger;
    this.#clock = clock;
  }

  get state(): TradeState {
    return this.#state;
  }

  get ageMs(): number {
    return this.#clock.now() - this.openedAt;
  }

  /** What may still be given back: refunds that the channel accepted count, whether or not the money has moved. */
  get refundableFen(): number {
    const accepted = [...this.refunds.values()].filter(({ state }) => state !== 'closed');
    return this.terms.amountFen - accepted.reduce((sum, { refundFen }) => sum + refundFen, 0);
  }

  isSameAs({ orderId, channel, amountFen }: TradeTerms): boolean {
    return this.terms.orderId === orderId && this.terms.channel === channel && this.terms.amountFen === amountFen;
  }

  /** The customer acts; what nobody finishes the channel closes after `autoCloseMs`. */
  begin(behaviour: CustomerBehaviour, autoCloseMs: number): void {
    switch (behaviour.kind) {
      case 'pays':
        return this.pay();
      case 'refuses':
        this.refusal = behaviour;
        return this.decline();
      case 'enters-password':
        return this.#later(behaviour.afterMs, () => this.pay(), autoCloseMs);
      case 'unclear':
        return this.#later(behaviour.paysAfterMs, () => this.pay(), autoCloseMs);
      case 'cancels':
        return this.#later(behaviour.afterMs, () => this.decline(), autoCloseMs);
      default:
        return behaviour satisfies never;
    }
  }

  pay(): void {
    if (this.#state !== 'open') return;
    this.#state = 'paid';
    this.paidAt = this.#clock.now();
    this.#book('charge');
  }

  decline(): void {
    if (this.#state === 'open') this.#state = 'declined';
  }

  /** The customer has made up their mind before the plan did: a person holds the phone. */
  decide(pays: boolean): void {
    if (this.#state !== 'open') return;
    this.#cancelNext?.();
    if (pays) this.pay();
    else this.decline();
  }

  /** Unpaid: closed for good. Paid: the money goes back. A second call does nothing. */
  reverse(): void {
    this.#cancelNext?.();
    if (this.#state === 'paid') {
      this.#state = 'refunded';
      this.#book('reversal');
    } else if (this.#state !== 'refunded') {
      this.#state = 'closed';
    }
  }

  /** The money of an accepted refund goes back. A second call does nothing. */
  refund(refund: Refund): void {
    if (refund.state !== 'processing') return;
    refund.state = 'done';
    const { refundId, refundFen } = refund;
    const { terms, transactionId } = this;
    const at = this.#clock.now();
    this.#ledger.book({ kind: 'refund', at, ...terms, amountFen: refundFen, transactionId, refundId });
  }

  #later(ms: number | 'never', act: () => void, autoCloseMs: number): void {
    const inTime = ms !== 'never' && ms < autoCloseMs;
    const next = inTime ? act : () => this.reverse();
    this.#cancelNext = this.#clock.after(inTime ? ms : autoCloseMs, next);
  }

  #book(kind: 'charge' | 'reversal'): void {
    this.#ledger.book({ kind, at: this.#clock.now(), ...this.terms, transactionId: this.transactionId });
  }
}
