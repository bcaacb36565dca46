import type { EventEnvelope } from '../../protocols/backend/events.ts';
import type { LogFiles } from './files.ts';
import type { Outbox, OutboxRef } from './outbox.ts';
import { entryAt } from './place.ts';
import { eventsOf, fromJournal } from './records.ts';

/** Reads the front of the outbox back from the log when its turn comes. */
export class ReadAhead {
  readonly #files: LogFiles;
  readonly #outbox: Outbox;
  #reading: Promise<void> | undefined;
  /** events were read */
  onRead: () => void = () => {};
  /** events that can no longer be read from the log */
  onLost: (lost: readonly OutboxRef[]) => Promise<void> = () => Promise.resolve();

  constructor(files: LogFiles, outbox: Outbox) {
    this.#files = files;
    this.#outbox = outbox;
  }

  /** One reading at a time; resolves when the front is in memory. */
  fill(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const unread = this.#outbox.unread();
    const lost: OutboxRef[] = [];
    for (const ref of unread) {
      const event = await this.#eventAt(ref);
      if (event) this.#outbox.supply(event);
      else lost.push(ref);
    }
    if (lost.length > 0) await this.onLost(lost);
    if (unread.length > lost.length) this.onRead();
  }

  async #eventAt([seq, , , segment, offset, bytes]: OutboxRef): Promise<EventEnvelope | undefined> {
    const entry = await entryAt(this.#files, { segment, offset, bytes });
    return entry && eventsOf(fromJournal(entry)).find((event) => event.seq === seq);
  }
}
