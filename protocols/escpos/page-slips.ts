import type { Page, Piece, Run } from '../document/page.ts';
import { bars, barsWidth } from './barcode.ts';
import { linesBeforeCut, qrRaster } from './encode-page.ts';
import { type Bitmap, fromRows } from './image.ts';
import { CELLS } from './modes.ts';
import type { PrinterProfile } from './profile.ts';
import { STRIPE_ROWS } from './raster.ts';
import type { Align, Cell, Item, Slip } from './slip.ts';

/**
 * What a page looks like on paper, without going through a printer's bytes: picture and text are made of it. That printer
 * and picture agree is the test `decode(encode(page))` = this.
 */
export function pageSlips({ pieces }: Page, profile: PrinterProfile): Slip[] {
  const slips: Slip[] = [];
  let items: Item[] = [];
  let drawer: 2 | 5 | null = null;
  const finish = (cut: Slip['cut']) => {
    slips.push({ items, cut, drawer, from: 0, to: 0 });
    items = [];
    drawer = null;
  };
  for (const piece of pieces) {
    if (piece.kind === 'drawer') drawer = piece.pin;
    else if (piece.kind !== 'cut') items.push(itemOf(piece, profile));
    else {
      items.push(feed(linesBeforeCut(profile) * profile.lineSpacing + profile.headToCutterDots));
      if (profile.cutter !== 'none') finish(piece.cut);
    }
  }
  if (items.length > 0 || drawer !== null) finish(null);
  return slips;
}

const feed = (dots: number): Item => ({ kind: 'feed', dots });

function itemOf(piece: Exclude<Piece, { kind: 'cut' | 'drawer' }>, profile: PrinterProfile): Item {
  switch (piece.kind) {
    case 'line':
      return lineItem(piece.runs, piece.align, profile);
    case 'feed':
      return feed(piece.lines * profile.lineSpacing);
    case 'qr': {
      const { data, module, ecc, modules } = piece;
      if (profile.qr === 'raster') return imageItem(qrRaster(piece, profile), 'center', profile);
      return { kind: 'qr', left: indent(modules * module, 'center', profile), data, module, ecc, modules };
    }
    case 'image':
      return imageItem(piece.bitmap, piece.align, profile);
    case 'barcode':
      break;
  }
  const { data, module, height, readable } = piece;
  const { widths = [], text = '' } = bars('CODE128', data) ?? {};
  return {
    kind: 'barcode',
    left: indent(barsWidth(widths, module), 'center', profile),
    type: 'CODE128',
    data,
    text,
    widths,
    module,
    height,
    textAt: readable ? 'below' : 'none',
    textFont: 'A',
  };
}

function indent(width: number, align: Align, { dots }: PrinterProfile): number {
  const free = Math.max(0, dots - width);
  return align === 'left' ? 0 : align === 'right' ? free : Math.floor(free / 2);
}

/** GS v 0 takes whole bytes in a row, ESC * whole stripes of 24 rows: so wide, so high is the picture when it is placed. */
function imageItem(bitmap: Bitmap, align: Align, profile: PrinterProfile): Item {
  const width = profile.raster === 'gs-v-0' ? Math.min(8 * bitmap.stride, profile.dots) : bitmap.width;
  const height = profile.raster === 'columns' ? STRIPE_ROWS * Math.ceil(bitmap.height / STRIPE_ROWS) : bitmap.height;
  const placed = height === bitmap.height ? bitmap : fromRows(bitmap.bits, bitmap.width, height);
  return { kind: 'image', left: indent(width, align, profile), bitmap: placed };
}

function lineItem(runs: readonly Run[], align: Align, profile: PrinterProfile): Item {
  const cells: Cell[] = [];
  let x = 0;
  let up = 0;
  let down = 0;
  for (const { text, style } of runs) {
    for (const char of text) {
      const hanzi = char >= '\x80';
      const cell = hanzi ? CELLS.hanzi : CELLS[style.font];
      const advance = cell.width * style.width;
      cells.push({ kind: 'char', x, advance, char, hanzi, style: { ...style, rotated: false } });
      x += advance;
      up = Math.max(up, (cell.height - cell.descent) * style.height);
      down = Math.max(down, cell.descent * style.height);
    }
  }
  if (cells.length === 0) return feed(profile.lineSpacing);
  const height = up + down;
  const advance = Math.max(height, profile.lineSpacing);
  return {
    kind: 'line',
    align,
    left: indent(x, align, profile),
    cells,
    upsideDown: false,
    ascent: up,
    height,
    advance,
  };
}
