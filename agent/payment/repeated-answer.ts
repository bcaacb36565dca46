import type { TerminalCapabilities, TerminalResult, TransactionKey } from '../../protocols/terminal/messages.ts';
import type { TillBook } from '../journal/book.ts';
import type { Attempt } from './attempt.ts';
import type { LateWord } from './card.ts';

/** What names a transaction at a terminal that takes no reference: its receipt, and when, because receipts come round again. */
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
  { attemptId }: Pick<Attempt, 'attemptId'>,
  { command, key }: TerminalResult,
): boolean {
  if (correlation !== 'none' || (key.receipt === undefined && key.trace === undefined)) return false;
  return [...book.attempts.values()].some(({ attempt }) => {
    // a void is answered with the receipt of its sale
    const isOther = attempt.attemptId !== attemptId && attempt.card?.command.kind === command;
    const known = isOther ? attempt.card?.result?.key : undefined;
    return known !== undefined && NAMES.every((name) => known[name] === key[name]);
  });
}

/** As nobody's: it is kept, and says nothing of the command that waits. */
export function withoutCommand({ command: _kind, reference: _whose, ...word }: TerminalResult): LateWord {
  return word;
}
