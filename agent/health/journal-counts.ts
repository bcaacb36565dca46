import type { Clock } from '../clock.ts';
import type { Entry } from '../journal/entry.ts';
import type { JournalFiles } from '../journal/files.ts';
import { eventsOf, fromJournal, type TillRecord } from '../journal/records.ts';
import type { Counts } from './counts.ts';

/** Commands whose end is waited for; one that never ends must not stay for ever. */
const MOST_COMMANDS = 1_000;

/** Counts what the journal keeps: nothing else in the till has to say it twice. */
export class JournalCounts {
  readonly #counts: Counts;
  readonly #clock: Clock;
  readonly #begun = new Map<string, { readonly verb: string; readonly at: number }>();
  readonly #queries = new Map<string, number>();

  constructor(counts: Counts, clock: Clock) {
    this.#counts = counts;
    this.#clock = clock;
  }

  /** The disk's syncs, with their durations. */
  timed(files: JournalFiles): JournalFiles {
    return {
      list: () => files.list(),
      read: (name, from, length) => files.read(name, from, length),
      append: (name, bytes) => files.append(name, bytes),
      sync: async (name) => {
        const began = this.#clock.mono();
        await files.sync(name);
        const took = this.#clock.mono() - began;
        // behind what waits for the sync: a request, a slip
        this.#clock.after(0, () => this.#counts.took('fsync', took / 1000));
      },
      cut: (name, length) => files.cut(name, length),
      rename: (from, to) => files.rename(from, to),
      remove: (name) => files.remove(name),
      close: () => files.close(),
    };
  }

  kept(entry: Entry): void {
    const record = fromJournal(entry);
    for (const { data } of eventsOf(record)) this.#event(data);
    this.#record(record);
  }

  #record(record: TillRecord): void {
    switch (record.type) {
      case 'COMMAND':
        return this.#command(record.command.id, record.command.type);
      case 'COMMAND_RESULT':
        return this.#result(record.result.id, record.result.phase, record.result.status);
      case 'SLIP':
        return this.#printed(record.slip.state);
      case 'DOCUMENT_PROGRESS':
        return this.#printed(record.progress.state);
      case 'OUTBOX_DROP':
        return this.#counts.add('outboxDropped', { class: record.reason }, record.count);
      case 'ATTEMPT':
        return this.#asked(record.record.attempt);
      default:
        return undefined;
    }
  }

  #command(id: string, verb: string): void {
    if (this.#begun.size < MOST_COMMANDS) this.#begun.set(id, { verb, at: this.#clock.mono() });
  }

  #result(id: string, phase: string, status: string): void {
    const begun = this.#begun.get(id);
    if (phase !== 'final' || !begun) return;
    this.#begun.delete(id);
    this.#counts.add('commands', { type: begun.verb, status });
    this.#counts.took('command', (this.#clock.mono() - begun.at) / 1000);
  }

  #printed(state: string): void {
    if (state !== 'queued' && state !== 'sending') this.#counts.add('printJobs', { status: state });
  }

  /** A question after an attempt; its outcome is the state that it led to. */
  #asked({
    attemptId,
    queries,
    state,
    doing,
  }: {
    attemptId: string;
    queries: number;
    state: string;
    doing: { kind: string };
  }): void {
    if (queries > (this.#queries.get(attemptId) ?? 0)) this.#counts.add('inquiries', { outcome: state.toLowerCase() });
    if (doing.kind === 'done') this.#queries.delete(attemptId);
    else this.#queries.set(attemptId, queries);
  }

  #event(data: {
    readonly type: string;
    readonly timings?: object | undefined;
    readonly paidToPrintedMs?: number | undefined;
  }): void {
    const { scanToPublishMs, scanToPaidMs } = (data.timings ?? {}) as Record<string, number | undefined>;
    if (scanToPublishMs !== undefined) this.#counts.took('scanToPublish', scanToPublishMs / 1000);
    if (scanToPaidMs !== undefined) this.#counts.took('scanToPaid', scanToPaidMs / 1000);
    if (data.paidToPrintedMs !== undefined) this.#counts.took('paidToPrinted', data.paidToPrintedMs / 1000);
  }
}
