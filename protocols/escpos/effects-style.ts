import { bit, type Command, digit, type Effect, first } from './effect.ts';
import { fromColumns } from './image.ts';
import type { Paper } from './paper.ts';

export function underline(of: 'ank' | 'hanzi'): Effect {
  return (paper, command) => {
    const thickness = digit(first(command));
    if (thickness > 2) return paper.report('bad-operand', command.offset, 'underline');
    paper.modes[of] = { ...paper.modes[of], underline: thickness };
    paper.modes.hanziLagsBehind = of === 'ank';
  };
}

export function printMode(paper: Paper, command: Command): void {
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

export function size(paper: Paper, command: Command): void {
  const [width, height] = [(first(command) >> 4) + 1, (first(command) & 15) + 1];
  if (width > 8 || height > 8) return paper.report('bad-operand', command.offset, 'size');
  paper.modes.ank = { ...paper.modes.ank, width, height };
  paper.modes.hanzi = { ...paper.modes.hanzi, width, height };
  paper.modes.hanziLagsBehind = false;
}

export function hanziMode(paper: Paper, command: Command): void {
  const n = first(command);
  const height = bit(n, 3) ? 2 : 1;
  const { modes } = paper;
  modes.hanzi = { width: bit(n, 2) ? 2 : 1, height, underline: bit(n, 7) ? modes.hanzi.underline || 1 : 0 };
  modes.hanziLagsBehind = false;
}

/** ESC & y c1 c2 [x d1..d(x*y)]: x columns of y bytes for each code from c1 to c2. */
export function defineCharacters(paper: Paper, command: Command): void {
  const [height = 0, from = 0, to = 0] = command.operands;
  if (height === 0) return;
  let at = 0;
  for (let code = from; code <= to; code++) {
    const width = command.data[at] ?? 0;
    paper.stores.characters.set(code, fromColumns(command.data.subarray(at + 1, at + 1 + width * height), height));
    at += 1 + width * height;
  }
}
