// Packed decimal digits, two in a byte, most significant first: 01 10 00 is 11000.

/** `undefined` when a half byte is no digit, or the number is beyond what a double holds exactly. */
export function decodeBcd(bytes: Uint8Array): number | undefined {
  const digits = bcdDigits(bytes);
  const value = digits === undefined ? Number.NaN : Number(digits);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The digits with their leading zeros. */
export function bcdDigits(bytes: Uint8Array): string | undefined {
  let digits = '';
  for (const byte of bytes) {
    if (byte >> 4 > 9 || (byte & 15) > 9) return undefined;
    digits += `${byte >> 4}${byte & 15}`;
  }
  return digits;
}

export function encodeBcd(value: number, bytes: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 10 ** (2 * bytes))
    throw new RangeError(`${value} has no place in ${bytes} bytes of BCD`);
  return packDigits(String(value).padStart(2 * bytes, '0'));
}

/** An even number of digits. */
export function packDigits(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
