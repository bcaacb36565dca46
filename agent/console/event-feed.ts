import type { Clock } from '../clock.ts';
import type { Entry } from '../journal/entry.ts';
import type { LogFiles } from '../journal/files.ts';
import { LogReader } from '../journal/log-reader.ts';
import { eventOf, type Happening, isEvent, type TillEvent } from './journal-events.ts';

/** Events kept at hand; whoever is further behind reads the log. A busy hour. */
const AT_HAND = 1_000;
/** Refused scans and their like, at hand for readers that are a moment behind. */
const MOST_PASSING = 16;
/** Events of one answer. */
const BATCH = 100;

export interface FeedParts {
  readonly files: LogFiles;
  /** number of the newest entry on disk */
  readonly head: () => number;
  readonly clock: Clock;
}

/**
 * What happens at the till, for whoever watches. An event's number is that of its journal entry, so it means the same
 * after a restart. Nothing is queued for a reader: each has a place and asks for what stands behind it.
 */
export class EventFeed {
  readonly #parts: FeedParts;
  /** the newest entries that are events, complete behind entry `#completeAfter`; made events when somebody asks */
  #atHand: Entry[] = [];
  #completeAfter: number;
  /** what passed by and is in no journal, newest last */
  #passing: (Happening & { readonly serial: number })[] = [];
  #passed = 0;
  #head: number;
  readonly #waiting = new Set<() => void>();
  #stopped = false;
  #wakes = 0;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#head = parts.head();
    this.#completeAfter = this.#head;
  }

  /** Number of the newest entry that readers may know of. */
  get head(): number {
    return this.#head;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** An entry is on disk. */
  kept(entry: Entry): void {
    this.#head = entry.seq;
    if (!isEvent(entry)) return;
    this.#atHand.push(entry);
    const oldest = this.#atHand.length > AT_HAND ? this.#atHand.shift() : undefined;
    if (oldest) this.#completeAfter = oldest.seq;
    this.wake();
  }

  /** Tells whoever watches now of something that is no entry. */
  pass(type: string, data: object): void {
    this.#passing = [...this.#passing, { serial: ++this.#passed, type, data }].slice(-MOST_PASSING);
    // not in this very moment: a reader may be about to wait
    this.#parts.clock.after(0, () => this.wake());
  }

  /** Number of what passed by last. */
  get passed(): number {
    return this.#passed;
  }

  /** What passed by behind that one. */
  passing(after: number): readonly Happening[] {
    return this.#passing.filter(({ serial }) => serial > after).map(({ type, data }) => ({ type, data }));
  }

  reader(after: number): EventReader {
    return new EventReader(this, this.#parts.files, after);
  }

  /** The events behind an entry that are at hand; `undefined`: some of them are only in the log. */
  atHand(after: number): readonly TillEvent[] | undefined {
    if (after < this.#completeAfter) return undefined;
    const first = this.#atHand.findIndex(({ seq }) => seq > after);
    return first < 0 ? [] : this.#atHand.slice(first, first + BATCH).flatMap((entry) => eventOf(entry) ?? []);
  }

  /** How often readers were woken. */
  get wakes(): number {
    return this.#wakes;
  }

  /** Resolves when there may be something new since so many wakes, or after `ms`. */
  news(ms: number, since: number): Promise<void> {
    if (this.#stopped || since !== this.#wakes) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        stop();
        this.#waiting.delete(finish);
        resolve();
      };
      const stop = this.#parts.clock.after(ms, finish);
      this.#waiting.add(finish);
    });
  }

  /** Every reader is told that it is over. */
  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  /** Every reader looks whether it may go on. */
  wake(): void {
    this.#wakes += 1;
    for (const finish of this.#waiting) finish();
  }
}

/** One reader's place. */
export class EventReader {
  readonly #feed: EventFeed;
  readonly #files: LogFiles;
  #after: number;
  #passed: number;
  #log: LogReader | undefined;

  constructor(feed: EventFeed, files: LogFiles, after: number) {
    this.#feed = feed;
    this.#files = files;
    this.#after = after;
    this.#passed = feed.passed;
  }

  /** The next events, oldest first; empty when there is nothing new. */
  async next(): Promise<readonly Happening[]> {
    const { head, passed } = this.#feed;
    const passing = this.#feed.passing(this.#passed);
    this.#passed = passed;
    if (passing.length > 0) return passing;
    if (this.#after > head) return this.#jump(head);
    const events = this.#feed.atHand(this.#after);
    if (!events) return this.#fromLog(head);
    this.#log = undefined;
    this.#after = events.at(-1)?.seq ?? this.#after;
    return events;
  }

  /** The log may hold lines that no sync has covered: they are not told of before the journal keeps them. */
  async #fromLog(head: number): Promise<readonly TillEvent[]> {
    this.#log ??= new LogReader(this.#files, this.#after);
    const read = await this.#log.next();
    const entries = read.filter(({ seq }) => seq <= head);
    if (entries.length < read.length || read.length === 0) this.#log = undefined;
    const events: TillEvent[] = [];
    for (const entry of entries) {
      if (entry.seq > this.#after + 1) events.push(gap(this.#after, entry.seq));
      const event = eventOf(entry);
      if (event) events.push(event);
      this.#after = entry.seq;
    }
    if (entries.length === 0) this.#after = head;
    return events;
  }

  /** The number is from a log that was replaced by an older copy. */
  #jump(head: number): TillEvent[] {
    const told = gap(this.#after, head + 1);
    this.#after = head;
    return [told];
  }
}

/** What lies between two entries is not on this till: whoever counts on it looks at the state anew. */
function gap(after: number, next: number): TillEvent {
  return { seq: next - 1, type: 'gap', data: { after, next } };
}
