import type {
  FinancialCommand,
  Pending,
  TerminalCapabilities,
  TerminalCommand,
  TerminalDialogue,
  TerminalEffect,
  TerminalInput,
  TerminalNews,
  TerminalResult,
  TransactionKey,
} from '../../../protocols/terminal/messages.ts';
import type { Clock } from '../../clock.ts';
import type { ByteLink, LinkListener, LinkProblem } from '../../transport/link.ts';

export type LateTerminalResult = Omit<TerminalResult, 'command' | 'reference'>;
/** The end of a command's dialogue, or that there was none. */
export type CommandEnd = Extract<TerminalNews, { kind: 'done' | 'not-done' }>;

/** Whether a result is on disk; `anothers`: it is, and says nothing of the command that waits. */
export type Stored = boolean | 'anothers';

export interface PaymentTerminalEvents {
  onUp(at: number): void;
  onDown(problem: LinkProblem, at: number): void;
  /** commands may be said */
  onReady(): void;
  /** Puts a result on disk; resolves with whether it is there. Only then the terminal hears that it was taken. */
  store(result: TerminalResult): Promise<Stored>;
  /** The same for one that belongs to no command that waits. */
  storeLate(result: LateTerminalResult): Promise<boolean>;
  onNews(news: TerminalNews): void;
}

export interface PaymentTerminalParts {
  readonly protocol: string;
  /** of a command that an earlier process left open: nothing financial is said before it was asked after */
  readonly dialogue: (pending: Pending | undefined) => TerminalDialogue;
  readonly pending: Pending | undefined;
  readonly clock: Clock;
  readonly open: (listener: LinkListener) => ByteLink;
}

/** A frame on a slow line; longer than any driver needs for one. */
const WRITE_MS = 5_000;
/** between the end of a link that could not be used as it was and the next one */
const REOPEN_MS = 500;
/** a terminal that refuses this till does not change its mind in a second: twice as long each time; one that was only in its own menu is soon taken */
const LONGEST_REOPEN_MS = 10_000;

/**
 * A card terminal above a byte link, whatever it speaks: the protocol's dialogue decides, this carries bytes and time and
 * waits for the disk. It knows nothing of orders.
 */
export class PaymentTerminal {
  readonly protocol: string;
  readonly #parts: PaymentTerminalParts;
  readonly #events: PaymentTerminalEvents;
  readonly #dialogue: TerminalDialogue;
  #link: ByteLink;
  #isReady = false;
  #isClosed = false;
  /** how often it has refused this till since it last took commands */
  #refusals = 0;
  #callOff: () => void = () => undefined;
  #callOffReopening: () => void = () => undefined;
  #sending: Promise<unknown> = Promise.resolve();
  #storing: Promise<unknown> = Promise.resolve();
  #ending: ((end: CommandEnd) => void) | undefined;
  #told: TransactionKey | undefined;

  constructor(parts: PaymentTerminalParts, events: PaymentTerminalEvents) {
    this.#parts = parts;
    this.#events = events;
    this.protocol = parts.protocol;
    this.#dialogue = parts.dialogue(parts.pending);
    this.#link = this.#open();
  }

  get capabilities(): TerminalCapabilities {
    return this.#dialogue.capabilities;
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  /** The link stands and the terminal takes commands, as far as anybody knows. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** A dialogue is under way. */
  get isBusy(): boolean {
    return this.#ending !== undefined;
  }

  /** Says a command; resolves with the end of its dialogue, or at once where it cannot be said. One at a time. */
  run(command: TerminalCommand): Promise<CommandEnd> {
    if (this.#ending) return Promise.resolve({ kind: 'not-done', command: command.kind, why: 'busy' });
    if (this.#isClosed) return Promise.resolve({ kind: 'not-done', command: command.kind, why: 'not-connected' });
    return new Promise((resolve) => {
      this.#ending = resolve;
      this.#handle({ kind: 'command', command, at: this.#parts.clock.mono() });
    });
  }

  /** Asks the terminal to stop what it does; what became of that is said by the command's own end. */
  abort(): void {
    if (this.capabilities.commands.includes('abort'))
      this.#handle({ kind: 'command', command: { kind: 'abort' }, at: this.#parts.clock.mono() });
  }

  /** A person has found out what became of a command, or the terminal has said all that it knows. */
  cleared({ reference }: Pick<FinancialCommand, 'reference'>): void {
    if (!this.capabilities.commands.includes('cleared')) return;
    this.#handle({ kind: 'command', command: { kind: 'cleared', reference }, at: this.#parts.clock.mono() });
  }

  /**
   * The terminal's last transaction before the next command. `undefined`: this protocol cannot be asked; `'silent'`: it did not
   * answer, so nothing should be begun.
   */
  async lastKnown(): Promise<TransactionKey | 'silent' | undefined> {
    if ('last' in this.#dialogue) return this.#dialogue.last;
    if (!this.capabilities.commands.includes('queryLast')) return undefined;
    this.#told = undefined;
    const end = await this.run({ kind: 'queryLast' });
    const isAnswered = end.kind === 'done' && end.ok;
    return isAnswered ? (this.#told ?? {}) : 'silent';
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#callOff();
    this.#callOffReopening();
    await this.#sending;
    await this.#link.close();
  }

  #open(): ByteLink {
    return this.#parts.open({
      up: (at) => this.#up(at),
      bytes: (bytes, at) => this.#handle({ kind: 'bytes', bytes, at }),
      down: (problem, at) => this.#down(problem, at),
    });
  }

  #up(at: number): void {
    this.#events.onUp(at);
    this.#handle({ kind: 'connected', at });
  }

  #down(problem: LinkProblem, at: number): void {
    this.#isReady = false;
    this.#events.onDown(problem, at);
    this.#handle({ kind: 'disconnected', at });
  }

