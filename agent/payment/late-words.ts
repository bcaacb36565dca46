import type { EventData, EventEnvelope } from '../../protocols/backend/events.ts';
import type { TerminalResult } from '../../protocols/terminal/messages.ts';
import type { Clock } from '../clock.ts';
import type { PaymentTerminal } from '../devices/terminal/payment-terminal.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { AttemptRecord, Order, TillRecord } from '../journal/records.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import type { Attempt } from './attempt.ts';
import { isYesBehindNo, type LateWord } from './card.ts';
import { lateEvent } from './card-event.ts';
import type { DisputeTurn } from './dispute-turn.ts';
import { surprisedHoldEvent } from './hold-event.ts';
import { lateYesOfCard } from './late-money.ts';
import { isNoted } from './order-dispute.ts';

export interface LateWordsParts {
  readonly book: TillBook;
  readonly terminal: () => PaymentTerminal;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly disputes: Pick<DisputeTurn, 'take'>;
  readonly onChange: (attempt: Attempt, order: Order) => void;
}

/** What the terminal says that nobody waits for: kept as evidence, never applied. */
export class LateWords {
  readonly #parts: LateWordsParts;
  #isStopped = false;

  constructor(parts: LateWordsParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** About a command that is over. A yes behind a no is money that nobody expects: the order is a person's. */
  async storeBehind(result: TerminalResult): Promise<boolean> {
    const about = [...this.#parts.book.attempts.values()].find(
      ({ attempt: { card } }) => card?.command.reference === result.reference,
    );
    if (!about || !isYesBehindNo(about.attempt, result)) return this.store(result, about?.attempt.attemptId);
    const isStored = await this.#storeYes(result, about);
    this.#dispute(about, result, isStored);
    return isStored;
  }

  /** `during`: the attempt that was under way, or that the terminal was asked about. */
  store(late: LateWord, during: string | undefined): Promise<boolean> {
    return this.#write(late, during, () => ({}));
  }

  /** The attempt with it, and what the backend hears of its hold, are the same entry: no crash comes between. */
  #storeYes(late: LateWord, { attempt, ...times }: AttemptRecord): Promise<boolean> {
    const { book, backendNow } = this.#parts;
    return this.#write(late, attempt.attemptId, () => {
      const order = book.orders.get(attempt.orderId);
      const surprised = { ...times, attempt: { ...attempt, late: lateYesOfCard(late, backendNow()) } };
      const hold = surprisedHoldEvent(attempt, late, book);
      return {
        ...(order && isNoted(order, attempt.attemptId) ? {} : { surprised }),
        ...(hold && { holdEvent: this.#event(hold) }),
      };
    });
  }

  /** `more`: made behind the word's own event, which has the number before. */
  async #write(
    late: LateWord,
    during: string | undefined,
    more: () => Pick<Extract<TillRecord, { type: 'TERMINAL_LATE' }>, 'surprised' | 'holdEvent'>,
  ): Promise<boolean> {
    const { book, log } = this.#parts;
    const { protocol } = this.#parts.terminal();
    const data = lateEvent(late, protocol, during);
    log.warn({ ...data }, 'the terminal speaks of a transaction that nobody waits for: kept, not applied');
    const about = during === undefined ? {} : { during };
    try {
      const event = this.#event(data);
      await book.write({ type: 'TERMINAL_LATE', late, protocol, event, ...about, ...more() });
      return true;
    } catch (error) {
      log.error({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
      return false;
    }
  }

  /** The record of the yes disputes the order when it is folded; here what runs of the order is given up. */
  #dispute(record: AttemptRecord, result: TerminalResult, isWritten: boolean): void {
    const { attempt } = record;
    const { orderId, attemptId } = attempt;
    const { book, log, disputes, onChange } = this.#parts;
    log.error({ orderId, attemptId }, 'the terminal charged what it had refused: the order is disputed');
    disputes.take(orderId, async () => {
      // whatever else can write the order waits for this: nothing is paid for it before the yes is on disk
      if (!isWritten) await this.#insist(() => this.#storeYes(result, record));
      const order = book.orders.get(orderId);
      if (order) onChange(attempt, order);
    });
  }

  #event(data: EventData): EventEnvelope {
    const { book, newId, boot, backendNow } = this.#parts;
    return book.event(data, newId(), boot, backendNow());
  }

  async #insist(write: () => Promise<boolean>): Promise<void> {
    while (!this.#isStopped && !(await write()))
      await new Promise<void>((resolve) => this.#parts.clock.after(JOURNAL_RETRY_MS, resolve));
  }
}
