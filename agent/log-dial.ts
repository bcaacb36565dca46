import type { DestinationStream } from 'pino';
import type { Clock } from './clock.ts';
import type { LogLevel } from './log.ts';

/** Longer than any visit: nobody forgets a talkative till. */
export const LONGEST_MS = 3_600_000;

export interface LevelState {
  readonly level: LogLevel;
  /** what it falls back to */
  readonly usual: LogLevel;
  /** ms until it does; absent: it is the usual one */
  readonly fallsBackInMs?: number;
}

/** Turns the log up while somebody looks, and back down by itself. A restart begins with the usual level. */
export class LogDial {
  readonly #log: { level: string };
  readonly #usual: LogLevel;
  readonly #clock: Clock;
  #until: number | undefined;
  #callOff: () => void = () => undefined;

  constructor(log: { level: string }, usual: LogLevel, clock: Clock) {
    this.#log = log;
    this.#usual = usual;
    this.#clock = clock;
  }

  get state(): LevelState {
    const level = this.#log.level as LogLevel;
    if (this.#until === undefined) return { level, usual: this.#usual };
    return { level, usual: this.#usual, fallsBackInMs: Math.max(0, Math.round(this.#until - this.#clock.mono())) };
  }

  set(level: LogLevel, forMs: number): LevelState {
    this.#callOff();
    const ms = Math.min(forMs, LONGEST_MS);
    this.#log.level = level;
    this.#until = level === this.#usual ? undefined : this.#clock.mono() + ms;
    this.#callOff = this.#until === undefined ? () => undefined : this.#clock.after(ms, () => this.#fallBack());
    return this.state;
  }

  #fallBack(): void {
    this.#log.level = this.#usual;
    this.#until = undefined;
  }

  stop(): void {
    this.#callOff();
  }
}

/** Lines, and bytes of them, that a bundle takes along. */
const TAIL_LINES = 2_000;
const TAIL_BYTES = 512 * 1024;

/** The last lines of the log, masked as they were written. */
export class LogTail implements DestinationStream {
  readonly #sink: DestinationStream;
  #lines: string[] = [];
  #bytes = 0;

  constructor(sink: DestinationStream) {
    this.#sink = sink;
  }

  write(line: string): void {
    this.#sink.write(line);
    this.#lines.push(line);
    this.#bytes += line.length;
    while (this.#lines.length > TAIL_LINES || this.#bytes > TAIL_BYTES) this.#bytes -= this.#lines.shift()?.length ?? 0;
  }

  get text(): string {
    return this.#lines.join('');
  }
}
