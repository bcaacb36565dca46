import type { Clock } from '../clock.ts';
import type { Trouble } from './book.ts';
import { type Mark, writeCheckpoint } from './checkpoint.ts';
import type { JournalFiles } from './files.ts';
import { forgettable } from './forgetting.ts';
import type { OutboxLimits } from './outbox.ts';
import type { OutboxDrop, TillRecord } from './records.ts';
import { retirable } from './retention.ts';
import { segmentName, segmentsOf } from './segments.ts';
import { snapshotOf } from './snapshot.ts';
import type { TillState } from './state.ts';

export interface Kept {
  /** a start reads at most about this many entries behind a checkpoint */
  readonly checkpointEntries: number;
  readonly outboxLimits: OutboxLimits;
  /** how long entries stay on this till, ms */
  readonly keptMs: number;
}

export interface HousekeepingParts {
  readonly files: JournalFiles;
  readonly clock: Clock;
  readonly state: TillState;
  readonly kept: Kept;
  /** entries behind the checkpoint that this start began with */
  readonly entriesRead: number;
  readonly book: {
    readonly trouble: Trouble | undefined;
    readonly backendNow: () => number | undefined;
    readonly onTrouble: (trouble: Trouble) => void;
    write(record: TillRecord): Promise<void>;
  };
}

/** Keeps the journal short: what leaves memory, what the outbox may hold, checkpoints, segments that nobody needs. */
export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #mark: Mark | undefined;
  #entriesSinceCheckpoint: number;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
    this.#entriesSinceCheckpoint = parts.entriesRead;
  }

  /** An entry was written and folded. */
  written(mark: Mark): void {
    this.#mark = mark;
    this.#entriesSinceCheckpoint++;
    if (this.#entriesSinceCheckpoint >= this.#parts.kept.checkpointEntries) void this.run();
  }

  /** Lets go of what is old, then writes a checkpoint. Never rejects: the log alone is enough for the next start. */
  run(): Promise<void> {
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        this.#parts.book.onTrouble({ code: 'JOURNAL_UNAVAILABLE', detail: `no checkpoint: ${String(error)}` });
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** A last checkpoint when there is something new, so that the next start reads almost nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    if (this.#entriesSinceCheckpoint > 0) await this.run();
  }

  async #run(): Promise<void> {
    const { state, book, clock } = this.#parts;
    this.#entriesSinceCheckpoint = 0;
    const now = { backend: book.backendNow(), wall: clock.now() };
    for (const forgotten of forgettable(state, now)) await book.write({ type: 'FORGET', ...forgotten });
    for (let excess = this.#excess(now.backend); excess; excess = this.#excess(now.backend))
      await book.write({ type: 'OUTBOX_DROP', ...excess });
    await this.#checkpoint();
    if (now.backend !== undefined) await this.#retire(now.backend);
  }

  #excess(backendNow: number | undefined): OutboxDrop | undefined {
    return this.#parts.state.outbox.excess(this.#parts.kept.outboxLimits, backendNow ?? 0);
  }

  /** The state behind the newest entry, copied now and written at leisure: entries go on meanwhile. */
  async #checkpoint(): Promise<void> {
    if (!this.#mark) return;
    const { files, state, clock } = this.#parts;
    const pause = () => (this.#closed ? Promise.resolve() : new Promise<void>((resolve) => clock.after(0, resolve)));
    await writeCheckpoint(files, this.#mark, snapshotOf(state), pause);
  }

  /** Removes segments that nobody needs any more. The entry that says so comes first, so that a crash leaves no riddle. */
  async #retire(now: number): Promise<void> {
    const { files, state, book, kept } = this.#parts;
    if (!this.#mark || book.trouble) return;
    const found = await retirable(files, state, { now, keptMs: kept.keptMs, upto: this.#mark });
    if (!found) return;
    const { segment, last } = found;
    const { outbox, anchor, boot, settings, periods, reconciledDays } = state;
    const carried = [...state.carried.values()];
    const told = { segment, last: { seq: last.seq, hash: last.hash }, eventSeq: outbox.lastSeq, acked: outbox.acked };
    const seen = { ...(anchor === undefined ? {} : { anchor }), ...(boot === undefined ? {} : { boot }) };
    await book.write({ type: 'RETIRED', ...told, settings, periods, carried, reconciledDays, ...seen });
    for (const number of segmentsOf(await files.list())) if (number <= segment) await files.remove(segmentName(number));
  }
}
