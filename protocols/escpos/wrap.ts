import { columnsOf } from './text.ts';

/** Closing punctuation does not start a line. */
const CLOSING = new Set('，。、；：？！）》】」』”’％');

/** Lines of at most `columns`. Words, numbers and order numbers stay whole while they fit on a line of their own. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts(text)) {
    if (columnsOf(line) + columnsOf(part) <= columns) {
      line += part;
      continue;
    }
    if (line.trimEnd() !== '') lines.push(line.trimEnd());
    line = '';
    if (part.trim() === '') continue;
    const pieces = cut(part, columns);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** Words of one-byte characters, runs of spaces, and single wide characters with the closing punctuation after them. */
function parts(text: string): string[] {
  const found: string[] = [];
  for (const part of text.match(/ +|[!-~]+|[^ -~]/gu) ?? []) {
    const last = found.at(-1);
    if (last !== undefined && last.trim() !== '' && CLOSING.has(part)) found[found.length - 1] = last + part;
    else found.push(part);
  }
  return found;
}

/** A word longer than a line in pieces that fill the line. */
function cut(word: string, columns: number): string[] {
  const pieces = [''];
  for (const char of word) {
    const piece = pieces.at(-1) ?? '';
    if (piece !== '' && columnsOf(piece) + columnsOf(char) > columns) pieces.push(char);
    else pieces[pieces.length - 1] = piece + char;
  }
  return pieces;
}
