import type { Paper } from './paper.ts';
import { littleEndian } from './shape.ts';
import type { Token } from './tokenize.ts';

export type Command = Extract<Token, { kind: 'command' }>;

export type Effect = (paper: Paper, command: Command, next: number) => void;

export const first = (command: Command) => command.operands[0] ?? 0;

export const word = (command: Command, at = 0) => littleEndian(command.operands.slice(at, at + 2));

export const bit = (byte: number, index: number) => ((byte >> index) & 1) === 1;

/** Operands may be the number or its ASCII digit (0 or 48). */
export const digit = (byte: number) => (byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte);

/** Says (and reports) whether something with its own line may be printed now. */
export function lineIsFree(paper: Paper, command: Command): boolean {
  if (paper.isFull) return false;
  if (paper.page) {
    paper.settleLine();
    return true;
  }
  if (!paper.lineIsEmpty) paper.report('symbol-in-line', command.offset, command.name);
  return paper.lineIsEmpty;
}

export const notDrawn: Effect = (paper, command) => paper.report('not-drawn', command.offset, command.name);
