// The three check digits that numbers met at a counter carry. All take ASCII digits; callers have matched the shape.

const digit = (text: string, at: number) => text.charCodeAt(at) - 48;

/** ISO/IEC 7812-1 annex B (Luhn): bank cards, IMEI. One random number in ten passes. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const value = digit(digits, i) * (double ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** GS1 General Specifications 7.9: GTIN-8/12/13/14 and SSCC-18, weights 3 and 1 from the right. */
export function gs1(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, weight = 1; i >= 0; i--, weight = 4 - weight) sum += digit(digits, i) * weight;
  return digits.length > 0 && sum % 10 === 0;
}

/** ISO 7064 MOD 11-2 as GB 11643-1999 uses it: 17 digits and a last one of 0-9 or X. */
export function mod11Two(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum = (sum + digit(text, i)) * 2;
  const last = text.charAt(17).toUpperCase();
  return text.length === 18 && (sum + (last === 'X' ? 10 : digit(last, 0))) % 11 === 1;
}
