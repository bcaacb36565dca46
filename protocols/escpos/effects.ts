import { decodeLatin1 } from '../bytes/latin1.ts';
import { decodeUtf8 } from '../bytes/utf8.ts';
import { type BarcodeKind, bars, barsWidth } from './barcode.ts';
import { knowsCodePage } from './code-pages.ts';
import type { CommandName } from './commands.ts';
import { type Bitmap, enlarge, fromColumns, fromRows } from './image.ts';
import { CELLS, firstModes } from './modes.ts';
import type { Paper } from './paper.ts';
import { qrModules } from './qr.ts';
import { littleEndian } from './shape.ts';
import type { Align } from './slip.ts';
import type { Token } from './tokenize.ts';

type Command = Extract<Token, { kind: 'command' }>;
type Effect = (paper: Paper, command: Command, next: number) => void;

const first = (command: Command) => command.operands[0] ?? 0;
const word = (command: Command, at = 0) => littleEndian(command.operands.slice(at, at + 2));
const bit = (byte: number, index: number) => ((byte >> index) & 1) === 1;
/** Operands may be the number or its ASCII digit (0 or 48). */
const digit = (byte: number) => (byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte);

function underline(of: 'ank' | 'hanzi'): Effect {
  return (paper, command) => {
    const thickness = digit(first(command));
    if (thickness > 2) return paper.report('bad-operand', command.offset, 'underline');
    paper.modes[of] = { ...paper.modes[of], underline: thickness };
    paper.modes.hanziLagsBehind = of === 'ank';
  };
}

function printMode(paper: Paper, command: Command): void {
  const n = first(command);
  const { modes } = paper;
  modes.font = bit(n, 0) ? 'B' : 'A';
  modes.bold = bit(n, 3);
  modes.ank = {
    width: bit(n, 5) ? 2 : 1,
    height: bit(n, 4) ? 2 : 1,
    underline: bit(n, 7) ? modes.ank.underline || 1 : 0,
  };
  modes.hanziLagsBehind = true;
}

function size(paper: Paper, command: Command): void {
  const [width, height] = [(first(command) >> 4) + 1, (first(command) & 15) + 1];
  if (width > 8 || height > 8) return paper.report('bad-operand', command.offset, 'size');
  paper.modes.ank = { ...paper.modes.ank, width, height };
  paper.modes.hanzi = { ...paper.modes.hanzi, width, height };
  paper.modes.hanziLagsBehind = false;
}

function hanziMode(paper: Paper, command: Command): void {
  const n = first(command);
  const height = bit(n, 3) ? 2 : 1;
  const { modes } = paper;
  modes.hanzi = { width: bit(n, 2) ? 2 : 1, height, underline: bit(n, 7) ? modes.hanzi.underline || 1 : 0 };
  modes.hanziLagsBehind = false;
}

function align(paper: Paper, command: Command): void {
  const chosen: Align | undefined = (['left', 'center', 'right'] as const)[digit(first(command))];
  if (!chosen) return paper.report('bad-operand', command.offset, 'alignment');
  if (paper.lineIsEmpty) paper.modes.align = chosen;
}

function lineFeed(paper: Paper): void {
  if (!paper.swallowsFeed || !paper.lineIsEmpty) paper.printLine();
}

function tab(paper: Paper): void {
  const column = CELLS[paper.modes.font].width * paper.modes.ank.width + paper.modes.spacing;
  const stop = paper.modes.tabs.find((at) => at * column > paper.x);
  if (stop !== undefined) paper.x = Math.min(stop * column, paper.areaWidth);
}

function absolute(paper: Paper, command: Command): void {
  if (paper.profile.quirks.ignoresPositionBack && !paper.lineIsEmpty) return;
  const x = Math.round(word(command) * paper.modes.unitX);
  if (x <= paper.areaWidth) paper.x = x;
}

