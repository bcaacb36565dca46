import type { Clock } from '../clock.ts';
import { decodeEntry, type Entry, encodeEntry, GENESIS, hashOf, seal } from './entry.ts';
import type { JournalFiles } from './files.ts';

/** A segment is closed when it holds this many bytes; the next entry opens a new one. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
const SEGMENT_NAME = /^journal-\d{6}\.log$/;

export type JournalRecord = Pick<Entry, 'type' | 'data'>;

/** What opening found besides good entries. */
export interface JournalRepair {
  readonly segment: string;
  /** bytes of an unfinished last write that were cut off */
  readonly tornBytes: number;
}

export class JournalUnavailable extends Error {
  readonly code = 'JOURNAL_UNAVAILABLE';
}

interface Waiting {
  readonly entry: Entry;
  readonly line: Uint8Array;
  readonly resolve: (entry: Entry) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The till's record: append only, hash-chained, on disk before anybody acts on it. Appends that arrive while a sync is
 * under way share the next one (group commit).
 */
export class Journal {
  readonly #files: JournalFiles;
  readonly #clock: Clock;
  readonly #terminal: string;
  #segment: string;
  #segmentBytes: number;
  #seq: number;
  #hash: string;
  /** what the disk surely holds; sealing starts again from here after a failed write */
  #durable: { seq: number; hash: string };
  #waiting: Waiting[] = [];
  #writing = false;
  #dirty = false;

  private constructor(files: JournalFiles, clock: Clock, terminal: string, tail: Tail) {
    this.#files = files;
    this.#clock = clock;
    this.#terminal = terminal;
    this.#segment = tail.segment;
    this.#segmentBytes = tail.bytes;
    this.#seq = tail.seq;
    this.#hash = tail.hash;
    this.#durable = { seq: tail.seq, hash: tail.hash };
  }

  /** Reads everything, calls `each` in order, cuts a torn tail. Rejects when the folder cannot be read. */
  static async open(
    files: JournalFiles,
    clock: Clock,
    terminal: string,
    each: (entry: Entry) => void,
  ): Promise<{ journal: Journal; repairs: readonly JournalRepair[] }> {
    const { tail, repairs } = await readAll(files, each);
    return { journal: new Journal(files, clock, terminal, tail), repairs };
  }

  /** Sequence number and hash of the newest entry on disk. */
  get head(): { readonly seq: number; readonly hash: string } {
    return this.#durable;
  }

  /** Resolves when the entry is on disk (fdatasync); rejects with {@link JournalUnavailable} when it is surely not kept. */
  append(record: JournalRecord): Promise<Entry> {
    const entry = seal({
      v: 1,
      seq: this.#seq + 1,
      ts: new Date(this.#clock.now()).toISOString(),
      terminal: this.#terminal,
      type: record.type,
      data: record.data,
      prev: this.#hash,
    });
    this.#seq = entry.seq;
    this.#hash = entry.hash;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, line: encodeEntry(entry), resolve, reject });
      if (!this.#writing) void this.#write();
    });
  }

  async close(): Promise<void> {
    while (this.#writing) await new Promise((resolve) => setImmediate(resolve));
    await this.#files.close();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#commit(batch);
        for (const { entry, resolve } of batch) resolve(entry);
      } catch (error) {
        this.#giveUp([...batch, ...this.#waiting.splice(0)], error);
      }
    }
    this.#writing = false;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    if (this.#dirty) await this.#cutUnfinished();
    if (this.#segmentBytes >= SEGMENT_BYTES) this.#openNextSegment();
    const bytes = Buffer.concat(batch.map(({ line }) => line));
    this.#dirty = true;
    await this.#files.append(this.#segment, bytes);
    await this.#files.sync(this.#segment);
    this.#dirty = false;
    this.#segmentBytes += bytes.length;
    const last = batch.at(-1)?.entry;
    if (last) this.#durable = { seq: last.seq, hash: last.hash };
  }

  /** Bytes of a failed write may stand at the end; the file ends again where it surely was good. */
  async #cutUnfinished(): Promise<void> {
    await this.#files.cut(this.#segment, this.#segmentBytes);
    this.#dirty = false;
  }

  #giveUp(batch: readonly Waiting[], cause: unknown): void {
    this.#seq = this.#durable.seq;
    this.#hash = this.#durable.hash;
    const reason = cause instanceof Error ? cause.message : String(cause);
    for (const { reject } of batch) reject(new JournalUnavailable(reason, { cause }));
  }

  #openNextSegment(): void {
    const number = Number(this.#segment.slice(8, 14)) + 1;
    this.#segment = segmentName(number);
    this.#segmentBytes = 0;
  }
}

function segmentName(number: number): string {
  return `journal-${String(number).padStart(6, '0')}.log`;
}

interface Tail {
  segment: string;
  bytes: number;
  seq: number;
  hash: string;
}

async function readAll(
  files: JournalFiles,
  each: (entry: Entry) => void,
): Promise<{ tail: Tail; repairs: JournalRepair[] }> {
  const segments = (await files.list()).filter((name) => SEGMENT_NAME.test(name));
  const tail: Tail = { segment: segments[0] ?? segmentName(1), bytes: 0, seq: 0, hash: GENESIS };
  const repairs: JournalRepair[] = [];
  for (const [index, segment] of segments.entries()) {
    const bytes = await files.read(segment);
    const good = readSegment(bytes, tail, each);
    tail.segment = segment;
    tail.bytes = good;
    if (good === bytes.length) continue;
    const torn = index === segments.length - 1 && !hasCompleteLine(bytes.subarray(good));
    if (!torn) throw new JournalDamaged(segment, good);
    await files.cut(segment, good);
    repairs.push({ segment, tornBytes: bytes.length - good });
  }
  return { tail, repairs };
}

/** A journal with a bad entry in the middle is evidence, not garbage: nobody goes on writing over it. */
export class JournalDamaged extends Error {
  readonly code = 'JOURNAL_DAMAGED';
  constructor(segment: string, offset: number) {
    super(`${segment} is damaged at byte ${offset}`);
  }
}

/** Reads entries while CRC, sequence and chain agree; returns how many bytes were good. */
function readSegment(bytes: Uint8Array, tail: Tail, each: (entry: Entry) => void): number {
  let at = 0;
  for (let end = bytes.indexOf(0x0a, at); end >= 0; end = bytes.indexOf(0x0a, at)) {
    const entry = decodeEntry(bytes.subarray(at, end));
    if (!entry || entry.seq !== tail.seq + 1 || entry.prev !== tail.hash || entry.hash !== hashOf(entry)) break;
    tail.seq = entry.seq;
    tail.hash = entry.hash;
    at = end + 1;
    each(entry);
  }
  return at;
}

/** A torn write leaves at most garbage behind its last good line; a whole line after it means something else happened. */
function hasCompleteLine(rest: Uint8Array): boolean {
  for (let at = 0, end = rest.indexOf(0x0a); end >= 0; at = end + 1, end = rest.indexOf(0x0a, at)) {
    const line = rest.subarray(at, end);
    if (decodeEntry(line)) return true;
  }
  return false;
}
