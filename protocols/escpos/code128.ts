// CODE128 as GS k 73 carries it: {A {B {C choose a set, {S shifts one character, {1..{4 are function codes, {{ is a brace;
// in set C every byte is a value 0..99 (receipts.md 1.4). ISO/IEC 15417.

/** bars and spaces of the values 0..106 */
export const WIDTHS_128: readonly string[] = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'
).split(' ');

type CodeSet = 'A' | 'B' | 'C';
type Part = { readonly value: number; readonly text: string };

const START = { A: 103, B: 104, C: 105 };
const SWITCH = { A: 101, B: 100, C: 99 };
const SHIFT = 98;
const STOP = 106;
const FNC1 = 102;
const FNC1_MARK = '\x1d';
const BRACE = 0x7b;

/** Start code, data, check value and stop; `undefined` when the data is not what the command asks for. */
export function codewords128(data: Uint8Array, auto: boolean): number[] | undefined {
  const parts = read(data, auto)?.map((part) => part.value);
  return parts && parts.length >= 2 ? checked(parts) : undefined;
}

function checked(values: readonly number[]): number[] {
  let sum = values[0] ?? 0;
  values.forEach((value, k) => {
    sum += k * value;
  });
  return [...values, sum % 103, STOP];
}

/**
 * GS1-128 as GS k 74 carries it: brackets and spaces are only for people, {1 is FNC1; the printer chooses the sets. `*` asks
 * for a check digit: it is computed over the digits since the application identifier.
 */
export function gs1Codewords(text: string): number[] | undefined {
  const plain = text.replaceAll(/[() ]/g, '').replaceAll('{1', FNC1_MARK);
  if (!/^[!-z]+$/.test(plain.replaceAll(FNC1_MARK, '1')) || plain.includes('*')) return undefined;
  const values: number[] = [START.C, FNC1];
  let set: 'B' | 'C' = 'C';
  for (let i = 0; i < plain.length; ) {
    const pair = /^\d\d$/.test(plain.slice(i, i + 2));
    // from B to C only for four digits and more: the change costs a symbol
    const wanted: 'B' | 'C' = pair && (set === 'C' || /^\d{4}/.test(plain.slice(i))) ? 'C' : 'B';
    if (wanted !== set) values.push(SWITCH[wanted]);
    set = wanted;
    const char = plain.charAt(i);
    if (char === FNC1_MARK) values.push(FNC1);
    else values.push(set === 'C' ? Number(plain.slice(i, i + 2)) : char.charCodeAt(0) - 0x20);
    i += set === 'C' ? 2 : 1;
  }
  return checked(values);
}

/** What a reader of the symbol would get. */
export function text128(data: Uint8Array, auto: boolean): string {
  return (read(data, auto) ?? []).map((part) => part.text).join('');
}

function read(data: Uint8Array, auto: boolean): Part[] | undefined {
  if (auto) return readAuto(data);
  let set: CodeSet | undefined;
  let shifted = false;
  const parts: Part[] = [];
  for (let i = 0; i < data.length; i++) {
    const byte = data[i] ?? 0;
    // a brace value (123) does not exist in set C, so a brace is always an escape
    const letter = byte === BRACE ? (data[++i] ?? 0) : undefined;
    if (letter === undefined || letter === BRACE) {
      const part = set && value128(byte, shifted ? (set === 'A' ? 'B' : 'A') : set);
      if (!part) return undefined;
      parts.push(part);
      shifted = false;
      continue;
    }
    const next = String.fromCharCode(letter);
    if (next === 'A' || next === 'B' || next === 'C') {
      parts.push({ value: set ? SWITCH[next] : START[next], text: '' });
      set = next;
    } else if (next === 'S' && (set === 'A' || set === 'B')) {
      parts.push({ value: SHIFT, text: '' });
      shifted = true;
    } else {
      const value = set && functionCode(next, set);
      if (value === undefined) return undefined;
      parts.push({ value, text: '' });
    }
  }
  return parts;
}

function readAuto(data: Uint8Array): Part[] | undefined {
  const parts = [...data].map((byte) => value128(byte, byte < 0x20 ? 'A' : 'B'));
  const start: Part = { value: START.B, text: '' };
  if (data.some((byte) => byte < 0x20 || byte > 0x7f)) return undefined;
  return [start, ...parts.filter((part) => part !== undefined)];
}

function value128(byte: number, set: CodeSet): Part | undefined {
  if (set === 'C') return byte <= 99 ? { value: byte, text: String(byte).padStart(2, '0') } : undefined;
  const text = String.fromCharCode(byte);
  if (set === 'B') return byte >= 0x20 && byte <= 0x7f ? { value: byte - 0x20, text } : undefined;
  if (byte > 0x5f) return undefined;
  return { value: byte < 0x20 ? byte + 64 : byte - 0x20, text };
}

function functionCode(digit: string, set: CodeSet): number | undefined {
  if (digit === '1') return FNC1;
  if (set === 'C') return undefined;
  if (digit === '2') return 97;
  if (digit === '3') return 96;
  return digit === '4' ? (set === 'A' ? 101 : 100) : undefined;
}
