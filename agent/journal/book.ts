import type { Json } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import type { EventData, EventEnvelope } from '../../protocols/backend/events.ts';
import type { CommandMemory, OutboxSource } from '../backend/ports.ts';
import type { Clock } from '../clock.ts';
import type { Hold } from '../payment/hold.ts';
import { type Intent, isIntentOpen } from '../payment/intent.ts';
import type { Settings } from '../payment/terminal-state.ts';
import type { Charge } from '../refunds/charge.ts';
import type { Refund } from '../refunds/refund.ts';
import type { Periods } from '../reports/report.ts';
import type { Notice } from '../rules/notice.ts';
import type { Tally } from '../rules/tally.ts';
import type { Carried } from '../statements/carry.ts';
import type { ReconciledDay } from '../statements/carry-memory.ts';
import { damagedSegments, type FoundDamage, missingEnd, newDamages, quarantine, recordsOf } from './damage.ts';
import type { Entry, EntryRef } from './entry.ts';
import type { JournalFiles } from './files.ts';
import { COMMANDS_KEPT } from './forgetting.ts';
import { Housekeeping, type Kept } from './housekeeping.ts';
import { type AppendWhen, Journal, JournalDamaged, JournalUnavailable } from './journal.ts';
import { dropUnreadable, OUTBOX_LIMITS, type OutboxRef, type OutboxStats } from './outbox.ts';
import { ReadAhead } from './read-ahead.ts';
import {
  type AttemptRecord,
  type Damage,
  type DocumentJob,
  type Order,
  type Slip,
  type TillRecord,
  toJournal,
} from './records.ts';
import { type JournalRepair, type Recovered, recover } from './recovery.ts';
import { RESERVE_BYTES, Reserve } from './reserve.ts';
import { KEPT_MS } from './retention.ts';
import { type Cursor, type Place, segmentName } from './segments.ts';
import { snapshotOf } from './snapshot.ts';
import type { TillState } from './state.ts';
import { Witness } from './witness.ts';

export interface BookOptions extends Partial<Kept> {
  readonly reserveBytes?: number;
}

const KEPT: Kept = { checkpointEntries: 5_000, outboxLimits: OUTBOX_LIMITS, keptMs: KEPT_MS };

/** Why no new payment may begin. */
export interface Trouble {
  readonly code: 'JOURNAL_UNAVAILABLE' | 'JOURNAL_DAMAGED';
  readonly detail: string;
}

/** What opening found. */
export interface OpenedBook {
  readonly book: TillBook;
  readonly repairs: readonly JournalRepair[];
  /** found by this start; {@link TillBook.trouble} stays until a person has looked */
  readonly damages: readonly FoundDamage[];
}

/**
 * What the till knows: the journal folded into maps, every entry of it on disk.
 */
export class TillBook implements OutboxSource, CommandMemory {
  readonly #files: JournalFiles;
  readonly #state: TillState;
  readonly #journal: Journal;
  readonly #reserve: Reserve;
  #noReserve: string | undefined;
  #unwrittenDamage = false;
  readonly #housekeeping: Housekeeping;
  readonly #witness: Witness;
  readonly #readAhead: ReadAhead;
  #sealedEventSeq = 0;
  #lastError: string | undefined;
  #closed = false;
  onAdded: () => void = () => {};
  /** An entry is on disk and known here. */
  onKept: (entry: Entry) => void = () => {};
  /** Backend time, when it is known: the age of commands is counted in it. */
  backendNow: () => number | undefined = () => undefined;
  /** Something about the journal that a person must hear of. */
  onTrouble: (trouble: Trouble) => void = () => {};

  /** Reads the journal in `files`. Rejects only when the folder cannot be read: damage is told and the rest goes on. */
  static async open(
    files: JournalFiles,
    clock: Clock,
    terminal: string,
    options: BookOptions = {},
  ): Promise<OpenedBook> {
    const recovered = await recover(files);
    const damages = newDamages(recovered, await damagedSegments(files, recovered.gaps));
    const book = new TillBook(files, clock, terminal, recovered, options);
    await book.#settleFound(recovered.cursor);
    book.#noReserve = await book.#reserve.fill();
    for (const damage of damages) await book.#tell(recovered, damage);
    book.#sealedEventSeq = book.#state.outbox.lastSeq;
    await book.#readAhead.fill();
    return { book, repairs: recovered.repairs, damages };
  }

