import type { Pending, TerminalCommand } from '../../protocols/terminal/messages.ts';
import type { Clock } from '../clock.ts';
import type { CommandEnd, PaymentTerminal } from '../devices/terminal/payment-terminal.ts';
import { terminalReference } from '../devices/terminal/reference.ts';
import type { TillBook } from '../journal/book.ts';
import type { CardFacts, KeptCommand } from './card.ts';
import type { UnnamedCommand } from './card-give-back.ts';
import type { CardRefusal } from './card-refusal.ts';

export interface TerminalTurnParts {
  readonly book: Pick<TillBook, 'attempts'>;
  readonly terminal: () => PaymentTerminal;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The one turn that there is at the card terminal, and what is said to it in that turn. */
export class TerminalTurn {
  readonly #parts: TerminalTurnParts;
  /** between the wish and the record: the terminal is asked what its last transaction is */
  #isTaken = false;
  /** a person's business now, and still in the terminal's dialogue */
  readonly #settled: KeptCommand[] = [];

  constructor(parts: TerminalTurnParts) {
    this.#parts = parts;
  }

  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Nothing else begins while `work` does. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    this.#isTaken = true;
    try {
      return await work();
    } finally {
      this.#isTaken = false;
    }
  }

  /** What a command is written down with before its first byte; what the terminal did last is asked now. */
  async factsFor(command: UnnamedCommand): Promise<Omit<CardFacts, 'commandId'> | CardRefusal> {
    const terminal = this.#parts.terminal();
    const before = await terminal.lastKnown();
    if (before === 'silent') return 'DEVICE_OFFLINE';
    const { commands } = terminal.capabilities;
    return {
      protocol: terminal.protocol,
      command: { ...command, reference: this.newReference() },
      canAsk: commands.includes('queryByRef') || commands.includes('queryLast'),
      ...(before === undefined ? {} : { before }),
    };
  }

  /** Never used before, and of the form that the terminal asks for. */
  newReference(): string {
    const { book, terminal, newId, clock } = this.#parts;
    const used = [...book.attempts.values()].flatMap(({ attempt: { card } }) => card?.command.reference ?? []);
    return terminalReference(terminal().capabilities.reference, newId, clock.now(), new Set(used));
  }

  /** What was settled while its dialogue went on is cleared behind its end. */
  async run(command: TerminalCommand): Promise<CommandEnd> {
    const end = await this.#parts.terminal().run(command);
    for (const settled of this.#settled.splice(0)) this.#parts.terminal().cleared(settled);
    return end;
  }

  /** What became of it? */
  ask(card: CardFacts): Promise<CommandEnd> {
    const byRef = this.#parts.terminal().capabilities.commands.includes('queryByRef');
    return this.run({ kind: byRef ? 'queryByRef' : 'queryLast', about: pendingOf(card) });
  }

  /** It is a person's business: the terminal may be used again. */
  clear(command: KeptCommand): void {
    const terminal = this.#parts.terminal();
    if (terminal.isBusy) this.#settled.push(command);
    else terminal.cleared(command);
  }
}

export function pendingOf({ command, before }: CardFacts): Pending {
  return { command, ...(before === undefined ? {} : { before }) };
}
