import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { AttemptRecord, Order } from '../journal/records.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import type { Attempt } from './attempt.ts';
import { attemptEvent, evidenceOf } from './attempt-event.ts';
import type { DisputeTurn } from './dispute-turn.ts';
import { lateYes } from './late-money.ts';
import { isNoted, orderDisputed } from './order-dispute.ts';
import type { Outcome } from './outcome.ts';

export interface LateSuccessParts {
  readonly book: TillBook;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly disputes: Pick<DisputeTurn, 'take'>;
  readonly onChange: (attempt: Attempt, order: Order) => void;
}

/** Money turned up for an attempt that had ended without any: no further payment of the order, and a person looks. */
export class LateSuccess {
  readonly #parts: LateSuccessParts;

  constructor(parts: LateSuccessParts) {
    this.#parts = parts;
  }

  dispute(record: AttemptRecord, outcome: Outcome): void {
    const { orderId, attemptId } = record.attempt;
    this.#parts.log.warn({ orderId, attemptId }, 'the order may be paid already: no payment of it goes on');
    this.#parts.disputes.take(orderId, () => this.#write(record, outcome));
  }

  async #write({ attempt, ...times }: AttemptRecord, outcome: Outcome): Promise<void> {
    const { book, log, newId, boot, backendNow, onChange } = this.#parts;
    const { attemptId, orderId } = attempt;
    const before = book.orders.get(orderId);
    if (!before) throw new Error(`attempt ${attemptId} has no order`);
    if (isNoted(before, attemptId)) return;
    const order = orderDisputed(before, attemptId);
    log.error(
      { orderId, attemptId, code: outcome.code },
      'the channel took money for an attempt that had ended: the order is disputed',
    );
    try {
      const event = book.event(lateEvent(attempt, outcome, times.startedAt), newId(), boot, backendNow());
      const record = { ...times, attempt: { ...attempt, late: lateYes(outcome, backendNow()) } };
      await book.write({ type: 'ATTEMPT', record, order, event });
      onChange(attempt, order);
    } catch (error) {
      log.error({ attemptId, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      this.#parts.clock.after(JOURNAL_RETRY_MS, () => this.dispute({ ...times, attempt }, outcome));
    }
  }
}

function lateEvent(attempt: Attempt, { code, paidFen, transactionId }: Outcome, startedAt: number) {
  return {
    ...attemptEvent(attempt, {}),
    category: 'NEEDS_MANUAL_CHECK' as const,
    lateSuccess: true as const,
    evidence: evidenceOf({ ...attempt, ...(paidFen === undefined ? {} : { paidFen }) }, startedAt),
    code,
    ...(transactionId === undefined ? {} : { transactionId }),
  };
}