  private constructor(files: JournalFiles, clock: Clock, terminal: string, recovered: Recovered, options: BookOptions) {
    this.#files = files;
    const { reserveBytes = RESERVE_BYTES, ...kept } = options;
    const { state, entriesRead } = recovered;
    this.#state = state;
    this.#housekeeping = new Housekeeping({ files, clock, state, kept: { ...KEPT, ...kept }, entriesRead, book: this });
    this.#witness = new Witness(files);
    this.#readAhead = new ReadAhead(files, recovered.state.outbox);
    this.#readAhead.onRead = () => !this.#closed && this.onAdded();
    this.#readAhead.onLost = (lost) => this.#giveUpEvents(lost);
    this.#reserve = new Reserve(files, reserveBytes);
    // A damaged segment is evidence: nothing more is written to it.
    const roll = recovered.gaps.some(({ segment }) => segment === recovered.cursor.segment);
    this.#journal = new Journal(
      { files, clock, terminal, reserve: this.#reserve, kept: (entry, place) => this.#kept(entry, place) },
      recovered.cursor,
      { roll, dirty: recovered.uncut },
    );
  }

  // --- what the till knows

  get orders(): ReadonlyMap<string, Order> {
    return this.#state.orders;
  }
  get attempts(): ReadonlyMap<string, AttemptRecord> {
    return this.#state.attempts;
  }
  /** every hold that is remembered, oldest first */
  get holds(): ReadonlyMap<string, Hold> {
    return this.#state.holds.all;
  }
  /** The hold of this order that stands, or of which nobody knows. */
  standingHold(orderId: string): Hold | undefined {
    return this.#state.holds.standing(orderId);
  }
  get intents(): ReadonlyMap<string, Intent> {
    return this.#state.intents;
  }
  /** what the backend told this till to hold to */
  get settings(): Settings {
    return this.#state.settings;
  }
  /** payments by the hour of the clock */
  get tally(): Tally {
    return this.#state.tally;
  }
  /** backend time at which something was told that is told once in its time */
  toldAt(what: string): number | undefined {
    return this.#state.told.get(what);
  }
  /** when the backend was last heard, as far as the log says; wall clock, ms */
  get heardAt(): number | undefined {
    return this.#state.heardAt;
  }
  /** what the backend wants the people at the counter to read, oldest first */
  get notices(): ReadonlyMap<string, Notice> {
    return this.#state.notices;
  }
  get refunds(): ReadonlyMap<string, Refund> {
    return this.#state.refunds;
  }
  /** What the shop has been paid for an order. */
  charge(orderId: string): Charge | undefined {
    return this.#state.charges.get(orderId);
  }
  /** the business day and the shift that run */
  get periods(): Periods {
    return this.#state.periods;
  }
  /** differences that wait for the statement of another day */
  get carried(): ReadonlyMap<string, Carried> {
    return this.#state.carried;
  }
  /** statements that were held against this journal, newest last */
  get reconciledDays(): readonly ReconciledDay[] {
    return this.#state.reconciledDays;
  }
  get slips(): ReadonlyMap<string, Slip> {
    return this.#state.slips;
  }
  /** print jobs that are no payment's slip */
  get documents(): ReadonlyMap<string, DocumentJob> {
    return this.#state.documents;
  }
  /** told and not yet looked at by a person */
  get damages(): readonly Damage[] {
    return this.#state.damages.filter(({ reviewedBy }) => reviewedBy === undefined);
  }

