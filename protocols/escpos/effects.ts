import { knowsCodePage } from './code-pages.ts';
import type { CommandName } from './commands.ts';
import { bit, digit, type Effect, first, word } from './effect.ts';
import {
  columnImage,
  printDownload,
  printGraphics,
  printStoredImage,
  raster,
  storedGraphics,
  storeGraphics,
  storeImages,
} from './effects-picture.ts';
import { absolute, align, cut, drawer, lineFeed, motionUnits, pageArea, relative, tab } from './effects-place.ts';
import { defineCharacters, hanziMode, printMode, size, underline } from './effects-style.ts';
import { barcode, barcodeSetting, qrEcc, qrModule, qrPrint, symbol, zjSymbol } from './effects-symbol.ts';
import { fromColumns } from './image.ts';
import { firstModes } from './modes.ts';

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
