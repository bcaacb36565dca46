import type { Align } from './document.ts';
import { type Piece, PLAIN, type Run, type Style } from './page.ts';
import { wrapped } from './wrapped.ts';

// Texts beside each other are laid out with spaces: cheap printers ignore a position command after data on the line
// (receipts.md 1.2). A hanzi is two columns of font A, so columns meet on every line.

/** Font A; the unit of everything here. */
export const COLUMN_DOTS = 12;
const SMALL_DOTS = 9;

export interface Cell {
  /** printable */
  readonly text: string;
  readonly columns: number;
  readonly style: Style;
  readonly align: Align | undefined;
  readonly caption: { readonly text: string; readonly columns: number } | undefined;
}

const CAPTION: Style = { ...PLAIN, font: 'B' };
/** Nine-dot letters end on a column only in fours: a caption is padded to a multiple of 36 dots. */
const CAPTION_STEP = 4;

/** The value at the right edge of its label's line, or on lines of its own below. */
export function labelAndValue(label: Cell, value: Cell, columns: number): Piece[] {
  const caption = captionOf(label);
  const head: Run[] = label.text === '' ? [] : [{ text: label.text, style: label.style }];
  if (caption) head.push({ text: caption, style: CAPTION });
  const headColumns =
    columnsIn(label) + (caption === undefined ? 0 : Math.ceil(dotsOf(caption, CAPTION) / COLUMN_DOTS));
  const gap = columns - headColumns - columnsIn(value);
  if (value.text === '') return labelAlone(label, head, headColumns, columns);
  if (gap >= 1) {
    head.push(spaces(gap), { text: value.text, style: value.style });
    return [{ kind: 'line', align: 'left', runs: head }];
  }
  const lines: Piece[] = label.text === '' ? [] : labelAlone(label, head, headColumns, columns);
  const align = value.align ?? 'right';
  for (const line of wrapped(value.text, value.columns, roomIn(columns, value.style)))
    lines.push({ kind: 'line', align, runs: [{ text: line.text, style: value.style }] });
  return lines;
}

function labelAlone({ text, style, columns }: Cell, head: Run[], headColumns: number, room: number): Piece[] {
  if (headColumns <= room) return [{ kind: 'line', align: 'left', runs: head }];
  return wrapped(text, columns, roomIn(room, style)).map((line) => ({
    kind: 'line',
    align: 'left',
    runs: [{ text: line.text, style }],
  }));
}

function captionOf({ caption }: Cell): string | undefined {
  if (caption === undefined) return undefined;
  const spaced = ` ${caption.text}`;
  return spaced.padEnd(Math.ceil(spaced.length / CAPTION_STEP) * CAPTION_STEP);
}

const spaces = (count: number): Run => ({ text: ' '.repeat(count), style: PLAIN });

function dotsOf(text: string, style: Style): number {
  const small = style.font === 'B' ? SMALL_DOTS : COLUMN_DOTS;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xdc00 || unit > 0xdfff) dots += unit < 0x80 ? small : 2 * COLUMN_DOTS;
  }
  return dots * style.width;
}

const columnsIn = ({ text, columns, style }: Cell): number =>
  style.font === 'A' ? columns * style.width : Math.ceil(dotsOf(text, style) / COLUMN_DOTS);

/** Columns of text that fit in a width; small letters are counted like others, which leaves room. */
const roomIn = (columns: number, style: Style): number => Math.floor(columns / style.width);

/** Columns of a text and the empty ones right of it. */
export interface Column {
  readonly width: number;
  readonly gap: number;
}

/** Every cell wraps in its own column. */
export function besideEachOther(cells: readonly Cell[], columns: readonly Column[]): Piece[] {
  const lines = cells.map((cell, k) => wrapped(cell.text, cell.columns, roomIn(columns[k]?.width ?? 1, cell.style)));
  const height = Math.max(...lines.map((cell) => cell.length));
  return Array.from({ length: height }, (_, row) => ({
    kind: 'line',
    align: 'left',
    runs: trimmed(cells.flatMap((cell, k) => inColumn(lines[k]?.[row]?.text ?? '', cell, columns[k]))),
  }));
}

function inColumn(text: string, { style, align }: Cell, { width, gap }: Column = { width: 1, gap: 0 }): Run[] {
  const free = Math.max(0, width - Math.ceil(dotsOf(text, style) / COLUMN_DOTS));
  const before = align === 'right' ? free : align === 'center' ? Math.floor(free / 2) : 0;
  const after = free - before + gap;
  if (style === PLAIN) return [{ text: ' '.repeat(before) + text + ' '.repeat(after), style }];
  return [spaces(before), { text, style }, spaces(after)].filter((run) => run.text !== '');
}

/** Runs of the plain style joined, without spaces at the end of the line. */
function trimmed(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && last.style === run.style) joined[joined.length - 1] = { text: last.text + run.text, style: run.style };
    else joined.push(run);
  }
  const last = joined.pop();
  if (last && last.text.trimEnd() !== '') joined.push({ text: last.text.trimEnd(), style: last.style });
  return joined;
}

/** Columns of each cell by its share, one of them empty but at the end; what is left over goes to the largest. */
export function shares(wanted: readonly number[], columns: number): Column[] {
  let sum = 0;
  for (const share of wanted) sum += share;
  const widths = wanted.map((share) => Math.max(3, Math.floor((share * columns) / sum)));
  const largest = widths.indexOf(Math.max(...widths));
  let used = 0;
  for (const width of widths) used += width;
  widths[largest] = (widths[largest] ?? 0) + columns - used;
  return widths.map((width, k) => (k === widths.length - 1 ? { width, gap: 0 } : { width: width - 1, gap: 1 }));
}

/** Fewer columns than four hanzi are no room for a name. */
const LEAST_SHARED = 8;

/** Columns without a share are as wide as their widest text, the others divide what is left: numbers never wrap. */
export function tableColumns(
  wanted: readonly (number | undefined)[],
  rows: readonly (readonly Cell[])[],
  columns: number,
): Column[] {
  const natural = wanted.map((_, k) => {
    let widest = 1;
    for (const row of rows) widest = Math.max(widest, row[k]?.columns ?? 0);
    return widest;
  });
  return divided(wanted, natural, columns, 2) ?? divided(wanted, natural, columns, 1) ?? shares(natural, columns);
}

function divided(
  wanted: readonly (number | undefined)[],
  natural: readonly number[],
  columns: number,
  gap: number,
): Column[] | undefined {
  let left = columns - gap * (wanted.length - 1);
  let sum = 0;
  wanted.forEach((share, k) => {
    if (share === undefined) left -= natural[k] ?? 0;
    else sum += share;
  });
  const sharing = wanted.filter((share) => share !== undefined).length;
  if (left < sharing * LEAST_SHARED || (sharing === 0 && left < 0)) return undefined;
  const last = wanted.length - 1;
  return wanted.map((share, k) => ({
    width: share === undefined ? (natural[k] ?? 1) : Math.floor((left * share) / sum),
    gap: k === last ? 0 : gap,
  }));
}
