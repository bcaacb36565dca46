import type { Clock } from '../clock.ts';
import { type Entry, type EntryRef, joinWrite, sealLine } from './entry.ts';
import type { JournalFiles } from './files.ts';
import type { Reserve } from './reserve.ts';
import { type Cursor, type EachEntry, type Place, segmentName } from './segments.ts';
import { WallTime } from './wall-time.ts';

/** A segment is closed when it holds this many bytes; the next entry opens a new one. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** One write at most; what waits beyond it shares the next. */
const WRITE_BYTES = 1024 * 1024;
/** A disk that does not come back: further entries are refused rather than queued. */
const WAITING_ENTRIES = 10_000;
/** An entry that nobody waits for shares the sync of the next one, or gets its own after this. */
const SOON_MS = 20;
/** An entry is a few hundred bytes; a command may carry 64 KiB. */
const ENTRY_BYTES = 256 * 1024;

export type JournalRecord = Pick<Entry, 'type' | 'data'>;

/** `soon`: nobody acts on the entry, so it waits a moment for another one to share a sync with. */
export type AppendWhen = 'now' | 'soon';

/** Surely not kept. */
export class JournalUnavailable extends Error {
  readonly code = 'JOURNAL_UNAVAILABLE';
}

/** Entries are missing or unreadable: no new payment until a person has looked. */
export class JournalDamaged extends Error {
  readonly code = 'JOURNAL_DAMAGED';
}

interface Waiting {
  readonly entry: Entry;
  readonly line: Uint8Array;
  readonly when: AppendWhen;
  readonly resolve: (entry: Entry) => void;
  readonly reject: (error: Error) => void;
}

export interface JournalParts {
  readonly files: JournalFiles;
  readonly clock: Clock;
  readonly terminal: string;
  readonly reserve: Reserve;
  /** after each entry that is on disk, in order, before its append resolves */
  readonly kept: EachEntry;
}

/**
 * The till's record: append only, hash-chained, on disk before anybody acts on it. Appends that arrive while a sync is
 * under way share the next one (group commit).
 */
export class Journal {
  readonly #parts: JournalParts;
  readonly #wallTime = new WallTime();
  /** what the disk surely holds; sealing starts again from here after a failed write */
  #durable: Cursor;
  #seq: number;
  #hash: string;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #callOffSoon: (() => void) | undefined;
  /** bytes of a failed write may stand behind the durable end */
  #dirty: boolean;

  /** what stands before may not be durable yet: the next write shares its sync with it, and is marked so */
  unsettled = false;

  /** Goes on behind `cursor`; in a new segment when `roll`, because damage stands at the end of the last one. */
  constructor(
    parts: JournalParts,
    cursor: Cursor,
    { roll, dirty }: { readonly roll: boolean; readonly dirty: boolean },
  ) {
    this.#parts = parts;
    this.#durable = roll ? { ...cursor, segment: cursor.segment + 1, offset: 0 } : { ...cursor };
    this.#seq = cursor.seq;
    this.#hash = cursor.hash;
    this.#dirty = dirty && !roll;
  }

  /** Sequence number and hash of the newest entry on disk. */
  get head(): EntryRef {
    const { seq, hash } = this.#durable;
    return { seq, hash };
  }

  /** Where the log surely ends. */
  get end(): Readonly<Cursor> {
    return { ...this.#durable };
  }

  /**
   * Resolves when the entry is on disk (fdatasync); rejects with {@link JournalUnavailable} when it is surely not kept.
   */
  append(record: JournalRecord, when: AppendWhen = 'now'): Promise<Entry> {
    if (this.#waiting.length >= WAITING_ENTRIES)
      return Promise.reject(new JournalUnavailable(`${WAITING_ENTRIES} entries wait for the disk`));
    const { entry, line } = sealLine({
      v: 1,
      seq: this.#seq + 1,
      ts: this.#wallTime.text(this.#parts.clock.now()),
      terminal: this.#parts.terminal,
      type: record.type,
      data: record.data,
      prev: this.#hash,
    });
    if (line.length > ENTRY_BYTES) return Promise.reject(new JournalUnavailable(`an entry of ${line.length} bytes`));
    this.#seq = entry.seq;
    this.#hash = entry.hash;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, line, when, resolve, reject });
      if (when !== 'soon') this.#begin();
      else this.#callOffSoon ??= this.#parts.clock.after(SOON_MS, () => this.#begin());
    });
  }

  #begin(): void {
    this.#callOffSoon?.();
    this.#callOffSoon = undefined;
    this.#writing ??= this.#write();
  }

  /** Resolves when no write is under way; of what waits for company, nothing is promised. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    if (this.#waiting.length > 0) this.#begin();
    await this.#writing;
    await this.#parts.files.close();
  }

  async #write(): Promise<void> {
    // Whatever is appended in this same turn shares the first sync.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#commit(batch);
      } catch (error) {
        this.#giveUp([...batch, ...this.#waiting.splice(0)], error);
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ line }) => (bytes += line.length) > WRITE_BYTES);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(1, end));
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const bytes = bytesOf(batch, this.unsettled);
    try {
      await this.#store(bytes);
    } catch (error) {
      // A full disk: the reserve gives room for payments under way. New ones are refused as long as it is spent.
      if (!(await this.#parts.reserve.spend(error))) throw error;
      await this.#store(bytes);
    }
    this.unsettled = false;
    for (const { entry, line, resolve } of batch) {
      this.#parts.kept(entry, this.#advance(entry, line.length));
      resolve(entry);
    }
  }

  async #store(bytes: Uint8Array): Promise<void> {
    const { files } = this.#parts;
    if (this.#dirty) await this.#cutUnfinished();
    if (this.#durable.offset >= SEGMENT_BYTES)
      Object.assign(this.#durable, { segment: this.#durable.segment + 1, offset: 0 });
    const name = segmentName(this.#durable.segment);
    this.#dirty = true;
    await files.append(name, bytes);
    await files.sync(name);
    this.#dirty = false;
  }

  #advance({ seq, hash }: Entry, bytes: number): Place {
    const { segment, offset } = this.#durable;
    this.#durable = { segment, offset: offset + bytes, seq, hash };
    return { segment, offset, bytes };
  }

  /** Bytes of a failed write may stand at the end; the file ends again where it surely was good. */
  async #cutUnfinished(): Promise<void> {
    const { segment, offset } = this.#durable;
    // A file that could not even be made cannot be cut.
    if (offset === 0) await this.#parts.files.remove(segmentName(segment));
    else await this.#parts.files.cut(segmentName(segment), offset);
    this.#dirty = false;
  }

  #giveUp(batch: readonly Waiting[], cause: unknown): void {
    this.#seq = this.#durable.seq;
    this.#hash = this.#durable.hash;
    const reason = cause instanceof Error ? cause.message : String(cause);
    for (const { reject } of batch) reject(new JournalUnavailable(reason, { cause }));
  }
}

function bytesOf(batch: readonly Waiting[], joined: boolean): Uint8Array {
  const [first, ...others] = batch;
  if (joined && first) joinWrite(first.line);
  for (const { line } of others) joinWrite(line);
  return others.length === 0 && first ? first.line : Buffer.concat(batch.map(({ line }) => line));
}
