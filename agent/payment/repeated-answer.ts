import type { TerminalCapabilities, TerminalResult, TransactionKey } from '../../protocols/terminal/messages.ts';
import type { TillBook } from '../journal/book.ts';
import type { Attempt } from './attempt.ts';
import type { LateWord } from './card.ts';

/** What names a transaction at a terminal that takes no reference. Which of them a terminal says is its own business. */
const NAMES = [
  'receipt',
  'trace',
  'batch',
  'date',
  'time',
  'terminalId',
] as const satisfies readonly (keyof TransactionKey)[];

/**
 * The answer is about a transaction that the journal has as another attempt's: said again, because the terminal never heard that it
 * was taken. Where an answer names its question nobody has to ask.
 */
export function isAnothersAnswer(
  book: Pick<TillBook, 'attempts'>,
  { correlation }: Pick<TerminalCapabilities, 'correlation'>,
  { attemptId, amountFen }: Pick<Attempt, 'attemptId' | 'amountFen'>,
  { command, key, amount = amountFen }: TerminalResult,
): boolean {
  if (correlation !== 'none' || !namesOne(key)) return false;
  return [...book.attempts.values()].some(({ attempt }) => {
    // a void is answered with the receipt of its sale
    const isOther = attempt.attemptId !== attemptId && attempt.card?.command.kind === command;
    const known = isOther ? attempt.card?.result : undefined;
    if (known === undefined || (known.amount ?? attempt.amountFen) !== amount) return false;
    return NAMES.every((name) => known.key[name] === key[name]);
  });
}

/** Receipt and trace come round again: only with when it was they name one transaction. */
function namesOne({ receipt, trace, date, time }: TransactionKey): boolean {
  if (receipt === undefined && trace === undefined) return false;
  return time !== undefined || (date !== undefined && trace !== undefined);
}

/** As nobody's: it is kept, and says nothing of the command that waits. */
export function withoutCommand({ command: _kind, reference: _whose, ...word }: TerminalResult): LateWord {
  return word;
}
