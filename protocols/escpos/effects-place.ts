import { type Command, digit, type Effect, first, word } from './effect.ts';
import { CELLS } from './modes.ts';
import type { Paper } from './paper.ts';
import type { Align } from './slip.ts';

export function align(paper: Paper, command: Command): void {
  const chosen: Align | undefined = (['left', 'center', 'right'] as const)[digit(first(command))];
  if (!chosen) return paper.report('bad-operand', command.offset, 'alignment');
  if (paper.lineIsEmpty) paper.modes.align = chosen;
}

export function lineFeed(paper: Paper): void {
  if (!paper.swallowsFeed || !paper.lineIsEmpty) paper.printLine();
}

export function tab(paper: Paper): void {
  const column = CELLS[paper.modes.font].width * paper.modes.ank.width + paper.modes.spacing;
  const stop = paper.modes.tabs.find((at) => at * column > paper.x);
  if (stop !== undefined) paper.x = Math.min(stop * column, paper.areaWidth);
}

export function absolute(paper: Paper, command: Command): void {
  if (paper.profile.quirks.ignoresPositionBack && !paper.lineIsEmpty) return;
  const x = Math.round(word(command) * paper.modes.unitX);
  if (x <= paper.areaWidth) paper.x = x;
}

export function relative(paper: Paper, command: Command): void {
  const raw = word(command);
  if (raw >= 0x8000 && paper.profile.quirks.ignoresPositionBack) return;
  const move = Math.round((raw >= 0x8000 ? raw - 0x10000 : raw) * paper.modes.unitX);
  const x = paper.x + move;
  if (x >= 0 && x <= paper.areaWidth) paper.x = x;
}

export function motionUnits(paper: Paper, command: Command): void {
  const [x = 0, y = 0] = command.operands;
  const { dpi, verticalUnits } = paper.profile;
  paper.modes.unitX = x === 0 ? 1 : dpi / x;
  paper.modes.unitY = dpi / (y === 0 ? verticalUnits : y);
}

/** ESC W: x, y, width and height in units; an area outside of the paper or without size is refused. */
export function pageArea(paper: Paper, command: Command): void {
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
export function cut(kind: 'full' | 'partial', feeds: boolean): Effect {
  return (paper, command, next) => {
    const { headToCutterDots, quirks } = paper.profile;
    if (!paper.lineIsEmpty || paper.page) return paper.report('cut-in-line', command.offset);
    if (quirks.ignoresPartialCut && kind === 'partial') return;
    if (feeds) paper.feed(headToCutterDots + first(command) * paper.modes.unitY);
    // where there is no cutter this still ends a slip: the host meant it to
    paper.finish(kind, next);
  };
}

export function drawer(paper: Paper, command: Command): void {
  paper.kickDrawer(digit(first(command)) === 1 ? 5 : 2);
}
