import type { CommandEnvelope, CommandResult, EventData, EventEnvelope } from '../../protocols/backend/messages.ts';
import type { CommandMemory, OutboxSource } from '../backend/ports.ts';
import type { Clock } from '../clock.ts';
import { isFinal } from '../payment/attempt.ts';
import type { Settings } from '../payment/terminal-state.ts';
import type { JournalFiles } from './files.ts';
import { Journal, type JournalRepair } from './journal.ts';
import { type AttemptRecord, fromJournal, type Order, type Slip, type TillRecord, toJournal } from './records.ts';

/**
 * What the till knows: the journal folded into maps. The same fold runs at start over the whole log and afterwards after
 * every append, so memory never says what the disk does not.
 */
export class TillBook implements OutboxSource, CommandMemory {
  readonly orders = new Map<string, Order>();
  readonly attempts = new Map<string, AttemptRecord>();
  readonly slips = new Map<string, Slip>();
  /** what the backend told this till to hold to */
  settings: Settings = {};
  readonly #commands = new Map<string, { hash: string; command: CommandEnvelope; result: CommandResult | undefined }>();
  readonly #outbox: EventEnvelope[] = [];
  #lastEventSeq = 0;
  #sealedEventSeq = 0;
  #journal: Journal | undefined;
  onAdded: () => void = () => {};

  /** Reads the journal in `files`. Rejects when the folder cannot be read or the journal is damaged. */
  static async open(
    files: JournalFiles,
    clock: Clock,
    terminal: string,
  ): Promise<{ book: TillBook; repairs: readonly JournalRepair[] }> {
    const book = new TillBook();
    const { journal, repairs } = await Journal.open(files, clock, terminal, (entry) => book.#fold(fromJournal(entry)));
    book.#journal = journal;
    book.#sealedEventSeq = book.#lastEventSeq;
    return { book, repairs };
  }

  private constructor() {}

  /** Sequence and hash of the newest entry on disk: what a slip prints as its anchor. */
  get head(): { readonly seq: number; readonly hash: string } {
    return this.#open().head;
  }

  /** Writes a record down; resolves when it is on disk and known here. */
  async write(record: TillRecord): Promise<void> {
    try {
      await this.#open().append(toJournal(record));
    } catch (error) {
      // The journal gave up everything that waited with this record: their event numbers are free again.
      this.#sealedEventSeq = this.#lastEventSeq;
      throw error;
    }
    this.#fold(record);
  }

  /** An event with the next sequence number. It exists only once the record that carries it is written. */
  event(data: EventData, id: string, boot: string, ts: number): EventEnvelope {
    return { v: 1, seq: ++this.#sealedEventSeq, id, boot, ts, data };
  }

  /** Attempts a process that starts now has to finish. */
  openAttempts(): AttemptRecord[] {
    return [...this.attempts.values()].filter(({ attempt }) => !isFinal(attempt));
  }

  // --- CommandMemory

  recall(id: string): { readonly hash: string; readonly result: CommandResult | undefined } | undefined {
    return this.#commands.get(id);
  }

  accept(command: CommandEnvelope): Promise<void> {
    return this.write({ type: 'COMMAND', command });
  }

  /** Commands that were accepted and have no final result yet. */
  unfinishedCommands(): CommandEnvelope[] {
    return [...this.#commands.values()].filter(({ result }) => result === undefined).map(({ command }) => command);
  }

  // --- OutboxSource

  pending(after: number, limit: number): readonly EventEnvelope[] {
    const from = this.#outbox.findIndex(({ seq }) => seq > after);
    return from < 0 ? [] : this.#outbox.slice(from, from + limit);
  }

  async acknowledge(upto: number): Promise<void> {
    const first = this.#outbox[0];
    if (first && first.seq <= upto) await this.write({ type: 'OUTBOX_ACK', upto: Math.min(upto, this.#lastEventSeq) });
  }

  close(): Promise<void> {
    return this.#open().close();
  }

  #open(): Journal {
    if (!this.#journal) throw new Error('the book is used before it was opened');
    return this.#journal;
  }

  #fold(record: TillRecord): void {
    switch (record.type) {
      case 'SETTINGS':
        this.settings = record.settings;
        break;
      case 'COMMAND':
        this.#commands.set(record.command.id, {
          hash: record.command.hash,
          command: record.command,
          result: undefined,
        });
        break;
      case 'COMMAND_RESULT':
        this.#conclude(record.result);
        break;
      case 'ORDER':
        this.orders.set(record.order.orderId, record.order);
        break;
      case 'ATTEMPT':
        this.attempts.set(record.record.attempt.attemptId, record.record);
        this.orders.set(record.order.orderId, record.order);
        this.#add(record.event);
        break;
      case 'SLIP':
        this.slips.set(record.slip.slipId, record.slip);
        this.#add(record.event);
        break;
      case 'EVENT':
        this.#add(record.event);
        break;
      case 'OUTBOX_ACK':
        this.#forget(record.upto);
        break;
      case 'BOOT':
        break;
    }
  }

  #conclude(result: CommandResult): void {
    const known = this.#commands.get(result.id);
    if (known) known.result = result;
  }

  #add(event: EventEnvelope | undefined): void {
    if (!event) return;
    this.#outbox.push(event);
    this.#lastEventSeq = Math.max(this.#lastEventSeq, event.seq);
    this.onAdded();
  }

  #forget(upto: number): void {
    const keep = this.#outbox.findIndex(({ seq }) => seq > upto);
    this.#outbox.splice(0, keep < 0 ? this.#outbox.length : keep);
  }
}