function relative(paper: Paper, command: Command): void {
  const raw = word(command);
  if (raw >= 0x8000 && paper.profile.quirks.ignoresPositionBack) return;
  const move = Math.round((raw >= 0x8000 ? raw - 0x10000 : raw) * paper.modes.unitX);
  const x = paper.x + move;
  if (x >= 0 && x <= paper.areaWidth) paper.x = x;
}

function motionUnits(paper: Paper, command: Command): void {
  const [x = 0, y = 0] = command.operands;
  const { dpi, verticalUnits } = paper.profile;
  paper.modes.unitX = x === 0 ? 1 : dpi / x;
  paper.modes.unitY = dpi / (y === 0 ? verticalUnits : y);
}

/** ESC W: x, y, width and height in units; an area outside of the paper or without size is refused. */
function pageArea(paper: Paper, command: Command): void {
  if (!paper.page) return;
  const { unitX, unitY } = paper.modes;
  const x = Math.round(word(command, 0) * unitX);
  const y = Math.round(word(command, 2) * unitY);
  const width = Math.min(Math.round(word(command, 4) * unitX), paper.profile.dots - x);
  const height = Math.min(Math.round(word(command, 6) * unitY), MOST_PAGE_DOTS - y);
  if (width <= 0 || height <= 0) return paper.report('bad-operand', command.offset, 'print area');
  paper.setPageArea({ x, y, width, height });
}

/** A page of two metres: no printer has the memory for it. */
const MOST_PAGE_DOTS = 16_000;

/** A cut counts only at the start of a line. Function B feeds the paper from the head to the cutter first. */
function cut(kind: 'full' | 'partial', feeds: boolean): Effect {
  return (paper, command, next) => {
    const { headToCutterDots, quirks } = paper.profile;
    if (!paper.lineIsEmpty || paper.page) return paper.report('cut-in-line', command.offset);
    if (quirks.ignoresPartialCut && kind === 'partial') return;
    if (feeds) paper.feed(headToCutterDots + first(command) * paper.modes.unitY);
    // where there is no cutter this still ends a slip: the host meant it to
    paper.finish(kind, next);
  };
}

function drawer(paper: Paper, command: Command): void {
  paper.kickDrawer(digit(first(command)) === 1 ? 5 : 2);
}

/** Says (and reports) whether something with its own line may be printed now. */
function lineIsFree(paper: Paper, command: Command): boolean {
  if (paper.isFull) return false;
  if (paper.page) {
    paper.settleLine();
    return true;
  }
  if (!paper.lineIsEmpty) paper.report('symbol-in-line', command.offset, command.name);
  return paper.lineIsEmpty;
}

function image(paper: Paper, bitmap: Bitmap): void {
  if (bitmap.width === 0 || bitmap.height === 0) return;
  paper.place({ kind: 'image', left: paper.indent(bitmap.width), bitmap }, bitmap.height);
}

function raster(paper: Paper, command: Command): void {
  paper.swallowsFeed = paper.profile.quirks.swallowsFeedAfterRaster === true;
  if (!lineIsFree(paper, command)) return;
  const mode = digit(first(command));
  const source = fromRows(command.data, word(command, 1) * 8, word(command, 3));
  image(paper, enlarge(source, mode & 1 ? 2 : 1, mode & 2 ? 2 : 1, paper.areaWidth));
}

function columnImage(bytesPerColumn: 1 | 3, across: 1 | 2): Effect {
  return (paper, command) => {
    const bitmap = fromColumns(command.data, bytesPerColumn);
    if (bitmap.width === 0) return;
    // eight-dot columns have a third of the 24-dot density: the rows stand three dots apart
    const drawn = enlarge(
      bitmap,
      across,
      bytesPerColumn === 1 ? paper.profile.eightDotPitch : 1,
      Math.max(0, paper.areaWidth - paper.x),
    );
    if (drawn.width > 0) paper.columnImage({ advance: drawn.width, bitmap: drawn }, command.offset);
  };
}

