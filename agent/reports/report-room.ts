import type { TillBook } from '../journal/book.ts';
import type { Entry } from '../journal/entry.ts';
import type { LogFiles } from '../journal/files.ts';
import { LogReader } from '../journal/log-reader.ts';
import { eventsOf, fromJournal } from '../journal/records.ts';
import type { Log } from '../log.ts';
import type { HoldShelf } from '../payment/standing-holds.ts';
import type { ContractRates } from '../statements/reconcile.ts';
import { closingEvent } from './closing-event.ts';
import { holdsReport } from './holds-report.ts';
import type { Report } from './report.ts';
import { ShopTime } from './shop-time.ts';
import { TakingsFold } from './takings.ts';

export interface ReportParts {
  readonly book: Pick<TillBook, 'periods' | 'head' | 'write' | 'event'>;
  readonly files: LogFiles;
  readonly log: Log;
  readonly rates: ContractRates;
  readonly timeZone: string;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly holds: Pick<HoldShelf, 'standing'>;
}

/** Why a shift or day was not opened or closed: it is not the one that the caller believes. */
export class OtherPeriod extends Error {}

/** Shifts and business days: what they came to so far, and their opening and closing by a person. */
export class ReportRoom {
  readonly #parts: ReportParts;
  readonly #time: ShopTime;
  /** one opening or closing after the other */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: ReportParts) {
    this.#parts = parts;
    this.#time = new ShopTime(parts.timeZone);
  }

  /** The running shift or business day so far. `undefined`: no shift is open. */
  async report(kind: 'shift' | 'day'): Promise<Report | undefined> {
    const { periods } = this.#parts.book;
    if (kind === 'day') return this.#sum(kind, periods.dayNumber, periods.dayAfter, periods.dayFrom);
    const { shift } = periods;
    if (!shift) return undefined;
    return { ...(await this.#sum(kind, shift.number, shift.after, shift.at)), openedBy: shift.personId };
  }

  /** Begins a shift. Rejects with {@link OtherPeriod} while one is open. */
  openShift(personId: string): Promise<Report> {
    return this.#inTurn(async () => {
      const { book, backendNow, log } = this.#parts;
      const { shift, shiftsSoFar } = book.periods;
      if (shift) throw new OtherPeriod(`shift ${shift.number} of ${shift.personId} is open`);
      const number = shiftsSoFar + 1;
      await book.write({ type: 'PERIOD', deed: { kind: 'shift-opened', number, personId, at: backendNow() } });
      log.info({ number, personId }, 'shift opened');
      return this.#existing('shift');
    });
  }

  /** Ends the shift `number`; what it came to is in the journal. Rejects with {@link OtherPeriod} when another one runs. */
  closeShift(number: number, personId: string): Promise<Report> {
    return this.#inTurn(async () => {
      const { shift } = this.#parts.book.periods;
      if (shift?.number !== number) throw new OtherPeriod(shift ? `shift ${shift.number} is open` : 'no shift is open');
      return this.#close('shift', personId);
    });
  }

  /** Ends the business day `number`. Its shift must be closed before. */
  closeDay(number: number, personId: string): Promise<Report> {
    return this.#inTurn(async () => {
      const { shift, dayNumber } = this.#parts.book.periods;
      if (dayNumber !== number) throw new OtherPeriod(`the business day that runs has number ${dayNumber}`);
      if (shift) throw new OtherPeriod(`shift ${shift.number} is still open`);
      return this.#close('day', personId);
    });
  }

  async #close(kind: 'shift' | 'day', personId: string): Promise<Report> {
    const { book, log, newId, boot, backendNow } = this.#parts;
    const report: Report = { ...(await this.#existing(kind)), closedBy: personId };
    const { number = 0 } = report;
    const event = book.event(closingEvent(kind, report, personId), newId(), boot, backendNow());
    await book.write({ type: 'PERIOD', deed: { kind: `${kind}-closed`, number, personId, report }, event });
    const { count, salesFen, refundFen } = report.total;
    log.info({ number, personId, count, salesFen, refundFen }, kind === 'shift' ? 'shift closed' : 'day closed');
    return report;
  }

  async #existing(kind: 'shift' | 'day'): Promise<Report> {
    const report = await this.report(kind);
    if (!report) throw new OtherPeriod('no shift is open');
    return report;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Reads the log in small pieces: payments go on meanwhile. */
  async #sum(kind: 'shift' | 'day', number: number, after: number, began: number | undefined): Promise<Report> {
    const { files, rates, backendNow, book } = this.#parts;
    const fold = new TakingsFold({ rates, time: this.#time });
    const reader = new LogReader(files, after);
    const upto = book.head;
    const holds = holdsReport(this.#parts.holds.standing());
    let from = began;
    let events: Report['events'];
    for (let entries = await reader.next(); entries.length > 0; entries = await reader.next()) {
      for (const entry of entries) {
        from ??= Date.parse(entry.ts);
        if (entry.seq > upto.seq) break;
        fold.take(entry);
        events = withEvent(events, entry);
      }
      if ((entries.at(-1)?.seq ?? 0) >= upto.seq) break;
    }
    const until = backendNow();
    const { timeZone } = this.#time;
    const told = events === undefined ? {} : { events };
    return {
      kind,
      number,
      from: from ?? until,
      until,
      timeZone,
      ...fold.takings(),
      journal: upto,
      ...(holds && { holds }),
      ...told,
    };
  }
}

/** The backend can add up for itself what it was told of. */
function withEvent(events: Report['events'], entry: Entry): Report['events'] {
  const told = eventsOf(fromJournal(entry));
  const [first, last] = [told[0], told.at(-1)];
  return first && last ? { from: events?.from ?? first.seq, to: last.seq } : events;
}
