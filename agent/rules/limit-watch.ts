import type { EventData } from '../../protocols/backend/events.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { isNearlyUsed, type LimitCase, type LimitRefusal, limitRefusal, type Use, usesOf } from './limit-rules.ts';
import { type OwnLimits, type PayLimits, payLimits } from './limits.ts';
import type { Taken } from './tally.ts';
import { limitKey } from './told.ts';

export interface LimitWatchParts {
  readonly book: TillBook;
  readonly own: OwnLimits & { readonly warnAt: number };
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
}

/**
 * Holds payments to the limits that hold now, and tells the backend when one is nearly used up or says no: once for its
 * period, also across a restart, because what was told is in the journal.
 */
export class LimitWatch {
  readonly #parts: LimitWatchParts;
  /** being written down */
  readonly #telling = new Set<string>();

  constructor(parts: LimitWatchParts) {
    this.#parts = parts;
  }

  get limits(): PayLimits {
    return payLimits(this.#parts.own, this.#parts.book.settings);
  }

  /** How far the limits of the day and of the hour are used. */
  get uses(): Use[] {
    return usesOf(this.#case());
  }

  /** The first rule that forbids a payment of this amount. No effects. */
  refusal(amountFen: number): LimitRefusal | undefined {
    const { book, own } = this.#parts;
    const { limits, tally, open, now } = this.#case();
    return limitRefusal({ amountFen, hours: [own.openHours, book.settings.openHours], limits, tally, open, now });
  }

  /** A payment has begun or is over: what is nearly used up is told. */
  look(): void {
    for (const use of this.uses) if (isNearlyUsed(use, this.#parts.own.warnAt)) this.#tell(use, 'warn');
  }

  /** A payment was refused. */
  refused(amountFen: number): void {
    const no = this.refusal(amountFen);
    if (!no || no.limit === 'openHours' || no.limit === 'maxFen') return;
    const { limit, used, of, since } = no;
    this.#tell({ limit, used, of, since }, 'reached');
  }

  #case(): Omit<LimitCase, 'amountFen' | 'hours'> {
    const { book, backendNow } = this.#parts;
    return { limits: this.limits, tally: book.tally, open: this.#open(), now: backendNow() };
  }

  /** What is under way may be paid yet. */
  #open(): Taken {
    let [fen, count] = [0, 0];
    for (const { attempt } of this.#parts.book.openAttempts()) {
      fen += attempt.amountFen;
      count += 1;
    }
    return { fen, count };
  }

  #tell({ limit, used, of, since }: Use, level: 'warn' | 'reached'): void {
    const key = limitKey(limit, level);
    if ((this.#parts.book.toldAt(key) ?? -1) >= since || this.#telling.has(key)) return;
    this.#telling.add(key);
    this.#parts.log.warn({ limit, level, used, of }, 'a limit of this till is nearly used up');
    void this.#write({ type: 'limit', limit, level, used, of, since: Math.max(0, since) }).finally(() =>
      this.#telling.delete(key),
    );
  }

  async #write(data: EventData): Promise<void> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    try {
      await book.write({ type: 'EVENT', event: book.event(data, newId(), boot, backendNow()) });
    } catch (error) {
      log.warn({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    }
  }
}
