import type { FinancialCommand, TerminalCommand, TerminalResult } from './messages.ts';

// A protocol without any reference (NCCC): an answer is known by its kind and amount alone. Where an earlier command of the same
// kind and amount was never answered, its answer may still be on its way, and nobody can tell the two apart: neither is
// applied, a person looks at the terminal's list.

/** ms that an answer may be late: a terminal has given its host up long before (an assumption, no document says it) */
const LATE_MS = 15 * 60_000;
/** a till that nobody looks after: the oldest are forgotten */
const KEPT = 16;

interface Owed {
  readonly command: FinancialCommand;
  until: number;
}

/** A command that ended without an answer. */
export interface GivenUp {
  readonly command: FinancialCommand;
  /** monotonic ms; of an earlier process perhaps before this one's zero */
  readonly at: number;
}

export class OwedAnswers {
  #owed: Owed[] = [];

  /** A command was given up without an answer, and others may follow it. An end of day that is done twice moves no money. */
  add({ command, at }: GivenUp): void {
    if (command.kind === 'settle') return;
    this.#owed = [...this.#owed, { command, until: at + LATE_MS }].slice(-KEPT);
  }

  /** The result as far as it can be believed. One of the two answers is still to come behind it. */
  judged(result: TerminalResult, command: TerminalCommand, at: number): TerminalResult {
    this.#owed = this.#owed.filter(({ until }) => until > at);
    const owed = this.#owed.find((one) => isAlike(one.command, command));
    if (!owed) return result;
    owed.until = at + LATE_MS;
    return { ...result, outcome: 'unknown', evidence: { ...result.evidence, by: 'cannot-tell' } };
  }

  /** An answer of this amount came while nobody waited for one. */
  heard(amount: number | undefined): void {
    const at = this.#owed.findIndex(({ command }) => amountOf(command) === amount);
    if (at >= 0) this.#owed.splice(at, 1);
  }
}

function isAlike(one: FinancialCommand, other: TerminalCommand): boolean {
  return one.kind === other.kind && amountOf(one) === amountOf(other);
}

function amountOf(command: TerminalCommand): number | undefined {
  return 'amount' in command ? command.amount : undefined;
}
