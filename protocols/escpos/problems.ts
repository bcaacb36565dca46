/** What can be wrong in a printer's byte stream. `error`: paper and intention differ; `warning`: worth a look. */
export const PROBLEMS = {
  'unknown-command': { level: 'error', text: 'a command that is not in the table; what follows prints as text' },
  truncated: { level: 'error', text: 'the stream ends inside a command' },
  'command-too-long': { level: 'error', text: 'a command longer than any printer takes; read over' },
  'four-byte-code': {
    level: 'error',
    text: 'a four-byte GB18030 code: a two-byte printer prints parts of it as digits',
  },
  'broken-hanzi': { level: 'error', text: 'the first half of a Chinese character without its second' },
  'no-glyph': { level: 'error', text: 'a code without a character in the selected set' },
  'symbol-in-line': { level: 'error', text: 'a symbol or image while the line buffer holds data: not printed' },
  'symbol-too-wide': { level: 'error', text: 'a symbol wider than the print area: not printed' },
  'symbol-too-long': { level: 'error', text: 'more data than a symbol can hold: not printed' },
  'symbol-without-data': { level: 'error', text: 'print symbol, but no data was stored' },
  'barcode-invalid': { level: 'error', text: 'data that this barcode cannot hold: not printed' },
  'page-not-printed': { level: 'error', text: 'a page was filled and never printed' },
  'cut-in-line': { level: 'error', text: 'a cut while the line buffer holds data: ignored' },
  'bad-operand': { level: 'error', text: 'an operand outside its range: the command is ignored' },
  'not-drawn': { level: 'warning', text: 'understood but not drawn in the picture' },
  'style-not-on-hanzi': { level: 'warning', text: 'ESC ! or ESC - styles do not reach hanzi: FS ! or FS - is missing' },
  'row-overflow': { level: 'warning', text: 'text reached the right edge and went on in the next line' },
  'line-too-busy': { level: 'error', text: 'more characters over each other than a line buffer holds: dropped' },
  'buffer-overflow': { level: 'error', text: 'bytes came while the receive buffer was full: discarded' },
  'realtime-inside-data': {
    level: 'warning',
    text: 'the data of another command holds a real-time command: many printers carry it out',
  },
  'not-this-model': { level: 'warning', text: 'a command this model does not have: no answer, no effect' },
  'slip-too-long': { level: 'error', text: 'longer than a roll of paper: the rest of this slip is dropped' },
  'too-many-slips': { level: 'error', text: 'more slips than are kept: the rest is dropped' },
  'too-many-problems': { level: 'error', text: 'more problems than are listed' },
} as const satisfies Record<string, { level: 'error' | 'warning'; text: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface Problem {
  code: ProblemCode;
  level: 'error' | 'warning';
  /** of the first byte concerned */
  offset: number;
  message: string;
}

export function problem(code: ProblemCode, offset: number, detail?: string): Problem {
  const { level, text } = PROBLEMS[code];
  return { code, level, offset, message: detail ? `${text} (${detail})` : text };
}