function storeGraphics(paper: Paper, command: Command): void {
  const [, across = 1, down = 1] = command.operands;
  const [width, height] = [word(command, 4), word(command, 6)];
  if (across < 1 || across > 2 || down < 1 || down > 2)
    return paper.report('bad-operand', command.offset, 'graphics scale');
  // kept as it came: it is enlarged when it is printed
  const rows = Math.ceil(command.data.length / Math.max(1, Math.ceil(width / 8)));
  paper.stores.graphics = { data: command.data, width, height: Math.min(height, rows), across, down };
}

function printGraphics(paper: Paper, command: Command): void {
  const { graphics } = paper.stores;
  if (!graphics) return paper.report('symbol-without-data', command.offset, command.name);
  if (!lineIsFree(paper, command)) return;
  const { data, width, height, across, down } = graphics;
  image(paper, enlarge(fromRows(data, width, height), across, down, paper.areaWidth));
}

function printDownload(paper: Paper, command: Command): void {
  const { download } = paper.stores;
  const mode = digit(first(command));
  if (!download) return paper.report('symbol-without-data', command.offset, command.name);
  if (!lineIsFree(paper, command)) return;
  image(paper, enlarge(download, mode & 1 ? 2 : 1, mode & 2 ? 2 : 1, paper.areaWidth));
}

function placeStored(paper: Paper, command: Command, name: string, across: number, down: number): void {
  const bitmap = paper.stores.images.get(name);
  if (!bitmap) return paper.report('symbol-without-data', command.offset, `picture ${name}`);
  if (lineIsFree(paper, command)) image(paper, enlarge(bitmap, across, down, paper.areaWidth));
}

/** Bytes of all stored pictures together; a T88 has 384 KB of flash for them. */
const MOST_STORED_BYTES = 1 << 20;

function keepImage(paper: Paper, command: Command, name: string, bitmap: Bitmap): void {
  const { images } = paper.stores;
  images.delete(name);
  let bytes = bitmap.bits.length;
  for (const { bits } of images.values()) bytes += bits.length;
  if (bytes > MOST_STORED_BYTES) return paper.report('slip-too-long', command.offset, `picture ${name}: no memory`);
  images.set(name, bitmap);
}

/** FS q n [xL xH yL yH d1..d(x*y*8)]: pictures 1..n, x bytes wide, y bytes high, in columns. */
function storeImages(paper: Paper, command: Command): void {
  const { data } = command;
  let at = 0;
  for (let k = 1; k <= first(command) && at + 4 <= data.length; k++) {
    const high = littleEndian(data.subarray(at + 2, at + 4));
    const bytes = littleEndian(data.subarray(at, at + 2)) * high * 8;
    if (high > 0) keepImage(paper, command, `nv ${k}`, fromColumns(data.subarray(at + 4, at + 4 + bytes), high));
    at += 4 + bytes;
  }
}

function printStoredImage(paper: Paper, command: Command): void {
  const [n = 0, m = 0] = command.operands;
  const mode = digit(m);
  placeStored(paper, command, `nv ${n}`, mode & 1 ? 2 : 1, mode & 2 ? 2 : 1);
}

/** GS ( L m fn ...: pictures by a name of two characters, in flash (67, 69) and in memory (83, 85); 66 and 82 delete. */
function storedGraphics(paper: Paper, command: Command): void {
  const [, fn = 0, ...operands] = command.data.subarray(0, 12);
  const [a = 0, b = 0, across = 1, down = 1] = operands;
  const where = fn < 80 ? 'nv' : 'dl';
  switch (fn) {
    case 66:
    case 82:
      return void paper.stores.images.delete(`${where} ${String.fromCharCode(across, down)}`);
    case 67:
    case 83:
      return defineGraphics(paper, command, where);
    case 69:
    case 85:
      return placeStored(paper, command, `${where} ${String.fromCharCode(a, b)}`, across, down);
    case 113:
      return storeColumns(paper, command);
    default:
  }
}

