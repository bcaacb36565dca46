import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { collectRefusal } from '../payment/terminal-state.ts';
import type { RuleRoom } from './rule-room.ts';
import { type TerminalEvent, terminalEvent } from './terminal-event.ts';

/** How often the times in the backend's word are looked at. */
const EVERY_MS = 60_000;

type Question = NonNullable<TerminalEvent['asks']>;

export interface TerminalWatchParts {
  readonly book: Pick<TillBook, 'settings' | 'heardAt' | 'write' | 'event'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  /** writes down what the till finds out about itself */
  readonly room: () => Pick<RuleRoom, 'look'>;
  /** how long the word ACTIVE is good without hearing from the backend, ms */
  readonly leaseMs: number;
}

/**
 * Watches what changes without a command: what this till is (terminal-findings.ts), the end of a suspension's time and the
 * end of the lease. A time that is over changes nothing by itself: the backend is asked, once.
 */
export class TerminalWatch {
  readonly #parts: TerminalWatchParts;
  readonly #startedAt: number;
  #heardAt: number | undefined;
  #asked = '';
  #cancel: (() => void) | undefined;

  constructor(parts: TerminalWatchParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
  }

  /** Before any command is carried out. */
  start(): void {
    this.#look();
  }

  stop(): void {
    this.#cancel?.();
  }

  /** The backend has said something: its older word is as good as new. */
  heard(): void {
    this.#heardAt = this.#parts.clock.now();
  }

  /** Nothing was heard from the backend for so long that its word ACTIVE is not certain any more. */
  get unconfirmed(): boolean {
    const { book, clock, leaseMs } = this.#parts;
    const last = Math.max(this.#heardAt ?? 0, book.heardAt ?? 0) || this.#startedAt;
    return collectRefusal(book.settings) === undefined && clock.now() - last > leaseMs;
  }

  #look(): void {
    const { book, room, clock } = this.#parts;
    this.#cancel = clock.after(EVERY_MS, () => this.#look());
    room().look();
    const question = this.#question();
    const { commandSeq = 0, terminalState } = book.settings;
    const key = question === undefined ? '' : `${question} ${commandSeq} ${terminalState?.until ?? 0}`;
    if (key === this.#asked) return;
    this.#asked = key;
    if (question) void this.#ask(question, commandSeq);
  }

  #question(): Question | undefined {
    const { book, backendNow } = this.#parts;
    const { state = 'ACTIVE', until } = book.settings.terminalState ?? {};
    if (state !== 'ACTIVE' && until !== undefined && until <= backendNow()) return 'UNTIL_PASSED';
    return this.unconfirmed ? 'LEASE_ENDED' : undefined;
  }

  async #ask(asks: Question, commandSeq: number): Promise<void> {
    const { book, log } = this.#parts;
    const phrase = asks === 'UNTIL_PASSED' ? 'the time of the terminal state is over' : 'the terminal is unconfirmed';
    log.warn({ asks, commandSeq }, `${phrase}: the backend is asked`);
    await this.#tell({ ...terminalEvent(book.settings), asks, commandSeq });
  }

  /** A disk that does not take it is told elsewhere and stops payments anyway. */
  async #tell(data: TerminalEvent): Promise<void> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    try {
      await book.write({ type: 'EVENT', event: book.event(data, newId(), boot, backendNow()) });
    } catch (error) {
      log.warn({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    }
  }
}
