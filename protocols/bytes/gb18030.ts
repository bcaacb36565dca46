import { FOUR_BYTE_RUNS, GBK_CELLS } from './gbk-table.ts';

// One byte 00..7F (80 is the euro sign), two bytes 81..FE + 40..FE without 7F, four bytes 81..FE + 30..39 + 81..FE + 30..39
// (WHATWG Encoding, "gb18030 decoder"). The four-byte codes count up: 0..39419 in runs of the BMP, from 189000 on U+10000.

const TRAILS = 190;
const HOLE = 0xfffd;

let codes: Uint16Array | undefined;

/** code point (BMP) -> two-byte code, 0 where there is none */
const twoByteCodes = (): Uint16Array => codes ?? makeCodes();

function makeCodes(): Uint16Array {
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

/** Where short texts are encoded before they are copied out in their length: a fresh buffer costs more than the encoding. */
const scratch = new Uint8Array(4096);

/** Every character as GB18030: ASCII in one byte, the GBK repertoire in two, all others in four. A lone surrogate is U+FFFD. */
export function encodeGb18030(text: string): Uint8Array {
  const end = 2 * text.length <= scratch.length ? putGbk(text, scratch, 0) : -1;
  return end >= 0 ? scratch.slice(0, end) : encodeAny(text);
}

function encodeAny(text: string): Uint8Array {
  const table = twoByteCodes();
  const bytes = new Uint8Array(4 * text.length);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) ?? 0;
    const code = codePoint < 0x80 ? codePoint : (table[codePoint] ?? 0);
    if (code >= 0x80) bytes[at++] = code >> 8;
    if (code > 0 || codePoint === 0) bytes[at++] = code & 0xff;
    else at = putFourBytes(codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint, bytes, at);
    if (codePoint > 0xffff) i++;
  }
  return bytes.slice(0, at);
}

/**
 * Writes text of one- and two-byte characters at `at`, where there must be room for two bytes each; returns the offset after
 * it, or -1 at a character that has neither.
 */
export function putGbk(text: string, target: Uint8Array, at: number): number {
  const table = twoByteCodes();
  let to = at;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      target[to++] = unit;
      continue;
    }
    const code = table[unit] ?? 0;
    if (code === 0) return -1;
    target[to] = code >> 8;
    target[to + 1] = code;
    to += 2;
  }
  return to;
}

/** Of U+FFFD, which also stands for the few private characters without any code. */
const REPLACEMENT = 39_417;

function bmpPointer(codePoint: number): number {
  // the run of the one private-use character stands out of order
  let at = FOUR_BYTE_RUNS.findIndex(([, first]) => first === codePoint);
  if (at < 0) at = FOUR_BYTE_RUNS.findLastIndex(([, first]) => first <= codePoint && first !== 0xe7c7);
  const run = FOUR_BYTE_RUNS[at];
  if (!run) return REPLACEMENT;
  const pointer = run[0] + codePoint - run[1];
  return pointer < (FOUR_BYTE_RUNS[at + 1]?.[0] ?? 39_420) ? pointer : REPLACEMENT;
}

/** The four-byte code of a character that has no shorter one. */
function putFourBytes(codePoint: number, target: Uint8Array, at: number): number {
  const pointer = codePoint > 0xffff ? codePoint - 0x10000 + 189_000 : bmpPointer(codePoint);
  target[at] = 0x81 + Math.floor(pointer / 12_600);
  target[at + 1] = 0x30 + (Math.floor(pointer / 1260) % 10);
  target[at + 2] = 0x81 + (Math.floor(pointer / 10) % 126);
  target[at + 3] = 0x30 + (pointer % 10);
  return at + 4;
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