/** fn 67 and 83: a kc1 kc2 b xL xH yL yH [c d1..dk]: rows, one colour of them is black. */
function defineGraphics(paper: Paper, command: Command, where: 'nv' | 'dl'): void {
  const [, , , kc1 = 0, kc2 = 0] = command.data;
  const width = littleEndian(command.data.subarray(6, 8));
  const height = littleEndian(command.data.subarray(8, 10));
  const rows = command.data.subarray(11);
  const most = Math.ceil(rows.length / Math.max(1, Math.ceil(width / 8)));
  keepImage(paper, command, `${where} ${String.fromCharCode(kc1, kc2)}`, fromRows(rows, width, Math.min(height, most)));
}

/** fn 113: a bx by c xL xH yL yH d1..dk: as fn 112, in columns. */
function storeColumns(paper: Paper, command: Command): void {
  const { data } = command;
  const [, , , across = 1, down = 1] = data;
  const height = littleEndian(data.subarray(8, 10));
  const bytes = Math.ceil(height / 8);
  if (bytes === 0) return;
  const { width, bits } = fromColumns(data.subarray(10, 10 + littleEndian(data.subarray(6, 8)) * bytes), bytes);
  paper.stores.graphics = { data: bits, width, height, across, down };
}

function qrPrint(paper: Paper, command: Command): void {
  const { module, ecc } = paper.modes.qr;
  const { qr: data } = paper.stores;
  if (!lineIsFree(paper, command)) return;
  if (!data || data.length === 0) return paper.report('symbol-without-data', command.offset, 'QR');
  const modules = qrModules(data, ecc);
  if (modules === undefined) return paper.report('symbol-too-long', command.offset, `${data.length} bytes`);
  const width = modules * module;
  if (width > paper.areaWidth) return paper.report('symbol-too-wide', command.offset, `QR of ${width} dots`);
  paper.place({ kind: 'qr', left: paper.indent(width), data, module, ecc, modules }, width);
}

const ECC = ['L', 'M', 'Q', 'H'] as const;

function qrEcc(paper: Paper, command: Command): void {
  const ecc = ECC[first(command) - 0x30];
  if (!ecc) return paper.report('bad-operand', command.offset, 'QR error correction');
  paper.modes.qr = { ...paper.modes.qr, ecc };
}

function qrModule(paper: Paper, command: Command): void {
  const module = first(command);
  if (module < 1 || module > 16) return paper.report('bad-operand', command.offset, 'QR module');
  paper.modes.qr = { ...paper.modes.qr, module };
}

/** Zijiang's own QR command: version, ECC letter or number, dots, bytes; printed at once. */
function zjSymbol(paper: Paper, command: Command): void {
  const [, level = 0, module = 0] = command.operands;
  const ecc = ECC.find((letter, k) => letter.charCodeAt(0) === level || k === level - 1 || k === level - 0x30) ?? 'L';
  const kept = { modes: paper.modes.qr, data: paper.stores.qr };
  paper.modes.qr = { module: Math.max(1, Math.min(16, module)), ecc };
  paper.stores.qr = command.data;
  qrPrint(paper, command);
  paper.modes.qr = kept.modes;
  paper.stores.qr = kept.data;
}

/** ESC & y c1 c2 [x d1..d(x*y)]: x columns of y bytes for each code from c1 to c2. */
function defineCharacters(paper: Paper, command: Command): void {
  const [height = 0, from = 0, to = 0] = command.operands;
  if (height === 0) return;
  let at = 0;
  for (let code = from; code <= to; code++) {
    const width = command.data[at] ?? 0;
    paper.stores.characters.set(code, fromColumns(command.data.subarray(at + 1, at + 1 + width * height), height));
    at += 1 + width * height;
  }
}

const TEXT_AT = ['none', 'above', 'below', 'both'] as const;

