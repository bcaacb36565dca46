// Characters typed as Alt and digits on the keypad, as Windows reads them: with a leading 0 code page 1252, without one the
// old code page 437 (scanners.md 4.1, from memory). Guns use it where a layout has no key, and for GS (Alt+029).

/** 80 to 9F; a point stands where nothing is defined */
const CP1252 = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ';
/** 80 to FF */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Digits as they were typed, with their leading zeros, nine at most; the number counts modulo 256. */
export function altCharacter(digits: string): string {
  const code = Number(digits) % 256;
  if (code < 0x80) return String.fromCharCode(code);
  if (!digits.startsWith('0')) return CP437.charAt(code - 0x80);
  return code < 0xa0 ? CP1252.charAt(code - 0x80) : String.fromCharCode(code);
}
