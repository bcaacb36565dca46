import type { Bitmap } from './image.ts';
import { CELLS, firstModes, type Modes, type Stores } from './modes.ts';
import { type Area, PageInProgress } from './page-mode.ts';
import { type Problem, type ProblemCode, problem } from './problems.ts';
import type { PrinterProfile } from './profile.ts';
import type { Cell, CharStyle, Cut, Item, Slip } from './slip.ts';

/** Longest slip kept: 25 m at 203 dpi, half a roll. */
const MAX_SLIP_DOTS = 200_000;
/** Cells of one line, overprinting included; a line of 9-dot characters on 576 dots has 64. */
const MAX_LINE_CELLS = 2048;
/** Lines, symbols and feeds of one slip. */
const MAX_SLIP_ITEMS = 20_000;
/** Bytes of pictures and symbols kept for one slip. */
const MAX_SLIP_IMAGE_BYTES = 16 << 20;
const MAX_PROBLEMS = 1000;
/** Height of the print area until ESC W says another (TM-T88: 1662 units of 1/360 inch, here in dots). */
const PAGE_DOTS = 1662;

export interface PaperListener {
  slip(slip: Slip): void;
  problem(problem: Problem): void;
  /** dots, negative: back */
  moved?(dots: number): void;
}

/** The line buffer and the paper of a printer: places characters, feeds, and knows when a slip is done. */
export class Paper {
  readonly profile: PrinterProfile;
  readonly listener: PaperListener;
  modes: Modes;
  stores: Stores = noStores();
  /** the last command was a raster image, and this model takes a line feed after it for itself */
  swallowsFeed = false;
  /** page mode */
  #page: PageInProgress | undefined;
  /** position in the line, dots from the left margin */
  x = 0;
  #cells: Cell[] = [];
  #items: Item[] = [];
  #dots = 0;
  #imageBytes = 0;
  /** put on pages of this slip, and printed with them, each time */
  #piecesOnPages = 0;
  #drawer: 2 | 5 | null = null;
  #from = 0;
  #problems = 0;
  #tooLong = false;
  /** text that is not kept stands in the line buffer */
  #skipped = false;
  #lastStyle: CharStyle | undefined;

  constructor(profile: PrinterProfile, listener: PaperListener) {
    this.profile = profile;
    this.listener = listener;
    this.modes = firstModes(profile);
  }

  get lineIsEmpty(): boolean {
    return this.#cells.length === 0 && !this.#skipped;
  }

  /** Nothing more of this slip is kept: what follows is only read over until it is cut. */
  get isFull(): boolean {
    return this.#tooLong;
  }

  /** Text of a full slip. */
  skipText(): void {
    this.#skipped = true;
  }

