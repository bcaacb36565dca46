import { isDigits } from './digits.ts';

// Steps 1 to 5 of payment.md 1.3: what guns, keyboards and people add to a code, taken off before anybody judges it.

export type Source = 'scanner' | 'manual';

export interface Normalised {
  readonly text: string;
  /** AIM identifier `]cm` (ISO/IEC 15424), from the gun's own field or from the front of the text */
  readonly aim: string | undefined;
  readonly fullwidthFolded: boolean;
  readonly groupingRemoved: boolean;
}

/** zero-width space, joiners, direction marks, word joiner, byte order mark */
const ZERO_WIDTH = /[\u200b-\u200f\u2060\ufeff]/g;
const FULLWIDTH = /[\uff01-\uff5e\u3000]/g;
const AIM = /^\][A-Za-z][0-9A-Za-z]/;

export function normalise(raw: string, source: Source, aim?: string): Normalised {
  // nothing to take off: what nearly every gun sends
  if (isDigits(raw)) return { text: raw, aim, fullwidthFolded: false, groupingRemoved: false };
  const visible = raw.replace(ZERO_WIDTH, '');
  const folded = visible.replace(FULLWIDTH, foldFullwidth);
  const ends = trim(folded);
  const identifier = AIM.exec(ends)?.[0];
  const body = identifier ? trim(ends.slice(3)) : ends;
  const grouped = source === 'manual' && /^\d+(?: +\d+)+$/.test(body);
  return {
    text: grouped ? body.replaceAll(' ', '') : body,
    aim: identifier ?? aim,
    fullwidthFolded: folded !== visible,
    groupingRemoved: grouped,
  };
}

/** U+FF01-FF5E are ASCII 21-7E in an East Asian width; U+3000 is their space. */
function foldFullwidth(char: string): string {
  return char === '\u3000' ? ' ' : String.fromCharCode(char.charCodeAt(0) - 0xfee0);
}

/** Control characters and spaces at both ends: STX, ETX, TAB, CR, LF, ... A leading GS (1D) is FNC1 and stays. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isEdge(text.charCodeAt(from)) && text.charCodeAt(from) !== 0x1d) from++;
  while (to > from && isEdge(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isEdge(code: number): boolean {
  return code <= 0x20 || code === 0x7f;
}