  /** Attempts that are not final: what a process that starts now has to finish. */
  openAttempts(): AttemptRecord[] {
    return [...this.#state.openAttempts.values()];
  }

  /** Intents a process that starts now has to look after. */
  openIntents(): Intent[] {
    return [...this.intents.values()].filter((intent) => isIntentOpen(intent));
  }

  /** Refunds a process that starts now has to finish. */
  openRefunds(): Refund[] {
    return [...this.refunds.values()].filter(({ doing }) => doing.kind !== 'done');
  }

  /** The id of the newest start that was written down. */
  get boot(): string | undefined {
    return this.#state.boot;
  }

  /** Sequence and hash of the newest entry on disk. */
  get head(): EntryRef {
    return this.#journal.head;
  }

  /** Where the log surely ends: what a copy of it must hold. */
  get end(): Readonly<Cursor> {
    return this.#journal.end;
  }

  /** The newest entry that the backend says it has seen. */
  get anchor(): EntryRef | undefined {
    return this.#state.anchor;
  }

  /** The entry with which an attempt became PAID: its short hash stands on the slip. */
  paidEntry(attemptId: string): EntryRef | undefined {
    return this.#state.paidBy.get(attemptId);
  }

  /** Why no new payment may begin now; `undefined` when one may. */
  get trouble(): Trouble | undefined {
    const [damage] = this.damages;
    if (damage) return { code: 'JOURNAL_DAMAGED', detail: describe(damage) };
    if (this.#unwrittenDamage) return { code: 'JOURNAL_DAMAGED', detail: 'and cannot be written' };
    const detail = this.#lastError ?? (this.#reserve.held ? undefined : (this.#noReserve ?? 'the disk is full'));
    return detail === undefined ? undefined : { code: 'JOURNAL_UNAVAILABLE', detail };
  }

  /** The state as a checkpoint would keep it: equal for equal logs, however they were read. */
  snapshot(): readonly Json[] {
    return [...snapshotOf(this.#state)];
  }

  // --- writing

  /**
   * Writes a record down; resolves when it is on disk and known here. What would begin a payment is refused while the
   * journal is in trouble; everything else is tried.
   */
  async write(record: TillRecord, when: AppendWhen = 'now'): Promise<void> {
    if (begins(record)) {
      this.#refuseBeginning();
      // Room for the end of a payment comes before its beginning. Held as a rule: then records keep the order of calls.
      if (!this.#reserve.held) await this.#refill();
    }
    await this.#append(record, when);
  }

  /** Resolves when what was written so far is on disk, or surely not. */
  written(): Promise<void> {
    return this.#journal.written();
  }

  async #append(record: TillRecord, when: AppendWhen = 'now'): Promise<void> {
    const { unsettled } = this.#journal;
    try {
      await this.#journal.append(toJournal(record), when);
      this.#lastError = undefined;
      // its sync covered everything before it: the events that were held back may leave
      if (unsettled) this.onAdded();
    } catch (error) {
      // The journal gave up everything that waited with this record: their event numbers are free again.
      this.#sealedEventSeq = this.#state.outbox.lastSeq;
      this.#lastError = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  /** A process that was killed may have left lines that no sync has covered: they are made durable before the backend hears of them. */
  async #settleFound({ segment, offset }: Readonly<Cursor>): Promise<void> {
    if (offset === 0) return;
    this.#journal.unsettled = await this.#files.sync(segmentName(segment)).then(
      () => false,
      () => true,
    );
  }

  #refuseBeginning(): void {
    const { trouble } = this;
    if (trouble?.code === 'JOURNAL_DAMAGED') throw new JournalDamaged(trouble.detail);
    if (this.#state.commands.size >= COMMANDS_KEPT)
      throw new JournalUnavailable(`${COMMANDS_KEPT} commands in seven days`);
  }

  async #refill(): Promise<void> {
    this.#noReserve = await this.#reserve.fill();
    if (this.#noReserve !== undefined) throw new JournalUnavailable(this.#noReserve);
  }

  /** An event with the next sequence number. It exists only once the record that carries it is written. */
  event(data: EventData, id: string, boot: string, ts: number): EventEnvelope {
    this.#sealedEventSeq = Math.max(this.#sealedEventSeq, this.#state.outbox.lastSeq) + 1;
    return { v: 1, seq: this.#sealedEventSeq, id, boot, ts, data };
  }

  #kept(entry: Entry, place: Place): void {
    const before = this.#state.outbox.lastSeq;
    this.#state.fold(entry, place);
    if (this.#state.outbox.lastSeq > before) this.onAdded();
    this.onKept(entry);
    const { segment, offset, bytes } = place;
    this.#housekeeping.written({ segment, offset, bytes, seq: entry.seq, hash: entry.hash });
  }

  /** A person has looked at every damage told so far, and takes responsibility for going on. */
  async review(by: string): Promise<void> {
    await this.write({ type: 'REVIEWED', by, upto: this.head.seq });
    this.#unwrittenDamage = false;
  }

  // --- CommandMemory

  recall(id: string): ReturnType<CommandMemory['recall']> {
    const known = this.#state.commands.get(id);
    return known && { hash: known.hash, type: known.type, result: known.result };
  }

  accept(command: CommandEnvelope, personId?: string): Promise<void> {
    const told = this.backendNow() === undefined ? { untimed: true as const } : {};
    return this.write({ type: 'COMMAND', command, ...(personId === undefined ? {} : { personId }), ...told });
  }

  /** Commands that were accepted and have no final result yet. */
  unfinishedCommands(): CommandEnvelope[] {
    return [...this.#state.commands.values()].flatMap(({ command }) => command ?? []);
  }

  // --- OutboxSource

  pending(after: number, limit: number): readonly EventEnvelope[] {
    if (this.#journal.unsettled) return [];
    const { head } = this;
    this.#witness.told(head);
    const events = this.#state.outbox.pending(after, limit);
    if (events.length < limit && this.#state.outbox.unread().length > 0) void this.#readAhead.fill();
    return events.map((event) => ({ ...event, head }));
  }

  async acknowledge(upto: number, anchor?: EntryRef): Promise<void> {
    const seen = anchor && (await this.#isOurs(anchor)) ? anchor : undefined;
    const known = Math.min(upto, this.#state.outbox.lastSeq);
    if (known > this.#state.outbox.acked)
      await this.write({ type: 'OUTBOX_ACK', upto: known, ...(seen ? { anchor: seen } : {}) });
  }

  /** Events that wait, and what was given up so far. */
  outboxStats(): OutboxStats {
    return this.#state.outbox.stats;
  }

  /** False for what cannot be told, and for proof that entries were taken away or changed: that is damage. */
  async #isOurs(anchor: EntryRef): Promise<boolean> {
    const verdict = await this.#witness.compare(anchor, this.head, this.anchor);
    const told = this.damages.some(({ nextSeq }) => nextSeq === anchor.seq + 1);
    if (verdict === 'contradicted' && !told)
      await this.#tell({ state: this.#state, ahead: undefined }, missingEnd(this.#journal.end, anchor.seq));
    return verdict === 'ours';
  }

  async #giveUpEvents(lost: readonly OutboxRef[]): Promise<void> {
    this.onTrouble({ code: 'JOURNAL_DAMAGED', detail: `${lost.length} events can no longer be read from the log` });
    await this.write({ type: 'OUTBOX_DROP', ...dropUnreadable(lost) }).catch(() => undefined);
  }

  // --- damage

  /** Copies the damaged segment aside and writes down what happened. */
  async #tell(recovered: Pick<Recovered, 'ahead' | 'state'>, damage: FoundDamage): Promise<void> {
    const copy = await quarantine(this.#files, damage);
    this.onTrouble({ code: 'JOURNAL_DAMAGED', detail: describe(damage) });
    for (const record of recordsOf(recovered, damage, copy)) {
      await this.#append(record).catch(() => {
        this.#unwrittenDamage = true;
      });
    }
  }

  // --- keeping short

  /** Lets go of what is old, then writes a checkpoint. Never rejects. */
  maintain(): Promise<void> {
    return this.#housekeeping.run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#housekeeping.close();
    await this.#journal.close();
  }
}

function begins(record: TillRecord): boolean {
  if (record.type === 'ATTEMPT') return record.record.attempt.state === 'CREATED';
  return record.type === 'COMMAND' || (record.type === 'INTENT' && record.intent.doing.kind === 'created');
}

function describe({ segment, offset, bytes, afterSeq, nextSeq, attempts }: FoundDamage): string {
  const what =
    bytes > 0 ? `${bytes} bytes at byte ${offset} of ${segment}` : `entries missing at byte ${offset} of ${segment}`;
  const named = attempts.length > 0 ? `, attempts named there: ${attempts.join(' ')}` : '';
  return `${what}, behind entry ${afterSeq}${nextSeq === undefined ? '' : `, before entry ${nextSeq}`}${named}`;
}
