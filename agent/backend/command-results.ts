import type { CommandResult } from '../../protocols/backend/commands.ts';
import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import { JOURNAL_RETRY_MS } from '../journal/retry.ts';
import type { Log } from '../log.ts';
import type { PublishResult } from './ports.ts';
import type { CommandRefusal } from './verb-desk.ts';

export interface CommandResultsParts {
  readonly book: Pick<TillBook, 'recall' | 'write'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly boot: string;
  readonly backendNow: () => number;
  readonly publishResult: PublishResult;
}

/** What a room says of a command; id, boot and time are added here. */
export type ResultBody = Omit<CommandResult, 'v' | 'id' | 'phase' | 'boot' | 'ts'>;

/**
 * The answers to commands: a final result is on disk before it is published, and one command has one final result, however
 * often its room says so.
 */
export class CommandResults {
  readonly #parts: CommandResultsParts;
  /** one after the other: the second of two finals for a command finds the first on disk */
  #queue: Promise<void> = Promise.resolve();
  readonly #retries = new Set<() => void>();

  constructor(parts: CommandResultsParts) {
    this.#parts = parts;
  }

  /** The command goes on. Not written down: who missed it asks again. */
  progress(id: string, body: ResultBody): void {
    this.#parts.publishResult(this.#result(id, 'progress', body));
  }

  /** The command is over. */
  conclude(id: string, body: ResultBody): void {
    this.#keep(this.#result(id, 'final', body));
  }

  /** A person found out what became of a command that had ended `unknown`: a second final result takes the first one's place. */
  async resolve(id: string, body: ResultBody): Promise<void> {
    const { book, publishResult } = this.#parts;
    if (book.recall(id)?.result?.status !== 'unknown') return;
    const result: CommandResult = { ...this.#result(id, 'final', body), resolves: true };
    await book.write({ type: 'COMMAND_RESULT', result });
    publishResult(result);
  }

  /** Nothing was done for the command, and nothing will be. */
  fail(id: string, { code, message }: CommandRefusal): void {
    this.conclude(id, { status: 'failed', code, message });
  }

  /** What was said of commands so far is on disk, or the disk did not take it and is asked again later. */
  settled(): Promise<void> {
    return this.#queue;
  }

  /** Calls off what waits for the disk. */
  stop(): void {
    for (const callOff of this.#retries) callOff();
    this.#retries.clear();
  }

  #result(id: string, phase: 'progress' | 'final', body: ResultBody): CommandResult {
    const { boot, backendNow } = this.#parts;
    return { v: 1, id, phase, ...body, boot, ts: backendNow() };
  }

  #keep(result: CommandResult): void {
    if (!this.#isOpen(result.id)) return;
    this.#queue = this.#queue.then(() => this.#write(result)).catch((error: unknown) => this.#retry(result, error));
  }

  async #write(result: CommandResult): Promise<void> {
    if (!this.#isOpen(result.id)) return;
    await this.#parts.book.write({ type: 'COMMAND_RESULT', result });
    this.#parts.publishResult(result);
  }

  #isOpen(id: string): boolean {
    const known = this.#parts.book.recall(id);
    return known !== undefined && known.result === undefined;
  }

  #retry(result: CommandResult, error: unknown): void {
    this.#parts.log.error({ id: result.id, detail: String(error) }, explain('JOURNAL_UNAVAILABLE'));
    const callOff = this.#parts.clock.after(JOURNAL_RETRY_MS, () => {
      this.#retries.delete(callOff);
      this.#keep(result);
    });
    this.#retries.add(callOff);
  }
}
