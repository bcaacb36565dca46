import type { Clock } from '../clock.ts';
import type { ByteLink, LinkListener, LinkProblem, Peer, WriteOutcome } from './link.ts';

/** One connection, from open to close; never opened again. */
export interface Connection {
  readonly peer?: Peer;
  /** Begins to read. `lost` is called at most once, and never after `close`. */
  start(onBytes: (bytes: Uint8Array) => void, onLost: (problem: LinkProblem) => void): void;
  write(bytes: Uint8Array, deadlineMs: number, until?: 'sent' | 'taken'): Promise<WriteOutcome>;
  sendFeature?(report: Uint8Array, deadlineMs: number): Promise<WriteOutcome>;
  /** Resolves when the port is released. Safe to call twice. */
  close(): Promise<void>;
}

/** Opens a fresh connection, or says why not. Never rejects. `tell`: a problem known before the end of the attempt. */
export type Connect = (tell: (problem: LinkProblem) => void) => Promise<Connection | LinkProblem>;

export interface LinkDeps {
  readonly clock: Clock;
  /** 0 <= value < 1, for the jitter of the backoff */
  readonly random: () => number;
  /** Calls `run` whenever a device was plugged into this machine, until the returned function is called. */
  readonly onPlug?: (run: () => void) => () => void;
}

/** A replugged device is back within 2 s, also where nobody tells of a plug: the longest pause is 1 s, half of it jitter. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
/** A connection that lived this long was a good one: the next pause is short again. */
const GOOD_AFTER_MS = 5000;

/** Opens, watches and reopens one connection after another, with pauses between, until closed. */
export class SupervisedLink implements ByteLink {
  readonly #connect: Connect;
  readonly #listener: LinkListener;
  readonly #deps: LinkDeps;
  #connection: Connection | undefined;
  #upSince = 0;
  #pause = FIRST_PAUSE_MS;
  #told: string | undefined;
  #writing = false;
  #closing: Promise<void> | undefined;
  #opening: Promise<void>;
  /** ends the pause before the next attempt, when there is one */
  #callOff: (() => void) | undefined;
  /** a plug has ended a pause or met an attempt: the next pause is a short one, and no plug ends that */
  #isHurried = false;
  /** while there is no connection */
  #stopWatching: (() => void) | undefined;

  constructor(connect: Connect, listener: LinkListener, deps: LinkDeps) {
    this.#connect = connect;
    this.#listener = listener;
    this.#deps = deps;
    this.#opening = this.#open();
  }

  get isUp(): boolean {
    return this.#connection !== undefined;
  }

  write(bytes: Uint8Array, deadlineMs: number, until?: 'sent' | 'taken'): Promise<WriteOutcome> {
    return this.#alone((connection) => connection.write(bytes, deadlineMs, until));
  }

  sendFeature(report: Uint8Array, deadlineMs: number): Promise<WriteOutcome> {
    return this.#alone(
      (connection) =>
        connection.sendFeature?.(report, deadlineMs) ?? Promise.resolve({ kind: 'not-written', cause: 'DOWN' }),
    );
  }

  async #alone(run: (connection: Connection) => Promise<WriteOutcome>): Promise<WriteOutcome> {
    if (!this.#connection) return { kind: 'not-written', cause: 'DOWN' };
    if (this.#writing) return { kind: 'not-written', cause: 'BUSY' };
    this.#writing = true;
    try {
      return await run(this.#connection);
    } finally {
      this.#writing = false;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    this.#callOff?.();
    this.#stopWatching?.();
    await this.#opening;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  async #open(): Promise<void> {
    const opened = await this.#connect((problem) => this.#tell(problem));
    if ('code' in opened) return this.#fell(opened);
    if (this.#closing) return opened.close();
    this.#connection = opened;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#upSince = this.#deps.clock.mono();
    this.#told = undefined;
    this.#listener.up(this.#upSince, opened.peer);
    opened.start(
      (bytes) => this.#listener.bytes(bytes, this.#deps.clock.mono()),
      (problem) => this.#lost(opened, problem),
    );
  }

  #lost(connection: Connection, problem: LinkProblem): void {
    if (this.#closing || this.#connection !== connection) return;
    this.#connection = undefined;
    if (this.#deps.clock.mono() - this.#upSince >= GOOD_AFTER_MS) {
      this.#pause = FIRST_PAUSE_MS;
      this.#isHurried = false;
    }
    this.#tell(problem);
    // the old port is released before a new one is opened: its own lock would be in the way
    this.#opening = connection.close().then(() => this.#openLater());
  }

  #fell(problem: LinkProblem): void {
    this.#tell(problem);
    this.#openLater();
  }

  /** The same problem is told once, not at every attempt. */
  #tell(problem: LinkProblem): void {
    const words = `${problem.code} ${problem.detail}`;
    if (this.#closing || words === this.#told) return;
    this.#told = words;
    this.#listener.down(problem, this.#deps.clock.mono());
  }

  #openLater(): void {
    if (this.#closing) return;
    this.#stopWatching ??= this.#deps.onPlug?.(() => this.#hurry());
    const jitter = 0.5 + this.#deps.random() / 2;
    this.#callOff = this.#deps.clock.after(this.#nextPause() * jitter, () => {
      this.#isHurried = false;
      this.#openNow();
    });
  }

  /** Twice the last one. A short one because of a plug comes between: a link that keeps breaking keeps its long pauses. */
  #nextPause(): number {
    if (this.#isHurried) return FIRST_PAUSE_MS;
    const pause = this.#pause;
    this.#pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    return pause;
  }

  #openNow(): void {
    this.#callOff = undefined;
    this.#opening = this.#open();
  }

  /** Something was plugged in: perhaps this one. An attempt that is under way may be too early; the next comes soon. */
  #hurry(): void {
    if (this.#isHurried) return;
    this.#isHurried = true;
    if (!this.#callOff) return;
    this.#callOff();
    this.#openNow();
  }
}
