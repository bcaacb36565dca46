import type { Decoded } from './decode.ts';
import { payloadText } from './effects-symbol.ts';
import { CELLS } from './modes.ts';
import {
  type Cell,
  type CharStyle,
  flatItems,
  type Item,
  type Slip,
  type SlipLine,
  type SlipSummary,
  type StreamSummary,
  type TextRun,
} from './slip.ts';
import { columnsOf } from './text.ts';

type Line = Extract<Item, { kind: 'line' }>;
type CharCell = Extract<Cell, { kind: 'char' }>;

/** A decoded stream as JSON: `{slips, problems}`. */
export function summarise(decoded: Decoded): StreamSummary {
  return { slips: decoded.slips.map(summariseSlip), problems: [...decoded.problems] };
}

export function summariseSlip(slip: Slip): SlipSummary {
  const summary: SlipSummary = { lines: [], qr: [], barcodes: [], images: [], cut: slip.cut, drawer: slip.drawer };
  for (const item of flatItems(slip.items)) {
    if (item.kind === 'line') summary.lines.push(summariseLine(item));
    else if (item.kind === 'qr') summary.qr.push(payloadText(item.data));
    else if (item.kind === 'barcode') summary.barcodes.push({ type: item.type, data: item.text });
    else if (item.kind === 'image') summary.images.push({ width: item.bitmap.width, height: item.bitmap.height });
  }
  return summary;
}

function summariseLine(line: Line): SlipLine {
  const runs: TextRun[] = [];
  let last: CharStyle | undefined;
  for (const { text, style } of pieces(line.cells)) {
    const run = runs.at(-1);
    if (run && last && sameStyle(last, style)) run.text += text;
    else runs.push(newRun(text, style));
    last = style;
  }
  return { text: lineText(line), align: line.align, runs };
}

/**
 * A line as plain text, in which every character has one size: words stand side by side as on paper, and after a gap a word
 * ends in the column where it ends on paper, so that amounts in double size stay below each other.
 */
function lineText(line: Line): string {
  const cells = line.cells.filter((cell) => cell.kind === 'char').toSorted((a, b) => a.x - b.x);
  const unit = columnOf(cells);
  let text = '';
  let columns = 0;
  for (const word of words(cells, unit)) {
    const first = text === '';
    const wanted = (first ? Math.floor(word.from / unit) : Math.ceil(word.to / unit) - word.columns) || 0;
    const spaces = Math.max(first || word.glued ? 0 : 1, wanted - columns);
    text += ' '.repeat(spaces) + word.text;
    columns += spaces + word.columns;
  }
  return text.trimEnd();
}

/** Dots of a text column: of font A, in a line of small letters alone of font B. */
function columnOf(cells: readonly CharCell[]): number {
  const isSmall = cells.length > 0 && cells.every(({ hanzi, style }) => !hanzi && style.font === 'B');
  return isSmall ? CELLS.B.width : COLUMN;
}

const widthOf = ({ hanzi, style }: CharCell) => (hanzi ? CELLS.hanzi.width : CELLS[style.font].width) * style.width;

interface Word {
  text: string;
  /** a code of two bytes takes two, whatever its character */
  columns: number;
  /** dots */
  from: number;
  to: number;
  /** no space stands before it */
  glued: boolean;
}

function newWord({ char, hanzi, x, advance }: CharCell, glued: boolean): Word {
  return { text: char, columns: hanzi ? 2 : 1, from: x, to: x + advance, glued };
}

/** Pieces of a line that a gap keeps apart: two spaces, a step to the right, or another width. */
function words(cells: readonly CharCell[], unit: number): Word[] {
  const found: Word[] = [];
  let pending = '';
  let last: CharCell | undefined;
  for (const cell of cells) {
    const word = found.at(-1);
    if (cell.char === ' ') {
      pending += ' ';
      continue;
    }
    const step = word && last ? cell.x - word.to - pending.length * widthOf(last) : 0;
    const resized = last !== undefined && last.style.width !== cell.style.width;
    const apart = pending.length > 1 || step >= unit || resized;
    if (word && !apart) {
      word.text += pending + cell.char;
      word.columns += pending.length + (cell.hanzi ? 2 : 1);
      word.to = cell.x + cell.advance;
    } else found.push(newWord(cell, pending === '' && step < unit));
    pending = '';
    last = cell;
  }
  return found;
}

/** Characters from left to right, gaps of at least a column filled with spaces. */
function pieces(cells: readonly Cell[]): { text: string; style: CharStyle }[] {
  const found: { text: string; style: CharStyle }[] = [];
  let x = 0;
  for (const cell of cells.toSorted((a, b) => a.x - b.x)) {
    if (cell.kind === 'char') {
      const gap = Math.floor((cell.x - x) / (CELLS.A.width * (cell.hanzi ? 1 : cell.style.width)));
      found.push({ text: ' '.repeat(Math.max(0, gap)) + cell.char, style: cell.style });
    }
    x = Math.max(x, cell.x + cell.advance);
  }
  return found;
}

function newRun(text: string, style: CharStyle): TextRun {
  return {
    text,
    ...(style.bold && { bold: true as const }),
    ...(style.underline > 0 && { underline: style.underline }),
    ...(style.reverse && { reverse: true as const }),
    ...(style.font === 'B' && { font: 'B' as const }),
    ...(style.width > 1 && { width: style.width }),
    ...(style.height > 1 && { height: style.height }),
  };
}

function sameStyle(a: CharStyle, b: CharStyle): boolean {
  return (
    a.font === b.font &&
    a.bold === b.bold &&
    a.underline === b.underline &&
    a.reverse === b.reverse &&
    a.width === b.width &&
    a.height === b.height
  );
}

const COLUMN = CELLS.A.width;

/** A slip as text on the columns of font A, symbols as one line each. */
export function slipText(slip: Slip, dots: number): string {
  const lines: string[] = [];
  for (const item of flatItems(slip.items)) lines.push(...itemText(item, Math.floor(dots / COLUMN)));
  if (slip.cut) lines.push('- '.repeat(Math.floor(dots / COLUMN / 2)).trimEnd());
  return `${lines.join('\n')}\n`;
}

function itemText(item: Item, columns: number): string[] {
  switch (item.kind) {
    case 'line':
      return [placed(lineText(item), item, columns)];
    case 'feed':
      return Array.from({ length: Math.max(0, Math.min(8, Math.round(item.dots / 30))) }, () => '');
    case 'image':
      return [centred(`[image ${item.bitmap.width}x${item.bitmap.height}]`, columns)];
    case 'qr':
      return [centred(`[QR ${payloadText(item.data)}]`, columns)];
    case 'page':
      return [];
    case 'barcode':
      break;
  }
  return [centred(`[${item.type} ${item.text}]`, columns)];
}

/** Text has one size, so a large line is placed by its alignment, not by its dots. */
function placed(text: string, { align, left }: Line, columns: number): string {
  const free = Math.max(0, columns - columnsOf(text));
  const indent = { left: Math.round(left / COLUMN), center: Math.floor(free / 2), right: free }[align];
  return text === '' ? '' : ' '.repeat(indent) + text;
}

function centred(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, Math.floor((columns - text.length) / 2))) + text;
}
