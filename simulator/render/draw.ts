import { barsWidth } from '../../protocols/escpos/barcode.ts';
import { type Bitmap, turned } from '../../protocols/escpos/image.ts';
import { CELLS } from '../../protocols/escpos/modes.ts';
import { upAndDown } from '../../protocols/escpos/paper.ts';
import { qrPicture } from '../../protocols/escpos/qr-picture.ts';
import { type Cell, type Item, type PageField, rowsOf, type Slip } from '../../protocols/escpos/slip.ts';
import { Canvas } from './canvas.ts';
import { type ReceiptFont, receiptFont } from './font.ts';

type Char = Extract<Cell, { kind: 'char' }>;
type Line = Extract<Item, { kind: 'line' }>;
type Barcode = Extract<Item, { kind: 'barcode' }>;

/** White rows and a dashed line: where one slip was cut from the next. */
const CUT_MARK = { above: 12, below: 12, dash: 8 };

/** Memory asked for before anything is drawn; a longer strip grows. */
const MOST_ROWS_AT_ONCE = 20_000;

/** Slips as one strip of paper in printer dots, cut marks between them; a single slip has none. */
export function drawSlips(slips: readonly Slip[], dots: number): Bitmap {
  const rows = slips.reduce((sum, { items }) => items.reduce((most, item) => most + rowsOf(item), sum), 0);
  const canvas = new Canvas(dots, Math.min(Math.max(0, rows), MOST_ROWS_AT_ONCE));
  canvas.extend(1);
  let y = 0;
  slips.forEach((slip, k) => {
    if (k > 0) y = cutMark(canvas, y);
    y = drawSlip(canvas, slip, y);
  });
  return canvas.picture();
}

function cutMark(canvas: Canvas, y: number): number {
  for (let x = 0; x < canvas.width; x += 2 * CUT_MARK.dash) canvas.fill(x, y + CUT_MARK.above, CUT_MARK.dash, 1);
  return y + CUT_MARK.above + 1 + CUT_MARK.below;
}

function drawSlip(canvas: Canvas, slip: Slip, from: number): number {
  const font = receiptFont();
  let y = from;
  for (const item of slip.items) {
    const advance = drawItem(canvas, item, y, font);
    y = Math.max(from, y + advance);
    canvas.extend(y);
  }
  return Math.max(y, canvas.height);
}

/** Draws at `y` and says how far the paper moves. */
function drawItem(canvas: Canvas, item: Item, y: number, font: ReceiptFont): number {
  switch (item.kind) {
    case 'feed':
      return item.dots;
    case 'line':
      drawLine(canvas, item, y, font);
      return item.advance;
    case 'image':
      canvas.draw(item.bitmap, item.left, y);
      return item.bitmap.height;
    case 'qr':
      canvas.draw(qrPicture(item.data, item.ecc), item.left, y, item.module, item.module);
      return item.modules * item.module;
    case 'page':
      for (const field of item.fields) drawField(canvas, field, y, font);
      return item.height;
    case 'barcode':
      break;
  }
  return drawBarcode(canvas, item, y, font);
}

/** By direction: quarters that its lines are turned clockwise. */
const QUARTERS = [0, 3, 2, 1] as const;

/** A print area of page mode is drawn upright and then turned; what reaches beyond it is cut off. */
function drawField(canvas: Canvas, field: PageField, y: number, font: ReceiptFont): void {
  const upright = field.direction % 2 === 0;
  const [width, height] = upright ? [field.width, field.height] : [field.height, field.width];
  const area = new Canvas(width);
  for (const { top, item } of field.placed) if (top < height) drawItem(area, item, top, font);
  canvas.draw(turned(area.picture(height), QUARTERS[field.direction]), field.x, y + field.y);
}

function drawLine(canvas: Canvas, line: Line, y: number, font: ReceiptFont): void {
  let right = line.left;
  for (const cell of line.cells) {
    const x = line.left + cell.x;
    if (cell.kind === 'image') canvas.draw(cell.bitmap, x, y + line.ascent - cell.bitmap.height);
    else drawChar(canvas, cell, x, y + line.ascent, font);
    right = Math.max(right, x + cell.advance);
  }
  if (line.upsideDown) canvas.turn(line.left, y, Math.min(right, canvas.width) - line.left, line.height);
}

function drawChar(canvas: Canvas, cell: Char, x: number, baseline: number, font: ReceiptFont): void {
  const { style, hanzi } = cell;
  const [up, down] = upAndDown(cell);
  const top = baseline - up;
  // a few wide codes (the euro sign) have only a narrow glyph
  const glyph =
    cell.glyph ?? (hanzi ? font.hanzi(cell.char) : undefined) ?? font.latin(cell.char, hanzi ? 'A' : style.font);
  const shown = glyph && style.rotated ? turned(glyph, 1) : glyph;
  const [wide, high] = style.rotated ? [style.height, style.width] : [style.width, style.height];
  if (shown) canvas.draw(shown, x, top, wide, high);
  // emphasised: the printer prints each dot again one dot to the right
  if (shown && style.bold) canvas.draw(shown, x + 1, top, wide, high);
  if (!glyph && cell.char > ' ') missing(canvas, x, top, cell);
  if (style.underline > 0 && !style.reverse && !style.rotated)
    canvas.fill(x, top + up + down, cell.advance, style.underline);
  if (style.reverse) canvas.invert(x, top, cell.advance, up + down);
}

/** A character without a glyph shows as a frame, so that nobody takes it for a space. */
function missing(canvas: Canvas, x: number, top: number, { style, hanzi }: Char): void {
  const cell = hanzi ? CELLS.hanzi : CELLS[style.font];
  const [width, height] = [cell.width * style.width - 2, cell.height * style.height - 6];
  canvas.fill(x + 1, top + 2, width, 1);
  canvas.fill(x + 1, top + 2 + height, width, 1);
  canvas.fill(x + 1, top + 2, 1, height);
  canvas.fill(x + width, top + 2, 1, height);
}

function drawBarcode(canvas: Canvas, item: Barcode, y: number, font: ReceiptFont): number {
  const above = item.textAt === 'above' || item.textAt === 'both';
  const below = item.textAt === 'below' || item.textAt === 'both';
  const row = CELLS[item.textFont].height;
  const width = barsWidth(item.widths, item.module);
  const top = y + (above ? row : 0);
  let x = item.left;
  item.widths.forEach((modules, k) => {
    const dots = Math.round(modules * item.module);
    if (k % 2 === 0) canvas.fill(x, top, dots, item.height);
    x += dots;
  });
  if (above) barcodeText(canvas, item, y, width, font);
  if (below) barcodeText(canvas, item, top + item.height, width, font);
  return item.height + (above ? row : 0) + (below ? row : 0);
}

function barcodeText(canvas: Canvas, item: Barcode, y: number, width: number, font: ReceiptFont): void {
  const cell = CELLS[item.textFont].width;
  let x = item.left + Math.floor((width - item.text.length * cell) / 2);
  for (const char of item.text) {
    const glyph = font.latin(char, item.textFont);
    if (glyph) canvas.draw(glyph, x, y);
    x += cell;
  }
}
