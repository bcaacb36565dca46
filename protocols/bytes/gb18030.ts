import { FOUR_BYTE_RUNS, GBK_CELLS } from './gbk-table.ts';

// One byte 00..7F (80 is the euro sign), two bytes 81..FE + 40..FE without 7F, four bytes 81..FE + 30..39 + 81..FE + 30..39
// (WHATWG Encoding, "gb18030 decoder"). The four-byte codes count up: 0..39419 in runs of the BMP, from 189000 on U+10000.

const TRAILS = 190;
const HOLE = 0xfffd;

let codes: Uint16Array | undefined;

/** code point (BMP) -> two-byte code, 0 where there is none */
function twoByteCodes(): Uint16Array {
  if (codes) return codes;
  codes = new Uint16Array(0x10000);
  for (let cell = 0; cell < GBK_CELLS.length; cell++) {
    const code = GBK_CELLS.charCodeAt(cell);
    if (code === HOLE || codes[code] !== 0) continue;
    const trail = cell % TRAILS;
    codes[code] = ((0x81 + Math.floor(cell / TRAILS)) << 8) | (trail + (trail < 63 ? 0x40 : 0x41));
  }
  return codes;
}

/** The two-byte code of a character (ASCII: its own byte), or `undefined` when it has none: most printers print only these. */
export function gbkCode(codePoint: number): number | undefined {
  if (codePoint < 0x80) return codePoint;
  if (codePoint > 0xffff) return undefined;
  return twoByteCodes()[codePoint] || undefined;
}

/** The character of a two-byte code, or `undefined` where the table has a hole. */
export function gbkCharacter(lead: number, trail: number): string | undefined {
  if (lead < 0x81 || lead > 0xfe || trail < 0x40 || trail > 0xfe || trail === 0x7f) return undefined;
  const char = GBK_CELLS.charAt((lead - 0x81) * TRAILS + trail - (trail < 0x7f ? 0x40 : 0x41));
  return char.charCodeAt(0) === HOLE ? undefined : char;
}

/** The text of strictly valid GB18030, else `undefined`. */
export function decodeGb18030(bytes: Uint8Array): string | undefined {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] ?? 0;
    const second = bytes[i + 1] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      i += 1;
    } else if (lead === 0x80) {
      text += '€';
      i += 1;
    } else if (second >= 0x30 && second <= 0x39) {
      const code = fourByteCodePoint(bytes, i);
      if (code === undefined) return undefined;
      text += String.fromCodePoint(code);
      i += 4;
    } else {
      const char = gbkCharacter(lead, second);
      if (char === undefined) return undefined;
      text += char;
      i += 2;
    }
  }
  return text;
}

function fourByteCodePoint(bytes: Uint8Array, at: number): number | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  if (a < 0x81 || a > 0xfe || c < 0x81 || c > 0xfe || d < 0x30 || d > 0x39) return undefined;
  const pointer = (((a - 0x81) * 10 + b - 0x30) * 126 + c - 0x81) * 10 + d - 0x30;
  if (pointer >= 189_000) return pointer <= 1_237_575 ? 0x10000 + pointer - 189_000 : undefined;
  return bmpCodePoint(pointer);
}

function bmpCodePoint(pointer: number): number | undefined {
  if (pointer >= 39_420) return undefined;
  const run = FOUR_BYTE_RUNS.findLast(([first]) => first <= pointer);
  return run && run[1] + pointer - run[0];
}
