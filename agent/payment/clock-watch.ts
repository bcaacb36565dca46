import type { EventData, EventEnvelope } from '../../protocols/backend/events.ts';
import type { ClockSkew } from '../backend/skew.ts';
import { explain } from '../errors.ts';
import type { TillRecord } from '../journal/records.ts';
import type { Log } from '../log.ts';

export interface ClockWatchParts {
  readonly skew: Pick<ClockSkew, 'trusted' | 'wallClockErrorMs' | 'known'>;
  readonly book: {
    write(record: TillRecord): Promise<void>;
    event(data: EventData, id: string, boot: string, ts: number): EventEnvelope;
  };
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  /** the clock cannot be believed from now on */
  readonly onUntrusted?: () => void;
}

/** Before the first payment the backend's time is waited for this long: a till that has just connected gets it in milliseconds. */
const FIRST_WORD_MS = 3_000;

/**
 * Says when the PC's clock cannot be believed, and when it can again: to the technician in the log, to the backend as an
 * event. Once per change. Payments go on, because every time-out is monotonic and slips print backend time; what gets
 * stricter is said in {@link AttemptRunner.resume}.
 */
export class ClockWatch {
  readonly #parts: ClockWatchParts;
  #told = true;
  #waited = false;

  constructor(parts: ClockWatchParts) {
    this.#parts = parts;
  }

  /**
   * Waits, once and for a moment, until the backend has told the time: a payment should not begin by a clock that nobody has
   * compared. True: it waited, and what was judged before may no longer hold.
   */
  async firstWord(): Promise<boolean> {
    const { skew } = this.#parts;
    if (this.#waited || skew.wallClockErrorMs !== undefined) return false;
    this.#waited = true;
    await skew.known(FIRST_WORD_MS);
    return true;
  }

  /** Call when the backend's time was measured, and before a payment. */
  check(): void {
    const { skew, log } = this.#parts;
    const { trusted, wallClockErrorMs: errorMs } = skew;
    if (trusted === this.#told) return;
    this.#told = trusted;
    const fields = { code: 'CLOCK_UNTRUSTED', ...(errorMs === undefined ? {} : { errorMs }) };
    if (trusted) log.info(fields, 'clock agrees with the backend again');
    else log.warn(fields, explain('CLOCK_UNTRUSTED'));
    void this.#tellBackend(trusted, errorMs);
    if (!trusted) this.#parts.onUntrusted?.();
  }

  async #tellBackend(trusted: boolean, errorMs: number | undefined): Promise<void> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    const data = { type: 'clock', trusted, ...(errorMs === undefined ? {} : { errorMs }) } as const;
    try {
      await book.write({ type: 'EVENT', event: book.event(data, newId(), boot, backendNow()) });
    } catch (error) {
      log.warn({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    }
  }
}
