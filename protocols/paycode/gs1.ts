import { gs1 } from './check-digits.ts';

// GS1 General Specifications. Product codes (GTIN) carry no sign of what they are; logistics labels carry application
// identifiers: in brackets when printed for people, after an AIM ]C1 (or FNC1, sent as GS 1D) when scanned.

const GTIN_SYMBOLOGY = new Map([
  [8, 'EAN-8'],
  [12, 'UPC-A'],
  [13, 'EAN-13'],
  [14, 'ITF-14'],
]);

/** The symbology of a product bar code (an ISBN is an EAN-13), or `undefined`. */
export function productSymbology(digits: string): string | undefined {
  const symbology = GTIN_SYMBOLOGY.get(digits.length);
  return symbology && gs1(digits) ? symbology : undefined;
}

/** An EAN or UPC with its two- or five-digit add-on (AIM ]E3): magazines, books. */
export function productWithAddOn(digits: string): string | undefined {
  const body = digits.length === 15 || digits.length === 18 ? digits.slice(0, 13) : digits.slice(0, 12);
  return [14, 15, 17, 18].includes(digits.length) ? productSymbology(body) : undefined;
}

/** AIM identifiers that say "FNC1 in first position": GS1-128, DataBar, DataMatrix, QR, DotCode. */
const GS1_AIM = /^\](?:C1|e[0-3]|d2|Q3|J1)$/;

const YYMMDD = '\\d\\d(?:0[1-9]|1[0-2])(?:[0-2]\\d|3[01])';
/** Element strings that begin with an identification key; variable ones end at GS or at the end of the text. */
const ELEMENTS = new RegExp(
  `^(?:(?:1[1-7]${YYMMDD}|20\\d\\d|02\\d{14}|3[1-6]\\d\\d\\d{6}|(?:10|21)[!-z]{1,20}(?:\\x1d|$)|(?:30|37)\\d{1,8}(?:\\x1d|$)|(?:240|241|400|401|403)[!-z]{1,30}(?:\\x1d|$)|410\\d{13}|420\\d{1,20}(?:\\x1d|$))\\x1d?)*$`,
);

/** Marked as GS1 beyond doubt: by its AIM identifier, a leading FNC1, or an identifier in brackets. */
export function isMarkedGs1(text: string, aim: string | undefined): boolean {
  if (aim !== undefined && GS1_AIM.test(aim)) return true;
  return text.startsWith('\u001d') || (text.startsWith('(') && /^\(\d{2,4}\)/.test(text));
}

/** Unmarked, but nothing else looks so: AI 00 with an SSCC, AI 01 with a GTIN, further elements behind them. */
export function isBareGs1(text: string): boolean {
  const sscc = /^00(\d{18})/.exec(text)?.[1];
  const gtin = /^01(\d{14})/.exec(text)?.[1];
  const key = sscc ?? gtin;
  return key !== undefined && gs1(key) && ELEMENTS.test(text.slice(2 + key.length));
}
