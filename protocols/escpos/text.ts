import { gbkCode, putGbk } from '../bytes/gb18030.ts';
import type { PrinterProfile } from './profile.ts';

/** A character that could not be printed as it is. */
export interface TextWarning {
  /** `U+1F600` */
  readonly codePoint: string;
  readonly replacedBy: string;
}

export interface Printable {
  /** only characters that the printer's set has, no control characters */
  readonly text: string;
  /** of font A: one per byte, so two for each Chinese character */
  readonly columns: number;
  readonly warnings: readonly TextWarning[];
}

/** Same meaning, other character: no warning. U+00A5 would become the four bytes 81 30 84 36 and print "0 6". */
const SAME: Readonly<Record<string, string>> = {
  '¥': '￥',
  '\u00a0': ' ',
  '\t': ' ',
  '\r': '',
  '\n': ' ',
  '•': '·',
  '™': '(TM)',
  '©': '(C)',
  '®': '(R)',
  '«': '《',
  '»': '》',
  '✓': '√',
  '✔': '√',
  '✕': '×',
  '−': '-',
  '‑': '-',
  '〜': '～',
  '\ufeff': '',
  '\u200b': '',
  '\u200c': '',
  '\u200d': '',
  '\ufe0e': '',
  '\ufe0f': '',
};
const BOX = '□';

type Charset = PrinterProfile['charset'];

/** Columns of each UTF-16 unit that a printer with the set can print; 0: look at it closely. */
const widths = new Map<Charset, Uint8Array>();

function widthTable(charset: Charset): Uint8Array {
  const known = widths.get(charset);
  if (known) return known;
  const table = new Uint8Array(0x10000);
  for (let unit = 0x20; unit < 0x10000; unit++) if (hasGlyph(unit, charset)) table[unit] = unit < 0x80 ? 1 : 2;
  widths.set(charset, table);
  return table;
}

function hasGlyph(codePoint: number, charset: Charset): boolean {
  if (codePoint < 0x20 || codePoint === 0x7f || (codePoint >= 0xe000 && codePoint <= 0xf8ff)) return false;
  const code = gbkCode(codePoint);
  if (code === undefined) return false;
  return charset !== 'gb2312' || code < 0x80 || (code >= 0xa1a1 && code <= 0xf7fe && (code & 0xff) >= 0xa1);
}

const NO_WARNINGS: readonly TextWarning[] = [];

/**
 * Text as a Chinese printer can print it. Data stays data: a control character becomes a space or a box, so no command can
 * hide in a merchant's name; what the printer's set lacks becomes '□' with a warning, never a silent '?'.
 */
export function printable(text: string, charset: Charset = 'gbk'): Printable {
  const table = widthTable(charset);
  let columns = 0;
  for (let i = 0; i < text.length; i++) {
    const width = table[text.charCodeAt(i)] ?? 0;
    if (width === 0) return replaced(text, charset);
    columns += width;
  }
  return { text, columns, warnings: NO_WARNINGS };
}

function replaced(text: string, charset: Charset): Printable {
  let result = '';
  const warnings: TextWarning[] = [];
  for (const char of text) {
    const same = SAME[char] ?? (fits(char, charset) ? char : undefined);
    if (same !== undefined) {
      result += same;
      continue;
    }
    const replacedBy = withoutAccent(char, charset) ?? BOX;
    warnings.push({ codePoint: codePointName(char), replacedBy });
    result += replacedBy;
  }
  return { text: result, columns: columnsOf(result), warnings };
}

/** Four-byte codes only where the profile says so: elsewhere their second and fourth byte print as digits. */
function fits(char: string, charset: Charset): boolean {
  const codePoint = char.codePointAt(0) ?? 0;
  return hasGlyph(codePoint, charset) || (charset === 'gb18030-4' && isFourByteLetter(char));
}

/** Han characters beyond the two-byte codes, as GB18030-2022 level 2 has them; no emoji, no control or private characters. */
function isFourByteLetter(char: string): boolean {
  return /^\p{Script=Han}$/u.test(char);
}

/** ö -> o: the letter without its accent, when that can be printed. */
function withoutAccent(char: string, charset: Charset): string | undefined {
  const base = char.normalize('NFD').replace(/\p{M}+/gu, '');
  return base !== '' && base !== char && [...base].every((part) => fits(part, charset)) ? base : undefined;
}

function codePointName(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Columns of font A that printable text takes: one per byte, so two for each Chinese character. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // the second half of a character beyond the BMP has no width of its own
    if (unit < 0xdc00 || unit > 0xdfff) columns += unit < 0x80 ? 1 : 2;
  }
  return columns;
}

/** The bytes of text that went through {@link printable}; a character without a code is a bug of the caller and throws. */
export function gbkBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const end = putGbk(text, bytes, 0);
  const isText = end >= 0 && bytes.subarray(0, end).every((byte) => byte >= 0x20);
  if (!isText) throw new RangeError(`${JSON.stringify(text.slice(0, 20))} is not printable`);
  return bytes.slice(0, end);
}
