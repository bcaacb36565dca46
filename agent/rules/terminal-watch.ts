import type { EventData } from '../../protocols/backend/messages.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import { type Here, withFindings } from '../payment/terminal-findings.ts';
import { collectRefusal, type Settings, shownBlock } from '../payment/terminal-state.ts';

/** How often the times in the backend's word are looked at. */
const EVERY_MS = 60_000;

type TerminalEvent = Extract<EventData, { type: 'terminal' }>;
type Question = NonNullable<TerminalEvent['asks']>;

export interface TerminalWatchParts {
  readonly book: Pick<TillBook, 'settings' | 'heardAt' | 'write' | 'event'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly here: Here;
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
    const { book, here, backendNow, clock } = this.#parts;
    this.#cancel = clock.after(EVERY_MS, () => this.#look());
    const settings = withFindings(book.settings, here, backendNow());
    if (reasons(settings) !== reasons(book.settings)) void this.#found(settings);
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
    await this.#write((event) => book.write({ type: 'EVENT', event }), { ...tellOf(book.settings), asks, commandSeq });
  }

  async #found(settings: Settings): Promise<void> {
    const { book, log } = this.#parts;
    log.warn({ found: settings.found ?? [] }, 'what this till found about itself has changed');
    await this.#write((event) => book.write({ type: 'SETTINGS', settings, event }), tellOf(settings));
  }

  /** A disk that does not take it is told elsewhere and stops payments anyway. */
  async #write(write: (event: ReturnType<TillBook['event']>) => Promise<void>, data: TerminalEvent): Promise<void> {
    const { book, newId, boot, backendNow, log } = this.#parts;
    try {
      await write(book.event(data, newId(), boot, backendNow()));
    } catch (error) {
      log.warn({ detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    }
  }
}

function tellOf(settings: Settings): TerminalEvent {
  const { state = 'ACTIVE', reasonCode } = shownBlock(settings) ?? {};
  const found = (settings.found ?? []).map((block) => block.reasonCode ?? block.state);
  return { type: 'terminal', state, ...(reasonCode === undefined ? {} : { reasonCode }), found };
}

function reasons({ found = [] }: Settings): string {
  return found.map(({ reasonCode }) => reasonCode).join();
}
