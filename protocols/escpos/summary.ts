import type { Decoded } from './decode.ts';
import { payloadText } from './effects.ts';
import { CELLS } from './modes.ts';
import type { Cell, CharStyle, Item, Slip, SlipLine, SlipSummary, StreamSummary, TextRun } from './slip.ts';
import { columnsOf } from './text.ts';

type Line = Extract<Item, { kind: 'line' }>;

/** A decoded stream as JSON: `{slips, problems}`. */
export function summarise(decoded: Decoded): StreamSummary {
  return { slips: decoded.slips.map(summariseSlip), problems: [...decoded.problems] };
}

export function summariseSlip(slip: Slip): SlipSummary {
  const summary: SlipSummary = { lines: [], qr: [], barcodes: [], images: [], cut: slip.cut, drawer: slip.drawer };
  for (const item of slip.items) {
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

/** A line as plain text: gaps become spaces, a wide character takes the columns it covers. */
export function lineText(line: Line): string {
  return pieces(line.cells)
    .map((piece) => piece.text)
    .join('')
    .trimEnd();
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
  for (const item of slip.items) lines.push(...itemText(item, Math.floor(dots / COLUMN)));
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
