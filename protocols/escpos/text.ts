import { gbkCode } from '../bytes/gb18030.ts';

/** A character that could not be printed as it is. */
export interface TextWarning {
  /** `U+1F600` */
  readonly codePoint: string;
  readonly replacedBy: string;
}

export interface Printable {
  /** only characters with a one- or two-byte code, no control characters */
  readonly text: string;
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
  '…': '…',
  '\ufeff': '',
  '\u200b': '',
  '\u200c': '',
  '\u200d': '',
  '\ufe0e': '',
  '\ufe0f': '',
};
const BOX = '□';

/**
 * Text as a two-byte Chinese printer can print it. Data stays data: a control character becomes a space or a box, so no
 * command can hide in a merchant's name; what has no two-byte code becomes '□' with a warning, never a silent '?'.
 */
export function printable(text: string): Printable {
  let result = '';
  const warnings: TextWarning[] = [];
  for (const char of text) {
    const replacement = SAME[char] ?? (isPrintable(char) ? char : undefined);
    if (replacement !== undefined) {
      result += replacement;
      continue;
    }
    const replacedBy = withoutAccent(char) ?? BOX;
    warnings.push({ codePoint: codePointName(char), replacedBy });
    result += replacedBy;
  }
  return { text: result, warnings };
}

function isPrintable(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f || (code >= 0xe000 && code <= 0xf8ff)) return false;
  return gbkCode(code) !== undefined;
}

/** ö -> o: the letter without its accent, when that can be printed. */
function withoutAccent(char: string): string | undefined {
  const base = char.normalize('NFD').replace(/\p{M}+/gu, '');
  return base !== '' && base !== char && [...base].every(isPrintable) ? base : undefined;
}

function codePointName(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Columns of font A that printable text takes: one per byte, so two for each Chinese character. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += char < '\x80' ? 1 : 2;
  return columns;
}

/** The bytes of text that went through {@link printable}; a character without a code is a bug of the caller and throws. */
export function gbkBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of text) {
    const code = gbkCode(char.codePointAt(0) ?? 0);
    if (code === undefined || code < 0x20) throw new RangeError(`${codePointName(char)} is not printable`);
    if (code >= 0x80) bytes.push(code >> 8);
    bytes.push(code & 0xff);
  }
  return Uint8Array.from(bytes);
}