  /** dots from the left margin to the right edge of the print area */
  get areaWidth(): number {
    if (this.#page) return this.#page.width;
    return Math.max(0, Math.min(this.modes.printWidth, this.profile.dots - this.modes.leftMargin));
  }

  /** `detail` may be made only if it will be listed. */
  report(code: ProblemCode, offset: number, detail?: string | (() => string)): void {
    this.#problems += 1;
    if (this.#problems <= MAX_PROBLEMS)
      this.listener.problem(problem(code, offset, typeof detail === 'function' ? detail() : detail));
    else if (this.#problems === MAX_PROBLEMS + 1) this.listener.problem(problem('too-many-problems', offset));
  }

  char(char: string, hanzi: boolean, offset: number, glyph?: Bitmap): void {
    const { modes } = this;
    const size = hanzi ? modes.hanzi : modes.ank;
    const cell = hanzi ? CELLS.hanzi : CELLS[modes.font];
    const before = hanzi ? modes.hanziSpacing.left * size.width : 0;
    const after = (hanzi ? modes.hanziSpacing.right : modes.spacing) * size.width;
    // turned by 90 degrees a character is as wide as it was high, and its height stands along the line
    const across = modes.rotated ? cell.height * size.height : cell.width * size.width;
    const advance = across + after;
    if (hanzi && modes.hanziLagsBehind && differ(modes.ank, modes.hanzi)) {
      this.report('style-not-on-hanzi', offset);
      modes.hanziLagsBehind = false;
    }
    if (this.x + before + across > this.areaWidth && !this.lineIsEmpty) {
      this.report('row-overflow', offset);
      this.printLine();
    }
    const style = this.#style(size);
    const own = glyph && { glyph };
    this.#add({ kind: 'char', x: this.x + before, advance, char, hanzi, style, ...own }, offset);
    this.x += before + advance;
  }

  columnImage(cell: Omit<Extract<Cell, { kind: 'image' }>, 'x' | 'kind'>, offset: number): void {
    this.#add({ kind: 'image', x: this.x, ...cell }, offset);
    this.#imageBytes += cell.bitmap.bits.length;
    this.x += cell.advance;
  }

  #style(size: Modes['ank']): CharStyle {
    const { font, reverse, rotated } = this.modes;
    const bold = this.modes.bold || this.modes.doubleStrike;
    const { width, height, underline } = size;
    const last = this.#lastStyle;
    const isSame =
      last?.font === font &&
      last.bold === bold &&
      last.reverse === reverse &&
      last.rotated === rotated &&
      last.width === width &&
      last.height === height &&
      last.underline === underline;
    if (last && isSame) return last;
    this.#lastStyle = { font, bold, reverse, rotated, width, height, underline };
    return this.#lastStyle;
  }

  #add(cell: Cell, offset: number): void {
    if (this.#cells.length < MAX_LINE_CELLS) this.#cells.push(cell);
    else this.report('line-too-busy', offset);
  }

  /** Prints the line buffer and feeds: at least the line's own height, else `feed` dots. */
  printLine(feed = this.modes.lineSpacing): void {
    if (this.#cells.length === 0 || this.#tooLong) {
      this.feed(feed);
    } else {
      const { ascent, height } = extent(this.#cells);
      const advance = this.#page ? Math.round(feed) : Math.max(height, Math.round(feed));
      const left = this.#page ? 0 : this.modes.leftMargin + this.#indent(lineWidth(this.#cells));
      const { align, upsideDown } = this.modes;
      this.place({ kind: 'line', align, left, cells: this.#cells, upsideDown, ascent, height, advance }, advance);
    }
    this.clearLine();
  }

  // --- page mode

  get page(): PageInProgress | undefined {
    return this.#page;
  }

  beginPage(): void {
    this.#page = new PageInProgress({ x: 0, y: 0, width: this.profile.dots, height: PAGE_DOTS });
    this.clearLine();
  }

  /** What stands in the line goes to its place; the position in the line stays. */
  settleLine(): void {
    const { x } = this;
    if (this.#cells.length > 0) this.printLine(0);
    this.x = x;
  }

  setPageArea(area: Area): void {
    this.settleLine();
    this.x = 0;
    this.#page?.setArea(area);
  }

  /** Prints what is on the page. It stays there, and may be printed again. */
  printPage(): void {
    this.settleLine();
    this.x = 0;
    const page = this.#tooLong ? undefined : this.#page?.page();
    if (!page) return;
    // every print area costs its own rows, also where areas lie over each other, and every piece counts each time
    const rows = page.fields.reduce((sum, { width, height }) => sum + (width * height) / this.profile.dots, 0);
    this.#piecesOnPages += page.fields.reduce((sum, { placed }) => sum + placed.length, 0);
    const left = this.#page;
    this.#page = undefined;
    if (this.#fits(Math.max(page.height, rows), 0)) {
      this.place(page, page.height);
      this.#dots += Math.max(0, rows - page.height);
    }
    this.#page = left;
  }

  /** The stream ends in page mode: a page that was never printed stays in the printer. */
  abandonPage(offset: number): void {
    this.settleLine();
    if (this.#page?.page()) this.report('page-not-printed', offset);
    this.endPage();
  }

  /** Back to standard mode; what was not printed is gone. */
  endPage(): void {
    this.#page = undefined;
    this.clearLine();
  }

  clearLine(): void {
    if (this.#cells.length > 0) this.#cells = [];
    this.#skipped = false;
    this.x = 0;
  }

  feed(dots: number): void {
    const whole = Math.round(dots);
    if (this.#page) return this.#page.moveBy(whole);
    const last = this.#items.at(-1);
    if (whole === 0 || this.#tooLong || !this.#fits(whole, 0)) return;
    if (last?.kind === 'feed') this.#items[this.#items.length - 1] = { kind: 'feed', dots: last.dots + whole };
    else this.#items.push({ kind: 'feed', dots: whole });
    this.#dots += Math.abs(whole);
    this.listener.moved?.(whole);
  }

  /** Puts something of its own line on the paper; alignment is the caller's `indent`. */
  place(item: Item, dots: number): void {
    const bytes = item.kind === 'image' ? item.bitmap.bits.length : item.kind === 'qr' ? item.data.length : 0;
    if (!this.#fits(dots, bytes)) return;
    if (this.#page) {
      this.#page.put(item, item.kind === 'line' ? item.ascent : dots);
      if (item.kind === 'line') this.#page.moveBy(item.advance);
      this.#imageBytes += bytes;
      this.#piecesOnPages += 1;
      return;
    }
    this.#items.push(item);
    this.#dots += dots;
    this.#imageBytes += bytes;
    this.listener.moved?.(dots);
  }

  /** Whether the slip has room; what is too much is dropped and reported once. Feeding back counts too. */
  #fits(dots: number, bytes: number): boolean {
    const isRoom =
      this.#dots + Math.abs(dots) <= MAX_SLIP_DOTS &&
      this.#imageBytes + bytes <= MAX_SLIP_IMAGE_BYTES &&
      this.#items.length + this.#piecesOnPages < MAX_SLIP_ITEMS;
    if (!isRoom && !this.#tooLong) this.report('slip-too-long', this.#from);
    this.#tooLong ||= !isRoom;
    return isRoom;
  }

  /** dots from the paper's left edge for something `width` wide */
  indent(width: number): number {
    if (this.#page) return this.x;
    return this.modes.leftMargin + this.#indent(width);
  }

  #indent(width: number): number {
    const { align } = this.modes;
    const free = Math.max(0, this.areaWidth - width);
    return align === 'left' ? 0 : align === 'right' ? free : Math.floor(free / 2);
  }

  kickDrawer(pin: 2 | 5): void {
    this.#drawer = pin;
  }

  /** What is on paper since the last cut; the line buffer is not. */
  unfinished(to: number): Slip {
    return { items: [...this.#items], cut: null, drawer: this.#drawer, from: this.#from, to };
  }

  /** What volatile memory held is gone. */
  restart(): void {
    this.endPage();
    this.modes = firstModes(this.profile);
    this.stores = noStores();
    this.swallowsFeed = false;
  }

  /** The slip is over, by a cut or because the stream ends; `to` is the offset of the next byte. */
  finish(cut: Cut | null, to: number): void {
    if (!this.lineIsEmpty && cut === null) this.printLine(0);
    this.#slip(cut, to);
  }

  /** A person tears the paper off; what stands in the line buffer is not on it. */
  tearOff(to: number): void {
    this.#slip(null, to);
  }

  #slip(cut: Cut | null, to: number): void {
    // a cut in front of or behind blank paper makes no slip
    if (this.#items.some(leavesInk) || this.#drawer !== null)
      this.listener.slip({ items: this.#items, cut, drawer: this.#drawer, from: this.#from, to });
    this.#items = [];
    this.#piecesOnPages = 0;
    this.#dots = 0;
    this.#imageBytes = 0;
    this.#drawer = null;
    this.#from = to;
    this.#tooLong = false;
  }
}

function noStores(): Stores {
  return {
    qr: undefined,
    graphics: undefined,
    download: undefined,
    images: new Map(),
    symbols: new Map(),
    characters: new Map(),
    hanzi: new Map(),
  };
}

function leavesInk(item: Item): boolean {
  if (item.kind === 'page') return true;
  if (item.kind !== 'line') return item.kind !== 'feed';
  return item.cells.some((cell) => cell.kind === 'image' || cell.char > ' ' || cell.style.reverse);
}

function differ(a: Modes['ank'], b: Modes['ank']): boolean {
  return a.width !== b.width || a.height !== b.height || a.underline !== b.underline;
}

function lineWidth(cells: readonly Cell[]): number {
  let right = 0;
  for (const cell of cells) right = Math.max(right, cell.x + cell.advance);
  return right;
}

/** Characters of a line stand on one base line; a column image counts as all above it. */
function extent(cells: readonly Cell[]): { ascent: number; height: number } {
  let ascent = 0;
  let descent = 0;
  for (const cell of cells) {
    const [up, down] = cell.kind === 'image' ? [cell.bitmap.height, 0] : upAndDown(cell);
    ascent = Math.max(ascent, up);
    descent = Math.max(descent, down);
  }
  return { ascent, height: ascent + descent };
}

/** Dots of a character above and below the base line. */
export function upAndDown(cell: Extract<Cell, { kind: 'char' }>): [up: number, down: number] {
  const { width, height, descent } = cell.hanzi ? CELLS.hanzi : CELLS[cell.style.font];
  if (cell.style.rotated) return [width * cell.style.width, 0];
  return [(height - descent) * cell.style.height, descent * cell.style.height];
}
