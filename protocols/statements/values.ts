import { StatementFault } from './row.ts';

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const MINUS = 0x2d;
const DOT = 0x2e;
/** 100 billion yuan: no row and no total of a shop is larger, and every sum of them stays below 2^53. */
const MAX_WHOLE_DIGITS = 11;

/**
 * Fen of a statement's yuan text: a sign, digits, at most two decimals that count. WeChat prints fees with five
 * (`0.20000`); the ones behind the fen must be zero. `1.005`, `1e3`, `+1` and an empty field are no money.
 */
export function statementFen(text: string): number {
  const negative = text.charCodeAt(0) === MINUS;
  let at = negative ? 1 : 0;
  const whole = at;
  let fen = 0;
  for (; at < text.length && isDigit(text.charCodeAt(at)); at++) fen = fen * 10 + text.charCodeAt(at) - DIGIT_0;
  if (at === whole || at - whole > MAX_WHOLE_DIGITS) throw notMoney(text);
  fen *= 100;
  if (at < text.length) fen += decimalFen(text, at);
  return negative && fen !== 0 ? -fen : fen;
}

function decimalFen(text: string, dot: number): number {
  if (text.charCodeAt(dot) !== DOT || dot + 1 === text.length) throw notMoney(text);
  let fen = 0;
  for (let at = dot + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const place = at - dot;
    if (!isDigit(code) || (place > 2 && code !== DIGIT_0)) throw notMoney(text);
    if (place <= 2) fen += (code - DIGIT_0) * (place === 1 ? 10 : 1);
  }
  return fen;
}

function isDigit(code: number): boolean {
  return code >= DIGIT_0 && code <= DIGIT_9;
}

function notMoney(text: string): StatementFault {
  return new StatementFault('AMOUNT', `"${text.slice(0, 40)}" is no amount of yuan`);
}

/** `-0` and `0` are two values; a refund of nothing is 0. */
export function negated(fen: number): number {
  return fen === 0 ? 0 : -fen;
}

const TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

/** A time as WeChat and Alipay print it: Beijing time, to the second. */
export function statementTime(text: string): string {
  if (!TIME.test(text)) throw new StatementFault('TIME', `"${text.slice(0, 40)}" is no time`);
  return text;
}

/** Empty and `0` are how the channels write "none". */
export function given(text: string): string | null {
  return text === '' || text === '0' ? null : text;
}