  #handle(input: TerminalInput): void {
    if (this.#isClosed) return;
    for (const effect of this.#dialogue.handle(input)) this.#perform(effect);
    this.#arm();
  }

  #perform(effect: TerminalEffect): void {
    switch (effect.do) {
      case 'write':
        return this.#write(effect.bytes);
      case 'store-result':
        return this.#store(() => this.#events.store(effect.result));
      case 'store-late-result':
        return this.#store(() => this.#events.storeLate(effect.result));
      case 'tell':
        return this.#heardNews(effect.news);
      case 'reconnect':
        return this.#reconnect(effect.why, effect.isRefused === true);
      default:
        return effect satisfies never;
    }
  }

  /** One after the other: a link takes one write at a time. One that breaks tells it itself. */
  #write(bytes: Uint8Array): void {
    this.#sending = this.#sending.then(() => this.#link.write(bytes, WRITE_MS, 'taken'));
  }

  #store(put: () => Promise<Stored>): void {
    this.#storing = this.#storing.then(async () => {
      const stored = await put();
      const at = this.#parts.clock.mono();
      if (stored === false) this.#handle({ kind: 'not-stored', at });
      else this.#handle({ kind: 'stored', at, ...(stored === 'anothers' && { isAnothers: true }) });
    });
  }

  #heardNews(news: TerminalNews): void {
    if (news.kind === 'last') this.#told = news.key;
    if (news.kind === 'ready') {
      this.#isReady = true;
      this.#refusals = 0;
      // the link came back by itself meanwhile: what waited for another one would cut this one, perhaps under a sale
      this.#callOffReopening();
      this.#events.onReady();
    }
    this.#events.onNews(news);
    const isEnd = news.kind === 'done' || news.kind === 'not-done';
    if (!isEnd || news.command === 'cleared' || news.command === 'abort') return;
    const end = this.#ending;
    this.#ending = undefined;
    // the dialogue's last words are on disk first: an `unknown` that takes a no back would come behind its end
    if (end) void this.#storing.then(() => end(news));
  }

  /** The link cannot be used any more as it is: another one, a moment later. */
  #reconnect(detail: string, isRefused: boolean): void {
    this.#isReady = false;
    const code = isRefused ? 'TERMINAL_REFUSES' : 'PORT_LOST';
    const pause = isRefused ? Math.min(LONGEST_REOPEN_MS, REOPEN_MS * 2 ** this.#refusals) : REOPEN_MS;
    this.#refusals += isRefused ? 1 : 0;
    const old = this.#link;
    const at = this.#parts.clock.mono();
    this.#events.onDown({ code, path: this.protocol, detail }, at);
    this.#callOffReopening();
    this.#callOffReopening = this.#parts.clock.after(pause, () => void this.#reopen(old));
  }

  async #reopen(old: ByteLink): Promise<void> {
    await this.#sending;
    await old.close();
    if (this.#isClosed) return;
    this.#handle({ kind: 'disconnected', at: this.#parts.clock.mono() });
    this.#link = this.#open();
  }

  #arm(): void {
    this.#callOff();
    const due = this.#dialogue.nextDeadline;
    if (due === undefined || this.#isClosed) return;
    this.#callOff = this.#parts.clock.after(Math.max(0, due - this.#parts.clock.mono()), () =>
      this.#handle({ kind: 'time', at: this.#parts.clock.mono() }),
    );
  }
}
