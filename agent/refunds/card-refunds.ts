import type { TransactionKey } from '../../protocols/terminal/messages.ts';
import type { CommandRefusal } from '../backend/verb-desk.ts';
import type { Attempt } from '../payment/attempt.ts';
import type { CardGiveBack } from '../payment/card-give-back.ts';
import type { CardRefusal } from '../payment/card-refusal.ts';
import type { Charge } from './charge.ts';
import type { Refund } from './refund.ts';
import type { RefundOutcome } from './refund-outcome.ts';

export interface CardRefundsParts {
  readonly giveBacks: CardGiveBack;
  readonly backendNow: () => number;
}

/** Refunds of card payments: a void or refund on the terminal, in the words of the refund's machine. */
export class CardRefunds {
  readonly #parts: CardRefundsParts;

  constructor(parts: CardRefundsParts) {
    this.#parts = parts;
  }

  /** Why this money cannot go back on the terminal, whatever it says now. */
  refusal({ orderId, attemptId }: Charge, refundFen: number): CommandRefusal | undefined {
    const wish = { refundId: '', orderId, attemptId, refundFen };
    return this.#parts.giveBacks.giveBackRefusal(wish)
      ? {
          code: 'UNSUPPORTED',
          message: 'this terminal cannot give a part back, or not any more today: the back office does',
        }
      : undefined;
  }

  /** Begun once for life; asked again it says how it stands. `undefined`: nothing was said to the terminal, try later. */
  async giveBack(refund: Refund): Promise<RefundOutcome | undefined> {
    const { refundId, orderId, attemptId, refundFen } = refund;
    const ended = await this.#parts.giveBacks.giveBack({ refundId, orderId, attemptId, refundFen });
    if (typeof ended !== 'string') return this.lateWord(refund) ?? this.#outcomeOf(ended);
    return FOREVER.has(ended) ? this.#outcome('REJECTED', 'METHOD_NOT_SUPPORTED', ended) : undefined;
  }

  /** What became of it; one that was never begun may be begun. */
  async known(refund: Refund): Promise<RefundOutcome | undefined> {
    if (this.#parts.giveBacks.givenBack(refund.refundId)) return this.giveBack(refund);
    return this.#outcome('NOT_FOUND', 'REFUND_PROCESSING', 'NOT_BEGUN');
  }

  /** The terminal's yes to what it had refused: this money went back after all. */
  lateWord({ refundId }: Refund): RefundOutcome | undefined {
    const { late, amountFen } = this.#parts.giveBacks.givenBack(refundId) ?? {};
    if (!late) return undefined;
    const { code, key = {}, paidFen: refundFen = amountFen } = late;
    return {
      ...this.#outcome('REFUNDED', 'REFUND_OK', code),
      ...numberOf(key),
      ...(refundFen === undefined ? {} : { refundFen }),
    };
  }

  #outcomeOf({ state, code = '', card, amountFen }: Attempt): RefundOutcome {
    const known = numberOf(card?.result?.key ?? {});
    if (state === 'REVERSED')
      return { ...this.#outcome('REFUNDED', 'REFUND_OK', code), ...known, refundFen: amountFen };
    if (state === 'FAILED') return this.#outcome('REJECTED', 'METHOD_NOT_SUPPORTED', code);
    return this.#outcome('ESCALATE', 'NEEDS_MANUAL_CHECK', code);
  }

  #outcome(effect: RefundOutcome['effect'], category: RefundOutcome['category'], code: string): RefundOutcome {
    return { effect, category, code, answeredAt: this.#parts.backendNow() };
  }
}

const FOREVER: ReadonlySet<CardRefusal> = new Set(['UNSUPPORTED', 'AMOUNT_OVER_LIMIT']);

function numberOf({ rrn, receipt, trace }: TransactionKey): Pick<RefundOutcome, 'channelRefundId'> {
  const number = rrn ?? receipt ?? trace;
  return number === undefined ? {} : { channelRefundId: number };
}
