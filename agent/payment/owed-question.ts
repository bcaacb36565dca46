import type { Pending } from '../../protocols/terminal/messages.ts';
import type { PaymentTerminal } from '../devices/terminal/payment-terminal.ts';
import { explain } from '../errors.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import type { Attempt } from './attempt.ts';
import { cardOf, isCardOpen } from './card.ts';
import { pendingOf, type TerminalTurn } from './terminal-turn.ts';

export interface OwedQuestionParts {
  readonly terminal: () => PaymentTerminal;
  readonly turn: TerminalTurn;
  readonly log: Log;
}

/** A person was called before the terminal could be asked: it is, before anything else, and its word is kept as evidence. */
export class OwedQuestion {
  readonly #parts: OwedQuestionParts;
  #about: Attempt | undefined;

  constructor(parts: OwedQuestionParts) {
    this.#parts = parts;
  }

  /** The terminal is asked first, although a person was called already. */
  get isOwed(): boolean {
    return this.#about !== undefined;
  }

  /** After a restart, too. */
  owe(attempt: Attempt): void {
    this.#about = attempt;
    this.#parts.log.warn({ attemptId: attempt.attemptId }, explain('TERMINAL_LOCKED'));
    if (this.#parts.terminal().isReady) this.ask();
  }

  ask(): void {
    if (this.#about) void this.#ask(this.#about);
  }

  /** What it says now is evidence for that person; then the terminal is free. */
  async #ask(attempt: Attempt): Promise<void> {
    const { turn } = this.#parts;
    const end = await turn.ask(cardOf(attempt));
    if (this.#about !== attempt || end.kind !== 'done' || !end.ok) return;
    this.#about = undefined;
    turn.clear(cardOf(attempt).command);
  }
}

/** The command that an earlier process left open, for a dialogue that begins anew. */
export function pendingIn(book: Pick<TillBook, 'attempts'>): Pending | undefined {
  const open = [...book.attempts.values()].findLast(isCardOpen)?.attempt ?? owedIn(book);
  return open && pendingOf(cardOf(open));
}

export function owedIn(book: Pick<TillBook, 'attempts'>): Attempt | undefined {
  const last = [...book.attempts.values()].findLast(({ attempt }) => attempt.card)?.attempt;
  return last?.state === 'NEEDS_MANUAL_CHECK' && !wasAsked(last) ? last : undefined;
}

/** The terminal has told what it can, or can never be asked. */
export function wasAsked({ card }: Attempt): boolean {
  if (!card?.canAsk) return true;
  return card.result?.evidence.by === 'other-amount' || card.result?.evidence.by === 'cannot-tell';
}
