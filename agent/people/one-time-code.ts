import { hash, randomBytes } from 'node:crypto';

// A code that is used once, within minutes: shown to the person beside the till, typed or opened as an address. 80 random bits
// are not guessed back, so SHA-256 is enough to keep.

/** Crockford's base 32: nothing in it looks like something else */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16;
export const CODE_LIFE_MS = 15 * 60_000;

/** XXXX-XXXX-XXXX-XXXX */
export function newCode(): string {
  const digits = [...randomBytes(LENGTH)].map((byte) => DIGITS[byte & 31] ?? '');
  return [0, 4, 8, 12].map((at) => digits.slice(at, at + 4).join('')).join('-');
}

/** What is kept of it, however it was typed. */
export function hashOfCode(typed: string): string {
  const read = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return hash('sha256', `tillwire code ${read}`);
}