function barcode(type: BarcodeKind, auto = false): Effect {
  return (paper, command) => {
    if (!lineIsFree(paper, command)) return;
    const symbol = bars(type, command.data, auto);
    if (!symbol)
      return paper.report('barcode-invalid', command.offset, `${type} ${decodeLatin1(command.data).slice(0, 40)}`);
    if (symbol.widths.length === 0) paper.report('not-drawn', command.offset, type);
    const { height, module, text, font } = paper.modes.barcode;
    const width = barsWidth(symbol.widths, module);
    if (width > paper.areaWidth) return paper.report('symbol-too-wide', command.offset, `${type} of ${width} dots`);
    const textAt = TEXT_AT[text] ?? 'none';
    const rows = textAt === 'none' ? 0 : (textAt === 'both' ? 2 : 1) * CELLS[font].height;
    paper.place(
      {
        kind: 'barcode',
        left: paper.indent(width),
        type,
        data: command.data,
        text: symbol.text,
        widths: symbol.widths,
        module,
        height,
        textAt,
        textFont: font,
      },
      height + rows,
    );
  };
}

/** cn of GS ( k for the two-dimensional symbols that are read but not drawn */
const SYMBOLS: Readonly<Record<number, BarcodeKind>> = {
  48: 'PDF417',
  50: 'MAXICODE',
  51: 'DATABAR',
  52: 'COMPOSITE',
  53: 'AZTEC',
  54: 'DATAMATRIX',
};

/** fn 80 stores, fn 81 prints; the others set sizes. */
function symbol(paper: Paper, command: Command): void {
  const [cn = 0, fn = 0] = command.data;
  const type = SYMBOLS[cn];
  if (!type) return notDrawn(paper, command, 0);
  if (fn === 80) paper.stores.symbols.set(cn, command.data.subarray(3));
  if (fn !== 81 || !lineIsFree(paper, command)) return;
  const data = paper.stores.symbols.get(cn);
  if (!data || data.length === 0) return paper.report('symbol-without-data', command.offset, type);
  paper.report('not-drawn', command.offset, type);
  const text = payloadText(data);
  const { height, module } = paper.modes.barcode;
  paper.place(
    { kind: 'barcode', left: 0, type, data, text, widths: [], module, height, textAt: 'none', textFont: 'A' },
    height,
  );
}

function barcodeSetting(key: 'height' | 'module' | 'text', least: number, most: number): Effect {
  return (paper, command) => {
    const value = key === 'text' ? digit(first(command)) : first(command);
    if (value < least || value > most) return paper.report('bad-operand', command.offset, `barcode ${key}`);
    paper.modes.barcode = { ...paper.modes.barcode, [key]: value };
  };
}

/** What a phone shows after reading the symbol: UTF-8, or Latin-1 when it is not UTF-8. */
export function payloadText(data: Uint8Array): string {
  return decodeUtf8(data) ?? decodeLatin1(data);
}

const notDrawn: Effect = (paper, command) => paper.report('not-drawn', command.offset, command.name);

