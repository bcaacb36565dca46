import { luhn } from './check-digits.ts';

// Luhn alone calls one number in ten a card; a till meets many numbers. The issuer ranges are the public ones (ISO/IEC
// 7812-1); the 9x ranges are domestic Chinese debit cards from before 62 (for example 955880, 95599).
const CARD_SHAPES = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa 13, 16, 19
  /^3[47]\d{13}$/, // American Express 15
  /^(?:2131|1800)\d{11}$/, // JCB 15
  /^3(?:0[0-5]|095|[689]\d)\d{11}$/, // Diners Club 14
  /^3[056789]\d{14,17}$/, // JCB, Diners Club 16-19
  /^2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}$/, // Mastercard 2-series 16
  /^4\d{15,18}$/, // domestic cards with a Visa range, up to 19
  /^[56]\d{15,18}$/, // Mastercard, Maestro, UnionPay 62, Discover
  /^81\d{14,17}$/, // UnionPay
  /^9[04568]\d{14,17}$/, // domestic
];

/** A bank card number: an issuer's range, its length, and the Luhn digit. */
export function isBankCard(digits: string): boolean {
  return CARD_SHAPES.some((shape) => shape.test(digits)) && luhn(digits);
}

/** Passes for a card number on a slip or in a log, whoever issued it: 13 to 19 digits and Luhn. */
export function looksLikePan(digits: string): boolean {
  return digits.length >= 13 && digits.length <= 19 && luhn(digits);
}
