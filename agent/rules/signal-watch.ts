import type { EventData } from '../../protocols/backend/events.ts';
import type { SignalName } from '../../protocols/backend/till-events.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { type Attempt, isFinal } from '../payment/attempt.ts';
import type { Category } from '../payment/categories.ts';
import type { ScanRefusal } from '../payment/scan-refusals.ts';
import { thresholdsOf } from './rule-tables.ts';
import { alertOf, type Happened, memoryOf, signalsOf, type Thresholds } from './signals.ts';

export interface SignalWatchParts {
  readonly book: TillBook;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  /** of the configuration */
  readonly thresholds: Partial<Thresholds>;
  /** behind this signal the till makes its own limits stricter */
  readonly tighten: (cause: string) => void;
}

/** A gun that fires at a poster all day: the newest are enough. */
const KEPT = 2_000;

const INVALID: ReadonlySet<Category | ScanRefusal> = new Set([
  'CODE_INVALID',
  'CODE_EXPIRED',
  'CODE_USED',
  'WRONG_CODE_KIND',
]);
const OVER: ReadonlySet<string> = new Set(['AMOUNT_OVER_LIMIT', 'LIMIT_REACHED']);

/**
 * Counts what happens at the till and sends signals to the backend's risk desk (evt/signal, evt/alert). It judges nobody and
 * refuses nothing; some signals make the till's own limits stricter.
 */
export class SignalWatch {
  readonly #parts: SignalWatchParts;
  #happened: Happened[] = [];
  /** open attempts whose customer was asked for a password */
  readonly #askedPassword = new Set<string>();
  /** sent, and not yet in the book */
  readonly #telling = new Set<string>();

  constructor(parts: SignalWatchParts) {
    this.#parts = parts;
    this.#remember();
  }

  /** The runner wrote down a change of an attempt. */
  attemptChanged(attempt: Attempt): void {
    const { attemptId, state, category } = attempt;
    if (state === 'USER_PAYING') this.#askedPassword.add(attemptId);
    if (!isFinal(attempt)) return;
    const at = this.#parts.backendNow();
    if (state === 'PAID') this.#happen(paidFact(attempt, at));
    else if (INVALID.has(category)) this.#happen({ kind: 'invalid-code', at, attemptId });
    if (this.#askedPassword.delete(attemptId))
      this.#happen({ kind: 'asked-password', at, attemptId, reversed: state === 'REVERSED' });
  }

  scanRefused(reason: ScanRefusal): void {
    const at = this.#parts.backendNow();
    if (INVALID.has(reason)) this.#happen({ kind: 'invalid-code', at });
    this.refused(reason);
  }

  /** A payment was refused before it began, at the counter or by a command. */
  refused(code: string): void {
    if (OVER.has(code)) this.#happen({ kind: 'over-limit', at: this.#parts.backendNow() });
  }

  /** Told of every change of a refund; its asking counts once. */
  refundAsked(refundId: string): void {
    if (this.#happened.some((one) => one.refundId === refundId)) return;
    this.#happen({ kind: 'refund-asked', at: this.#parts.backendNow(), refundId });
  }

  /** What an earlier process has seen of the last hours. */
  #remember(): void {
    const { book } = this.#parts;
    for (const { attempt } of book.attempts.values()) {
      if (attempt.state === 'USER_PAYING') this.#askedPassword.add(attempt.attemptId);
      if (attempt.state === 'PAID' && attempt.paidAt !== undefined)
        this.#happened.push(paidFact(attempt, attempt.paidAt));
      else if (INVALID.has(attempt.category) && attempt.settledAt !== undefined)
        this.#happened.push({ kind: 'invalid-code', at: attempt.settledAt, attemptId: attempt.attemptId });
    }
    for (const { refundId, requestedAt } of book.refunds.values())
      this.#happened.push({ kind: 'refund-asked', at: requestedAt, refundId });
    this.#happened.sort((one, other) => one.at - other.at);
  }

  #happen(happened: Happened): void {
    const { book, log } = this.#parts;
    const thresholds = thresholdsOf(book.settings, this.#parts.thresholds);
    const from = happened.at - memoryOf(thresholds);
    this.#happened = [...this.#happened.filter(({ at }) => at > from), happened].slice(-KEPT);
    for (const { tightens, ...signal } of signalsOf(this.#happened, thresholds, (name) => this.#toldAt(name))) {
      log.warn(signal, 'something that a risk desk may want to look at');
      this.#tell(signal.signal, { type: 'signal', ...signal, attemptIds: [...signal.attemptIds] });
      if (tightens) this.#parts.tighten(`SIGNAL_${signal.signal}`);
    }
    const alert = alertOf(this.#happened, this.#toldAt('REVERSALS_AFTER_USER_PAYING'));
    if (alert)
      this.#tell('REVERSALS_AFTER_USER_PAYING', { type: 'alert', alert: 'REVERSALS_AFTER_USER_PAYING', ...alert });
  }

  #toldAt(what: SignalName | 'REVERSALS_AFTER_USER_PAYING'): number | undefined {
    return this.#telling.has(what) ? Number.POSITIVE_INFINITY : this.#parts.book.toldAt(what);
  }

  #tell(what: string, data: EventData): void {
    const { book, newId, boot, backendNow, log } = this.#parts;
    this.#telling.add(what);
    void book
      .write({ type: 'EVENT', event: book.event(data, newId(), boot, backendNow()) })
      .catch((error: unknown) => log.warn({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE')))
      .finally(() => this.#telling.delete(what));
  }
}

function paidFact({ attemptId, amountFen, payer }: Attempt, at: number): Happened {
  return { kind: 'paid', at, attemptId, amountFen, ...(payer === undefined ? {} : { payer }) };
}
