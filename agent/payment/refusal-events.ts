import type { EventData, EventEnvelope } from '../../protocols/backend/events.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { Trouble } from '../journal/book.ts';
import type { TillRecord } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { ScanRefusal } from './scan-refusals.ts';

/** A gun left lying before a barcode fires 40 times a minute; the backend learns as much from ten. */
const EVENTS_PER_WINDOW = 10;
const WINDOW_MS = 60_000;
/** Nothing is sent or stored of a scan without an order (flow-scenarios.json, scan-without-amount); a repetition is no news. */
const UNTOLD: ReadonlySet<ScanRefusal> = new Set(['NO_OPEN_ORDER', 'SAME_CODE_AGAIN']);

export interface RefusedScan {
  readonly reason: ScanRefusal;
  /** characters */
  readonly length: number;
  readonly channel?: Extract<EventData, { type: 'scan-refused' }>['channel'];
}

export interface RefusalEventsParts {
  readonly book: {
    readonly trouble: Trouble | undefined;
    write(record: TillRecord): Promise<void>;
    event(data: EventData, id: string, boot: string, ts: number): EventEnvelope;
  };
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
}

/**
 * Tells the backend of scans that began no payment: why and how long the text was, nothing of the text. The lowest rank of
 * the outbox: the first to go when it is full. A journal in trouble is not asked: what room it has belongs to payments.
 */
export class RefusalEvents {
  readonly #parts: RefusalEventsParts;
  #windowStart = Number.NEGATIVE_INFINITY;
  #told = 0;

  constructor(parts: RefusalEventsParts) {
    this.#parts = parts;
  }

  tell(scan: RefusedScan): void {
    if (UNTOLD.has(scan.reason) || this.#parts.book.trouble || !this.#mayTell()) return;
    void this.#write({ type: 'scan-refused', ...scan });
  }

  #mayTell(): boolean {
    const mono = this.#parts.clock.mono();
    if (mono - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = mono;
      this.#told = 0;
    }
    this.#told += 1;
    return this.#told <= EVENTS_PER_WINDOW;
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