/** What each command does to modes, line and paper. Commands that are not here change nothing on paper. */
export const EFFECTS: Partial<Record<CommandName, Effect>> = {
  initialize: (paper) => {
    paper.endPage();
    paper.modes = firstModes(paper.profile);
    paper.stores.characters.clear();
    paper.stores.hanzi.clear();
  },
  'line-feed': lineFeed,
  'form-feed': (paper) => {
    if (!paper.page) return;
    paper.printPage();
    paper.endPage();
  },
  cancel: (paper) => {
    if (!paper.page) return;
    paper.clearLine();
    paper.page.clearArea();
  },
  tab,
  'feed-lines': (paper, command) => paper.printLine(first(command) * paper.modes.lineSpacing),
  'feed-dots': (paper, command) => {
    const isIgnored = paper.profile.quirks.ignoresFeedDots === true;
    if (isIgnored && paper.lineIsEmpty) return;
    paper.printLine(isIgnored ? 0 : first(command) * paper.modes.unitY);
  },
  'reverse-feed-dots': (paper, command) => {
    if (!paper.lineIsEmpty) paper.printLine(0);
    paper.feed(-first(command) * paper.modes.unitY);
  },
  'reverse-feed-lines': (paper, command) => {
    if (!paper.lineIsEmpty) paper.printLine(0);
    paper.feed(-first(command) * paper.modes.lineSpacing);
  },
  drawer,
  'realtime-drawer': drawer,
  'cut-full': cut('full', false),
  'cut-partial': cut('partial', false),
  'feed-cut-full': cut('full', true),
  'feed-cut-partial': cut('partial', true),
  'feed-cut-return-full': cut('full', true),
  'feed-cut-return-partial': cut('partial', true),
  'print-mode': printMode,
  bold: (paper, command) => {
    paper.modes.bold = bit(first(command), 0);
  },
  'double-strike': (paper, command) => {
    paper.modes.doubleStrike = bit(first(command), 0);
  },
  underline: underline('ank'),
  'hanzi-underline': underline('hanzi'),
  font: (paper, command) => {
    paper.modes.font = digit(first(command)) === 1 ? 'B' : 'A';
  },
  size,
  reverse: (paper, command) => {
    paper.modes.reverse = bit(first(command), 0);
  },
  'upside-down': (paper, command) => {
    if (paper.lineIsEmpty) paper.modes.upsideDown = bit(first(command), 0);
  },
  rotate: (paper, command) => {
    // in page mode the direction turns everything
    if (!paper.page) paper.modes.rotated = digit(first(command)) !== 0;
  },
  'character-spacing': (paper, command) => {
    paper.modes.spacing = Math.round(first(command) * paper.modes.unitX);
  },
  'code-page': (paper, command) => {
    paper.modes.codePage = first(command);
    if (!knowsCodePage(first(command))) paper.report('no-glyph', command.offset, `code page ${first(command)}`);
  },
  // set 15 is China: the printers that have it print GB codes from then on (receipts.md 2, node-thermal-printer)
  'international-set': (paper, command) => {
    paper.modes.international = first(command);
    if (first(command) === 15) paper.modes.chinese = true;
  },
  'hanzi-code-system': (paper, command) => {
    paper.modes.shiftJis = digit(first(command)) === 1 || digit(first(command)) === 2;
  },
  'user-characters': (paper, command) => defineCharacters(paper, command),
  'user-characters-on': (paper, command) => {
    paper.modes.userCharacters = bit(first(command), 0);
  },
  'user-characters-cancel': (paper, command) => {
    paper.stores.characters.delete(first(command));
  },
  'chinese-on': (paper) => {
    paper.modes.chinese = true;
  },
  'chinese-off': (paper) => {
    paper.modes.chinese = false;
  },
  'hanzi-mode': hanziMode,
  'hanzi-spacing': (paper, command) => {
    const [left = 0, right = 0] = command.operands;
    paper.modes.hanziSpacing = { left, right };
  },
  'hanzi-quad': (paper, command) => {
    const scale = bit(first(command), 0) ? 2 : 1;
    paper.modes.hanzi = { ...paper.modes.hanzi, width: scale, height: scale };
    paper.modes.hanziLagsBehind = false;
  },
  'hanzi-define': (paper, command) => {
    const [c1 = 0, c2 = 0] = command.operands;
    paper.stores.hanzi.set((c1 << 8) | c2, fromColumns(command.data, 3));
  },
  'hanzi-undefine': (paper, command) => {
    const [c1 = 0, c2 = 0] = command.operands;
    paper.stores.hanzi.delete((c1 << 8) | c2);
  },
  align,
  'line-spacing-default': (paper) => {
    paper.modes.lineSpacing = paper.profile.lineSpacing;
  },
  'line-spacing': (paper, command) => {
    paper.modes.lineSpacing = first(command) * paper.modes.unitY;
  },
  'position-absolute': absolute,
  'position-relative': relative,
  'left-margin': (paper, command) => {
    if (paper.lineIsEmpty)
      paper.modes.leftMargin = Math.min(paper.profile.dots, Math.round(word(command) * paper.modes.unitX));
  },
  'print-width': (paper, command) => {
    if (paper.lineIsEmpty) paper.modes.printWidth = Math.round(word(command) * paper.modes.unitX);
  },
  'tab-stops': (paper, command) => {
    const stops = [...command.data];
    const falls = stops.findIndex((stop, k) => k > 0 && stop <= (stops[k - 1] ?? 0));
    paper.modes.tabs = falls < 0 ? stops : stops.slice(0, falls);
  },
  'motion-units': motionUnits,
  'line-start': (paper, command) => {
    if (digit(first(command)) === 1 && !paper.lineIsEmpty) paper.printLine();
    else paper.clearLine();
  },
  'page-mode': (paper, command) => {
    if (!paper.lineIsEmpty) return paper.report('symbol-in-line', command.offset, 'page mode');
    paper.beginPage();
  },
  'standard-mode': (paper) => {
    if (paper.page) paper.endPage();
  },
  'page-print': (paper) => {
    if (paper.page) paper.printPage();
  },
  'page-direction': (paper, command) => {
    const direction = ([0, 1, 2, 3] as const)[digit(first(command))];
    if (direction === undefined) return paper.report('bad-operand', command.offset, 'direction');
    if (!paper.page) return;
    paper.settleLine();
    paper.x = 0;
    paper.page.setDirection(direction);
  },
  'page-area': pageArea,
  'page-y-absolute': (paper, command) => {
    if (!paper.page) return;
    paper.settleLine();
    paper.page.moveTo(Math.round(word(command) * paper.modes.unitY));
  },
  'page-y-relative': (paper, command) => {
    const raw = word(command);
    if (!paper.page) return;
    paper.settleLine();
    paper.page.moveBy(Math.round((raw >= 0x8000 ? raw - 0x10000 : raw) * paper.modes.unitY));
  },
  'barcode-height': barcodeSetting('height', 1, 255),
  'barcode-module': barcodeSetting('module', 1, 6),
  'barcode-text': barcodeSetting('text', 0, 3),
  'barcode-text-font': (paper, command) => {
    paper.modes.barcode = { ...paper.modes.barcode, font: digit(first(command)) === 1 ? 'B' : 'A' };
  },
  'barcode-upc-a-nul': barcode('UPC-A'),
  'barcode-upc-e-nul': barcode('UPC-E'),
  'barcode-ean13-nul': barcode('EAN13'),
  'barcode-ean8-nul': barcode('EAN8'),
  'barcode-code39-nul': barcode('CODE39'),
  'barcode-itf-nul': barcode('ITF'),
  'barcode-codabar-nul': barcode('CODABAR'),
  'barcode-upc-a': barcode('UPC-A'),
  'barcode-upc-e': barcode('UPC-E'),
  'barcode-ean13': barcode('EAN13'),
  'barcode-ean8': barcode('EAN8'),
  'barcode-code39': barcode('CODE39'),
  'barcode-itf': barcode('ITF'),
  'barcode-codabar': barcode('CODABAR'),
  'barcode-code93': barcode('CODE93'),
  'barcode-code128': barcode('CODE128'),
  'barcode-gs1-128': barcode('GS1-128'),
  'barcode-databar-omni': barcode('DATABAR'),
  'barcode-databar-truncated': barcode('DATABAR'),
  'barcode-databar-limited': barcode('DATABAR'),
  'barcode-databar-expanded': barcode('DATABAR'),
  'barcode-code128-auto': barcode('CODE128', true),
  'qr-module': qrModule,
  'qr-ecc': qrEcc,
  'qr-store': (paper, command) => {
    paper.stores.qr = command.data;
  },
  'qr-print': qrPrint,
  symbol,
  'zj-symbol': zjSymbol,
  raster,
  'variable-image': raster,
  'column-image-8': columnImage(1, 2),
  'column-image-8-dense': columnImage(1, 1),
  'column-image-24': columnImage(3, 2),
  'column-image-24-dense': columnImage(3, 1),
  'graphics-store': storeGraphics,
  'graphics-store-long': storeGraphics,
  'graphics-print': printGraphics,
  'graphics-print-alias': printGraphics,
  'download-image': (paper, command) => {
    paper.stores.download = fromColumns(command.data, command.operands[1] ?? 1);
  },
  'print-download-image': printDownload,
  'store-images': storeImages,
  'print-stored-image': printStoredImage,
  graphics: storedGraphics,
  'graphics-long': storedGraphics,
};
